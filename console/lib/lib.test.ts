import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../client/frames.ts';
import type { Pending } from '../../client/thread.ts';
import { hearDate, serverNow } from './clock.ts';
import { DRAFTS_KEPT, openDrafts } from './drafts.ts';
import { commandOf, type Press } from './keys.ts';
import { ago, countdown, isWebAddress, languageName, pageName, visitorCode } from './labels.ts';
import { originsOf, requestOf, snippetOf, tokenOf } from './setup.ts';
import { type Bubble, rowsOf } from './timeline.ts';
import { lastMessage, lastOfVisitor, titleOf, unreadOf } from './unread.ts';

const visitor = { role: 'visitor' } as const;
const ana = { role: 'agent', id: 'ana', name: 'Ana' } as const;
const ben = { role: 'agent', id: 'ben', name: 'Ben' } as const;
const system = { role: 'system' } as const;
const noon = new Date(2026, 0, 15, 12).getTime();

function said(seq: number, author: Event['author'], at = noon + seq * 1_000): Event {
  const body = { kind: 'message', client_id: `m${seq}`, text: `text ${seq}` } as const;
  return { seq, at, author, body, chain: seq };
}

const log: Event[] = [
  said(1, visitor),
  { seq: 2, at: noon + 2_000, author: system, body: { kind: 'assigned', agent: ana }, chain: 2 },
  said(3, ana),
  said(4, visitor),
  said(5, visitor),
];

test("unread counts the visitor's messages above the agents' mark", () => {
  const cases: [number, number][] = [
    [0, 3],
    [1, 2],
    [3, 2],
    [4, 1],
    [5, 0],
    [9, 0],
  ];
  for (const [agent, count] of cases) {
    assert.equal(unreadOf({ events: log, seen: { visitor: 0, agent } }), count, `mark ${agent}`);
    // Who helps raises no mark, and counts from where they have looked.
    assert.equal(unreadOf({ events: log, seen: { visitor: 0, agent: 0 } }, agent), count);
  }
  assert.equal(lastMessage(log)?.seq, 5);
  assert.equal(lastMessage(log.slice(0, 2))?.seq, 1);
  assert.equal(lastMessage([]), null);
  assert.equal(lastOfVisitor(log.slice(0, 3)), 1);
  assert.equal(titleOf(0), 'Edgewise');
  assert.equal(titleOf(2), '(2) Edgewise');
});

function rows(events: Event[], pending: Pending[] = [], online = true) {
  const seen = { visitor: 3, agent: 0 };
  return rowsOf({ events, pending, seen, you: 'ana', online }, 0);
}

test('rows: a day, a system line, whose bubble, and what became of it', () => {
  const all = rows([...log, said(6, ana), said(7, ben)]);
  assert.deepEqual(
    all.map((row) => (row.row === 'bubble' ? row.side : row.row)),
    ['day', 'visitor', 'line', 'own', 'visitor', 'visitor', 'own', 'agent'],
  );
  const bubbles = all.filter((row): row is Bubble => row.row === 'bubble');
  assert.deepEqual(
    bubbles.map((b) => b.delivery),
    [null, 'seen', null, null, 'sent', null],
  );
  assert.deepEqual(
    bubbles.map((b) => b.follows),
    [false, false, false, true, false, false],
  );
});

test('rows: a new day is told once, and a long pause ends a run', () => {
  const day = 24 * 3_600_000;
  const all = rows([
    said(1, visitor),
    said(2, visitor, noon + 600_000),
    said(3, visitor, noon + day),
  ]);
  assert.deepEqual(
    all.map((row) => row.row),
    ['day', 'bubble', 'bubble', 'day', 'bubble'],
  );
  assert.ok(all.every((row) => row.row !== 'bubble' || !row.follows));
});

test('rows: a pending message keeps its key when it is stored', () => {
  const entry: Pending = { client_id: 'm6', text: 'hi', at: noon, failed: null, state: 'queued' };
  const before = rows(log, [entry]).at(-1) as Bubble;
  const after = rows([...log, said(6, ana)]).at(-1) as Bubble;
  assert.equal(before.key, after.key);
  assert.equal(before.delivery, 'sending');
  assert.equal((rows(log, [entry], false).at(-1) as Bubble).delivery, 'queued');
  const failed: Pending = { ...entry, state: 'failed', failed: 'not_assigned' };
  assert.equal((rows(log, [failed]).at(-1) as Bubble).reason, 'not_assigned');
});

test('labels: a stable code of four signs, a readable page, a language by name', () => {
  assert.match(visitorCode('c-1'), /^[0-9A-F]{4}$/);
  assert.equal(visitorCode('c-1'), visitorCode('c-1'));
  assert.notEqual(visitorCode('c-1'), visitorCode('c-2'));
  assert.equal(pageName('https://shop.example/tea?x=1'), 'shop.example/tea');
  assert.equal(pageName('https://shop.example/'), 'shop.example');
  assert.equal(pageName('not a page'), 'not a page');
  assert.equal(isWebAddress('javascript:alert(1)'), false);
  assert.equal(isWebAddress('https://shop.example/'), true);
  assert.equal(languageName('de', 'en'), 'German');
  assert.equal(languageName('???', 'en'), '???');
});

test('labels: how long ago', () => {
  const minute = 60_000;
  assert.deepEqual(ago(0, minute - 1), { unit: 'now' });
  assert.deepEqual(ago(0, minute), { unit: 'minutes', n: 1 });
  assert.deepEqual(ago(0, 60 * minute), { unit: 'hours', n: 1 });
  assert.deepEqual(ago(0, 24 * 60 * minute), { unit: 'date' });
  assert.deepEqual(ago(minute, 0), { unit: 'now' }, 'a clock that runs ahead');
});

function shelf(refuses = false) {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem(key: string, value: string) {
      if (refuses) throw new Error('full');
      kept.set(key, value);
    },
    removeItem: (key: string) => void kept.delete(key),
  };
}

test("drafts survive a switch and a reload, each agent's on their own shelf", () => {
  const disk = shelf();
  const drafts = openDrafts(disk, 'ana');
  drafts.set('a', 'half a');
  drafts.set('b', 'half b');
  drafts.set('b', '  ');
  assert.equal(openDrafts(disk, 'ana').get('a'), 'half a');
  assert.equal(openDrafts(disk, 'ana').get('b'), '');
  assert.equal(openDrafts(disk, 'ben').get('a'), '');
  drafts.clear();
  assert.equal(disk.kept.size, 0);
});

test('consoles of one browser keep each other’s drafts', () => {
  const disk = shelf();
  const [one, two] = [openDrafts(disk, 'ana'), openDrafts(disk, 'ana')];
  one.set('a', 'half a');
  two.set('b', 'half b');
  assert.deepEqual([one.get('b'), two.get('a')], ['half b', 'half a']);
  // Sent in one, it does not come back when something is typed in the other.
  one.set('a', '');
  two.set('b', 'half b, and more');
  assert.equal(openDrafts(disk, 'ana').get('a'), '');
});

test('drafts are bounded, and live in memory where the shelf refuses or is spoilt', () => {
  const drafts = openDrafts(shelf(), 'k');
  for (let at = 0; at <= DRAFTS_KEPT; at += 1) drafts.set(`c${at}`, 'x');
  assert.equal(drafts.get('c0'), '');
  assert.equal(drafts.get('c1'), 'x');
  const refusing = openDrafts(shelf(true), 'k');
  refusing.set('a', 'kept');
  assert.equal(refusing.get('a'), 'kept');
  for (const spoilt of ['{', '{}', '[1,["a"],["b",2]]']) {
    const disk = shelf();
    disk.kept.set('k', spoilt);
    assert.equal(openDrafts(disk, 'k').get('a'), '');
  }
});

function press(key: string, extra: Partial<Press> = {}): Press {
  const none = { ctrlKey: false, metaKey: false, altKey: false, isComposing: false, repeat: false };
  return { ...none, key, target: null, ...extra };
}

test('keys: single keys, with and without capitals', () => {
  assert.equal(commandOf(press('j')), 'next');
  assert.equal(commandOf(press('K')), 'previous');
  assert.equal(commandOf(press('?')), 'help');
  assert.equal(commandOf(press('x')), null);
});

test('keys rest while typing, composing, or with a modifier', () => {
  for (const tagName of ['INPUT', 'textarea', 'SELECT']) {
    assert.equal(commandOf(press('e', { target: { tagName } })), null, tagName);
  }
  assert.equal(
    commandOf(press('e', { target: { tagName: 'DIV', isContentEditable: true } })),
    null,
  );
  assert.equal(commandOf(press('e', { ctrlKey: true })), null);
  assert.equal(commandOf(press('e', { isComposing: true })), null);
  assert.equal(commandOf(press('j', { target: { tagName: 'INPUT', type: 'checkbox' } })), 'next');
  assert.equal(commandOf(press('e', { repeat: true })), null, 'a held key closes one chat');
  assert.equal(commandOf(press('j', { repeat: true })), 'next');
});

test('set-up: the token of the link, origins by line, the request, the snippet', () => {
  assert.equal(tokenOf('#token=abc-_1'), 'abc-_1');
  assert.equal(tokenOf(''), '');
  assert.deepEqual(originsOf(' https://a.example/ \n\nhttps://b.example\nhttps://a.example'), [
    'https://a.example',
    'https://b.example',
  ]);
  const form = { token: ' t ', site: 's', site_name: ' S ', origins: 'https://a.example' };
  const request = requestOf({ ...form, name: 'N', email: ' e@x ', password: ' p ' });
  assert.deepEqual([request.token, request.site_name, request.email], ['t', 'S', 'e@x']);
  assert.equal(request.password, ' p ', 'a password is left as it is');
  assert.match(snippetOf('https://e.example', 'shop'), /src="https:\/\/e\.example\/widget\.js"/);
});

test('what counts down ends at zero, in whole seconds', () => {
  const left = (ms: number) => countdown(noon + ms, noon);
  assert.deepEqual(
    [left(1), left(20_000), left(90_000), left(-5)],
    ['0:01', '0:20', '1:30', '0:00'],
  );
});

test("deadlines follow the server's clock, when this one is off", () => {
  const off = noon - 3_600_000;
  hearDate(new Date(noon).toUTCString(), off);
  assert.equal(serverNow(off), noon);
  hearDate('no date', off);
  assert.equal(serverNow(off), noon);
  hearDate(new Date(noon).toUTCString(), noon + 900);
  assert.equal(serverNow(noon), noon, 'the seconds of the header are no difference');
});
