// Many at once: what objects owe each other arrives for every single visitor.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Agent, say, status, type Talk, until, Visitor } from '../support/live.ts';
import { serve } from '../support/worker.ts';

const VISITORS = 60;
const CAPACITY = 50;
const worker = serve();
const tabs: Talk[] = [];

after(() => {
  for (const tab of tabs) tab.cut();
});

/** The place a visitor was told last, 0 for none. */
function placeOf(tab: Talk): number {
  const now = status(tab);
  return now?.is === 'waiting' ? (now.place?.position ?? 0) : 0;
}

const isServed = (tab: Talk) => status(tab)?.is === 'assigned';

test('D4 D5 of sixty at once fifty are served and ten hear places 1 to 10', async () => {
  const opened = Array.from({ length: VISITORS }, () => new Visitor(worker.url).tab());
  tabs.push(...(await Promise.all(opened)));
  await Promise.all(tabs.map((tab) => say(tab, 'm1', 'hello')));
  const places = () => tabs.map(placeOf).sort((a, b) => a - b);
  const all = Array.from({ length: VISITORS }, (_, index) => index + 1);
  await until('a place for each', () => `${places()}` === `${all}`, 30_000);

  const owner = await Agent.signIn(worker.url, 'owner@example.com');
  const busy = await owner.hire('busy@example.com', CAPACITY);
  const desk = await busy.desk(true);
  await until('all that fit', () => tabs.filter(isServed).length === CAPACITY, 30_000);
  const rest = tabs.filter((tab) => !isServed(tab));
  const wanted = Array.from({ length: VISITORS - CAPACITY }, (_, index) => index + 1);
  await until('the places of the rest', () => {
    return `${rest.map(placeOf).sort((a, b) => a - b)}` === `${wanted}`;
  });
  assert.equal(tabs.filter(isServed).length, CAPACITY, 'and nobody above capacity');
  desk.cut();
});
