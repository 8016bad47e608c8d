import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Department, RoutingSettings } from '../../client/frames.ts';
import {
  agentForm,
  agentOf,
  faultOf,
  idFor,
  listOf,
  rulesForm,
  rulesOf,
  timesOf,
} from './routing.ts';

const plain: Department = {
  id: 'main',
  name: '',
  mode: 'automatic',
  policy: 'least_loaded',
  last_agent_first: true,
  language: 'preferred',
  skills: [],
  priority: 0,
  offer_s: 20,
  wrap_up_s: 0,
  idle_s: 900,
  idle_close_s: 0,
};
const full: Department = {
  ...plain,
  id: 'sales',
  name: 'Sales',
  mode: 'offer',
  skills: ['lamps', 'vat'],
  per_agent: 2,
  queue_max: 9,
  fallback: 'main',
  fallback_after_s: 60,
  hours: {
    zone: 'Europe/Vienna',
    week: [
      { day: 1, from: 540, to: 750 },
      { day: 1, from: 810, to: 1080 },
      { day: 7, from: 0, to: 1440 },
    ],
    holidays: ['2026-12-24', '2026-12-25'],
  },
};
const rules: RoutingSettings = {
  grace_s: 30,
  misses: 3,
  priority_worth_s: 120,
  agents_take: true,
  away_after_s: 0,
  departments: [plain, full],
  pages: [
    { contains: '/lamps', department: 'sales', skills: ['lamps'], priority: 2 },
    { contains: '/', department: 'main', skills: [] },
  ],
};

test('rules are the same after a form', () => {
  const form = rulesForm(rules, 'UTC');
  assert.equal(form.departments[1]?.week[0], '09:00-12:30, 13:30-18:00');
  assert.equal(form.departments[1]?.week[6], '00:00-24:00');
  assert.deepEqual(rulesOf(form), rules);
});

test('what is emptied in the form is absent in the rules', () => {
  const form = rulesForm(rules, 'UTC');
  const sales = form.departments[1];
  assert.ok(sales);
  Object.assign(sales, { per_agent: '', queue_max: '', fallback: '', always: true, skills: ' ' });
  const { per_agent, queue_max, fallback, fallback_after_s, hours, ...rest } = full;
  assert.deepEqual(rulesOf(form).departments[1], { ...rest, skills: [] });
});

test('times of a day are read as people write them, and nothing else', () => {
  const nine = { day: 2, from: 540, to: 1080 };
  for (const text of ['9:00-18:00', '09:00 – 18:00', ' 09:00-18:00, ']) {
    assert.deepEqual(timesOf(text, 2), [nine], text);
  }
  assert.deepEqual(timesOf('', 2), []);
  assert.deepEqual(timesOf('0:00-24:00', 2), [{ day: 2, from: 0, to: 1440 }]);
  for (const text of ['9-18', '18:00-9:00', '9:00-9:00', '9:00-24:01', '9:60-10:00', 'always']) {
    assert.equal(timesOf(text, 2), null, text);
  }
});

test('lists, ids, and which department is wrong', () => {
  assert.deepEqual(listOf(' lamps, vat，lamps\nen '), ['lamps', 'vat', 'en']);
  assert.equal(idFor('After Sales!', []), 'after-sales');
  assert.equal(idFor('Sales', ['sales', 'sales-2']), 'sales-3');
  assert.equal(idFor('销售', []), 'department');
  const form = rulesForm(rules, 'UTC');
  const fault = faultOf(form, 'departments.1.hours.zone');
  assert.deepEqual([fault?.department.id, fault?.what], ['sales', 'hours.zone']);
  for (const other of ['', 'grace_s', 'pages.0.contains', 'departments', 'departments.7.id']) {
    assert.equal(faultOf(form, other), undefined, other);
  }
});

test('what an agent serves is the same after a form, languages in small letters', () => {
  const profile = { departments: ['sales'], skills: ['vat'], languages: ['en', 'de'] };
  const form = agentForm({ capacity: 3, profile });
  assert.deepEqual(agentOf('ana', form), { agent: 'ana', capacity: 3, profile });
  assert.deepEqual(agentOf('ana', { ...form, languages: 'EN, De' }).profile.languages, [
    'en',
    'de',
  ]);
});
