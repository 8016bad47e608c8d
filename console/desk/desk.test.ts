import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeskEntry, DeskServerFrame, DeskState, RosterEntry } from '../../client/frames.ts';
import {
  CLOSED_KEPT,
  type Desk,
  departmentName,
  emptyDesk,
  expected,
  hasRoom,
  meOf,
  newlyMine,
  offersOf,
  positionsOf,
  presenceOf,
  queuesOf,
  receive,
  roster,
  sections,
  wantsActivity,
} from './desk.ts';

const ana = { id: 'ana', name: 'Ana' };
const ben = { id: 'ben', name: 'Ben' };

const profile = { departments: [], skills: [], languages: [] };

function row(agent: { id: string; name: string }, extra: Partial<RosterEntry> = {}): RosterEntry {
  return { agent, online: true, accepting: true, load: 0, capacity: 2, profile, ...extra };
}

function entry(conversation: string, state: DeskState, since = 0): DeskEntry {
  const rest = { locale: 'en', page: '', department: 'main', helpers: [] };
  return { ...rest, conversation, since, state };
}

function desk(...conversations: DeskEntry[]): DeskServerFrame {
  const departments = [{ id: 'main', name: '' }];
  const agents = [row(ana), row(ben)];
  return { t: 'desk', you: 'ana', agents, conversations, departments, lost: 0 };
}

function changed(...entries: DeskEntry[]): DeskServerFrame {
  return { t: 'conversations', changed: entries };
}

function after(...frames: DeskServerFrame[]): Desk {
  return frames.reduce(receive, emptyDesk);
}

function ids(entries: DeskEntry[]): string {
  return entries.map((e) => e.conversation).join(' ');
}

const mine: DeskState = { is: 'assigned', agent: ana };
const bens: DeskState = { is: 'assigned', agent: ben };
const waits = (rank: number): DeskState => ({ is: 'waiting', rank });
const closed: DeskState = { is: 'closed', agent: ana };

test('D1 a desk frame replaces what the console held', () => {
  const state = after(desk(entry('old', mine)), desk(entry('new', waits(1))));
  assert.deepEqual(Object.keys(state.entries), ['new']);
  assert.equal(meOf(state)?.agent.name, 'Ana');
});

test('D2 changes replace one agent, or some conversations', () => {
  const state = after(desk(entry('a', waits(1)), entry('b', waits(2))), changed(entry('a', mine)), {
    t: 'agent',
    agent: row(ben, { online: false, load: 2 }),
  });
  assert.equal(ids(sections(state).mine), 'a');
  assert.equal(ids(sections(state).waiting), 'b');
  assert.equal(state.agents.ben?.online, false);
  assert.equal(hasRoom(row(ben, { load: 2 })), false);
});

test('each conversation stands in one section', () => {
  const all = sections(
    after(desk(entry('m', mine), entry('w', waits(3)), entry('o', bens), entry('c', closed))),
  );
  const placed = [ids(all.mine), ids(all.waiting), ids(all.others), ids(all.closed)];
  assert.deepEqual(placed, ['m', 'w', 'o', 'c']);
});

test('D5 positions count from 1 in order of rank, which may be negative', () => {
  const state = after(
    desk(entry('late', waits(7)), entry('front', waits(-1)), entry('mid', waits(2))),
  );
  const all = sections(state);
  assert.equal(ids(all.waiting), 'front mid late');
  assert.deepEqual(
    [...positionsOf(all)],
    [
      ['front', 1],
      ['mid', 2],
      ['late', 3],
    ],
  );
});

test('what comes to me goes on top and stays where it is', () => {
  const first = after(desk(entry('a', mine, 1), entry('b', mine, 2), entry('old', waits(1), 0)));
  assert.equal(ids(sections(first).mine), 'b a');
  const second = receive(first, changed(entry('old', mine, 0)));
  assert.equal(ids(sections(second).mine), 'old b a');
  const again = receive(
    second,
    desk(entry('a', mine, 1), entry('b', mine, 2), entry('old', mine, 0)),
  );
  assert.equal(ids(sections(again).mine), 'old b a');
});

test('news are conversations that came to me, not those of the first desk', () => {
  const first = after(desk(entry('a', mine)));
  assert.deepEqual(newlyMine(emptyDesk, first), []);
  const second = receive(first, changed(entry('b', mine), entry('c', bens)));
  assert.deepEqual(newlyMine(first, second), ['b']);
  const back = receive(receive(second, changed(entry('b', closed))), changed(entry('b', mine)));
  assert.deepEqual(newlyMine(receive(second, changed(entry('b', closed))), back), ['b']);
});

test('D8 the oldest closed conversations leave the list, at the bound and one past', () => {
  const many = Array.from({ length: CLOSED_KEPT }, (_, at) => entry(`c${at}`, closed, at));
  const full = after(desk(...many, entry('open', mine)));
  assert.equal(sections(full).closed.length, CLOSED_KEPT);
  const over = receive(full, changed(entry('newest', closed, 1_000)));
  const list = sections(over).closed;
  assert.equal(list.length, CLOSED_KEPT);
  assert.equal(list[0]?.conversation, 'newest');
  assert.equal(over.entries.c0, undefined);
  assert.ok(over.entries.open);
});

test('D7 two equal refusals are two', () => {
  const refused: DeskServerFrame = { t: 'rejected', conversation: 'a', code: 'not_waiting' };
  const one = after(refused);
  const two = receive(one, refused);
  assert.deepEqual([one.refusal?.nth, two.refusal?.nth], [1, 2]);
});

test('the roster lists who is online first, then by name', () => {
  const state = after(desk(), { t: 'agent', agent: row(ana, { online: false }) });
  assert.deepEqual(
    roster(state).map((r) => r.agent.name),
    ['Ben', 'Ana'],
  );
});

const asked = (agent: string, until: number): DeskState => {
  return { is: 'waiting', rank: until, offer: { agent, until } };
};

test('D9 offers are those made to me, the one that ends first in front', () => {
  const state = after(
    desk(entry('b', asked('ana', 9)), entry('a', asked('ana', 4)), entry('x', asked('ben', 1))),
  );
  const offers = offersOf(state).map(({ entry: { conversation }, until }) => [conversation, until]);
  assert.deepEqual(offers, [
    ['a', 4],
    ['b', 9],
  ]);
  assert.equal(offersOf(receive(state, changed(entry('a', mine), entry('b', mine)))).length, 0);
});

test('queues follow the departments, and nobody is left out', () => {
  const sales = { id: 'sales', name: 'Sales' };
  const departments = [sales, { id: 'main', name: '' }];
  const at = (id: string, department: string) => ({ ...entry(id, waits(1)), department });
  const one = after(desk(at('m', 'main'), at('gone', 'closed-down')));
  const state = receive(one, { t: 'departments', departments });
  const queues = queuesOf(state, sections(state).waiting);
  assert.deepEqual(
    queues.map(({ department: { id }, entries }) => [id, ids(entries)]),
    [
      ['main', 'm'],
      ['', 'gone'],
    ],
  );
  assert.equal(departmentName(one, 'main'), '', 'the only one needs no name');
  assert.equal(departmentName(state, 'sales'), 'Sales');
  assert.equal(departmentName(state, 'main'), 'main');
});

test('D2 who waits is shown with the wait that the visitor hears', () => {
  const sales = { id: 'sales', name: 'Sales' };
  assert.deepEqual(expected({ ...sales, pace_ms: 120_000 }, 1), { wait_s: 180 });
  assert.deepEqual(expected({ ...sales, pace_ms: 29_999 }, 2), { wait_s: 60 });
  assert.deepEqual(expected({ ...sales, opens: 5 }, 0), { opens: 5 });
  for (const queue of [sales, undefined]) assert.deepEqual(expected(queue, 3), {});
});

test('D11 what an agent is doing', () => {
  const is = (extra: Partial<RosterEntry>) => presenceOf(row(ana, extra), 100);
  assert.equal(is({}), 'online');
  assert.equal(is({ wrap_up: 101 }), 'wrap_up');
  assert.equal(is({ wrap_up: 100 }), 'online');
  assert.equal(is({ accepting: false }), 'chosen');
  assert.equal(is({ accepting: false, away: 'missed', wrap_up: 101 }), 'missed');
  assert.equal(is({ accepting: false, away: 'shift_over', online: false }), 'offline');
});

test('D14 a conversation that I was asked into is among mine', () => {
  const state = after(desk({ ...entry('c', bens), helpers: [ana] }, entry('d', bens)));
  assert.deepEqual([ids(sections(state).mine), ids(sections(state).others)], ['c', 'd']);
});

test('D13 activity is told a few times in the period, and only where it is asked for', () => {
  const quiet = after(desk());
  assert.equal(wantsActivity(quiet, 1e9), false);
  const state = receive(quiet, { t: 'departments', departments: [], away_after_s: 60 });
  assert.deepEqual(
    [14_999, 15_000].map((since) => wantsActivity(state, since)),
    [false, true],
  );
  assert.equal(wantsActivity(receive(state, desk()), 1e9), false, 'the site has switched it off');
});

test('D1 what was lost adds up until it is read', () => {
  const frame = desk();
  const lost = { ...frame, lost: 2 } as DeskServerFrame;
  assert.equal(after(lost, frame, lost).lost, 4);
});
