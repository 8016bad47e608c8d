// A rush at the desk of the built worker: many visitors at once, and agents that vanish without a
// word (docs/routing.md; D4, D5, D6). Each visitor hears the exact place, nobody is served twice,
// nobody is left behind.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { RoutingSettings } from '../../client/frames.ts';
import {
  Agent,
  type Desk,
  post,
  roster,
  say,
  status,
  type Talk,
  until,
  Visitor,
} from '../support/live.ts';
import { Worker } from '../support/worker.ts';

const VISITORS = 500;
const AGENTS = 10;
const CAPACITY = 5;
const CUTS = 100;
const SLOW_MS = 120_000;

interface Guest {
  tab: Talk;
  id: string;
}

async function guest(url: string): Promise<Guest> {
  const visitor = new Visitor(url);
  const tab = await visitor.tab();
  await say(tab, 'first', 'hello');
  return { tab, id: visitor.conversation };
}

/** So many at a time: a machine has only so many ports and patience. */
async function guests(url: string, count: number, all: Guest[]): Promise<void> {
  while (all.length < count) {
    const more = Math.min(50, count - all.length);
    all.push(...(await Promise.all(Array.from({ length: more }, () => guest(url)))));
  }
}

const served = ({ tab }: Guest): string | undefined => {
  const now = status(tab);
  return now?.is === 'assigned' ? now.agent.name : undefined;
};

const place = ({ tab }: Guest): number => {
  const now = status(tab);
  return now?.is === 'waiting' ? (now.place?.position ?? 0) : 0;
};

async function setRules(owner: Agent, rules: Partial<RoutingSettings>): Promise<Response> {
  return post(owner.base, '/api/routing', rules, { cookie: owner.cookie });
}

async function team(owner: Agent, count: number, capacity: number): Promise<Agent[]> {
  const all: Agent[] = [];
  for (let at = 0; at < count; at += 1) {
    all.push(await owner.hire(`agent${at}@example.com`, capacity));
  }
  return all;
}

async function onDuty(agent: Agent): Promise<Desk> {
  const desk = await agent.desk(true);
  await until('the agent on duty', () => roster(desk, agent.me.agent.id)?.accepting);
  return desk;
}

async function close(agent: Agent, { id, tab }: Guest): Promise<void> {
  const line = await agent.join(id);
  line.send({ t: 'close' });
  await until('the end', () => status(tab)?.is === 'closed');
  line.cut();
}

describe('a rush', { concurrency: 1 }, () => {
  const worker = new Worker();
  let owner: Agent;
  let agents: Agent[] = [];
  let desks: Desk[] = [];
  const crowd: Guest[] = [];
  /** As every client does: who says nothing for 80 s is gone. */
  const beat = setInterval(() => {
    for (const line of [...crowd.map(({ tab }) => tab), ...desks]) {
      if (!line.isClosed) line.sendRaw('ping');
    }
  }, 20_000);

  before(async () => {
    await worker.start();
    owner = await Agent.signIn(worker.url, 'owner@example.com');
    agents = await team(owner, AGENTS, CAPACITY);
    desks = await Promise.all(agents.map(onDuty));
  });
  after(async () => {
    clearInterval(beat);
    for (const { tab } of crowd) tab.cut();
    for (const desk of desks) desk.cut();
    await worker.end();
  });

  const queue = () => crowd.filter((one) => !served(one) && status(one.tab)?.is === 'waiting');

  /** Every waiting visitor knows the exact place, all of them together 1 to n. */
  const exact = (wanted: number) => {
    const places = queue().map(place);
    places.sort((a, b) => a - b);
    return places.length === wanted && places.every((one, at) => one === at + 1);
  };

  test('D4 D5 of 500 exactly 50 are served and 450 hear places 1 to 450', async () => {
    await guests(worker.url, VISITORS, crowd);
    const room = AGENTS * CAPACITY;
    await until('all that fit', () => crowd.filter(served).length === room, SLOW_MS);
    await until('every place', () => exact(VISITORS - room), SLOW_MS);
    const loads = new Map<string, number>();
    for (const one of crowd.filter(served)) {
      const name = served(one) as string;
      loads.set(name, (loads.get(name) ?? 0) + 1);
    }
    assert.deepEqual([...new Set(loads.values())], [CAPACITY], 'nobody above capacity');
    const assignments = crowd.map(({ tab }) => tab.all('event').filter(isAssignment).length);
    assert.ok(
      assignments.every((count) => count <= 1),
      'nobody has two agents',
    );
    assert.equal(assignments.filter((count) => count === 1).length, room);
  });

  test('D4 as places free up the next in line are served, in order', async () => {
    const order = queue().sort((a, b) => place(a) - place(b));
    const byName = new Map(agents.map((agent) => [agent.me.agent.name, agent]));
    for (let round = 0; round < 10; round += 1) {
      const first = crowd.filter(served).slice(0, 3);
      for (const one of first) await close(byName.get(served(one) as string) as Agent, one);
      const next = order.splice(0, first.length);
      await until('the next in line', () => next.every(served), SLOW_MS);
      assert.ok(!order.some(served), 'and nobody behind them');
    }
    await until('every place again', () => exact(order.length), SLOW_MS);
  });

  test(`D6 ${CUTS} unclean ends of consoles strand nobody`, async () => {
    const answered = await setRules(owner, { grace_s: 1 });
    assert.equal(answered.status, 200);
    const before = crowd.filter(served).length;
    for (let cut = 0; cut < CUTS; cut += 1) {
      const at = cut % AGENTS;
      desks[at]?.cut();
      if (cut % 4 === 3) {
        // Some come back in time, some too late.
        const watch = desks[(at + 1) % AGENTS] as Desk;
        const id = agents[at]?.me.agent.id as string;
        await until('the loss', () => roster(watch, id)?.load === 0, SLOW_MS);
      }
      desks[at] = await (agents[at] as Agent).desk();
    }
    const full = () => crowd.filter(served).length === before;
    await until('everybody who had one to have an agent again', full, SLOW_MS);
    const fresh = await (agents[0] as Agent).desk();
    const whole = await fresh.kind('desk');
    const open = crowd.filter(({ tab }) => status(tab)?.is !== 'closed');
    for (const { id, tab } of open) {
      const known = whole.conversations.find((one) => one.conversation === id)?.state;
      const own = status(tab);
      assert.equal(known?.is, own?.is, `${id} is not where its desk believes`);
    }
    for (const one of whole.agents) assert.ok(one.load <= one.capacity);
    fresh.cut();
  });
});

const isAssignment = (frame: { event: { body: { kind: string } } }) =>
  frame.event.body.kind === 'assigned';
