// The desk over real sockets: docs/protocol.md D. Who gets whom is tested on the host in
// tests/routing.rs; this asks whether the built worker does it, with two objects and their mail.
// Two workers run side by side: one test has to wait for half a minute of grace.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DeskServerFrame } from '../../client/frames.ts';
import {
  Agent,
  assigned,
  type Desk,
  entry,
  events,
  roster,
  say,
  status,
  type Talk,
  take,
  texts,
  until,
  Visitor,
} from '../support/live.ts';
import { serve, type Worker } from '../support/worker.ts';

/** A visitor who has written, and what the test knows of them. */
interface Guest {
  visitor: Visitor;
  tab: Talk;
  id: string;
}

const ownerOf = (worker: Worker) => Agent.signIn(worker.url, 'owner@example.com');

async function guest(worker: Worker, text = 'hello'): Promise<Guest> {
  const visitor = new Visitor(worker.url);
  const tab = await visitor.tab();
  await say(tab, 'first', text);
  return { visitor, tab, id: visitor.conversation };
}

/** The agent who serves the guest, once somebody does. */
async function server({ tab }: Guest): Promise<string> {
  const now = await until('an agent', () => {
    const known = status(tab);
    return known?.is === 'assigned' ? known : undefined;
  });
  return now.agent.name;
}

/** The guest's place in the queue, once it is told. */
function place({ tab }: Guest): { position: number; staffed: boolean } | undefined {
  const now = status(tab);
  return now?.is === 'waiting' ? (now.place ?? undefined) : undefined;
}

/** The agent's console, accepting, once the desk knows it. */
async function onDuty(agent: Agent): Promise<Desk> {
  const desk = await agent.desk(true);
  await until('the agent on duty', () => roster(desk, agent.me.agent.id)?.accepting);
  return desk;
}

/** Ends what an agent had begun, so that the next test finds an empty desk. */
async function leave(agent: Agent, desk: Desk): Promise<void> {
  desk.send({ t: 'accept', on: false });
  await until('the pause', () => roster(desk, agent.me.agent.id)?.accepting === false);
  await desk.end();
}

async function close(agent: Agent, { id, tab }: Guest): Promise<void> {
  const line = await agent.join(id);
  line.send({ t: 'close' });
  await until('the end', () => status(tab)?.is === 'closed');
}

function refusal(desk: Desk, conversation: string): Promise<string> {
  type Rejected = Extract<DeskServerFrame, { t: 'rejected' }>;
  const count = desk.all('rejected').length;
  return until(`a refusal for ${conversation}`, () => {
    const fresh: Rejected[] = desk.all('rejected').slice(count);
    return fresh.find((frame) => frame.conversation === conversation)?.code;
  });
}

describe('the desk', { concurrency: 2 }, () => {
  describe('who gets whom', { concurrency: 1 }, () => {
    const worker = serve();

    test('D1 D2 D8 a console gets the whole desk, then what changes', async () => {
      const kim = await (await ownerOf(worker)).hire('d1@example.com', 3);
      const before = await guest(worker);
      const desk = await kim.desk();
      const whole = await desk.kind('desk');
      assert.equal(whole.you, kim.me.agent.id);
      const profile = { departments: [], skills: [], languages: [] };
      const known = { agent: kim.me.agent, online: true, capacity: 3, profile };
      const own = { ...known, accepting: false, load: 0 };
      assert.deepEqual(roster(desk, whole.you), own);
      await until('the guest at the desk', () => entry(desk, before.id)?.state.is === 'waiting');
      const later = await guest(worker);
      await until('the change', () => entry(desk, later.id)?.state.is === 'waiting');
      for (const one of [before, later]) {
        await take(kim, desk, one.id);
        await until('the load', () => entry(desk, one.id)?.state.is === 'assigned');
      }
      await until('the load', () => roster(desk, whole.you)?.load === 2);
      for (const one of [before, later]) await close(kim, one);
      await until('no load', () => roster(desk, whole.you)?.load === 0);
      const again = await (await kim.desk()).kind('desk');
      const closed = again.conversations.filter((one) => one.state.is === 'closed');
      assert.deepEqual(
        new Set(closed.map((one) => one.conversation)),
        new Set([before.id, later.id]),
      );
    });

    test('D3 accepting is of the agent, in all consoles, until switched again', async () => {
      const kim = await (await ownerOf(worker)).hire('d3@example.com', 1);
      const [one, two] = [await onDuty(kim), await kim.desk()];
      const id = kim.me.agent.id;
      assert.equal(roster(two, id)?.accepting, true);
      const first = await guest(worker);
      assert.equal(await server(first), 'd3');
      const second = await guest(worker);
      await until('a place', () => place(second));
      assert.deepEqual(roster(two, id)?.load, 1, 'two consoles are one agent');
      await one.end();
      two.send({ t: 'accept', on: false });
      await until('the pause', () => roster(two, id)?.accepting === false);
      await close(kim, first);
      await until('the free agent', () => roster(two, id)?.load === 0);
      assert.equal(roster(two, id)?.online, true, 'the other console is still there');
      assert.equal(status(second.tab)?.is, 'waiting', 'a paused agent gets nothing');
      await two.end();
      const three = await kim.desk();
      assert.equal(roster(three, id)?.accepting, false, 'a pause outlives the console');
      three.send({ t: 'accept', on: true });
      assert.equal(await server(second), 'd3');
      await close(kim, second);
      await leave(kim, three);
    });

    test('D4 D5 the least loaded gets the next, and a freed place the first in line', async () => {
      const owner = await ownerOf(worker);
      const team = new Map<string, Agent>();
      const desks = new Map<string, Desk>();
      for (const [name, capacity] of [
        ['a', 1],
        ['b', 2],
        ['c', 2],
      ] as const) {
        const agent = await owner.hire(`${name}@example.com`, capacity);
        team.set(name, agent);
        desks.set(name, await onDuty(agent));
      }
      const guests: Guest[] = [];
      const served: string[] = [];
      for (let count = 0; count < 5; count += 1) {
        guests.push(await guest(worker, `guest ${count}`));
        served.push(await server(guests[count] as Guest));
      }
      assert.deepEqual(served.slice(0, 3).sort(), ['a', 'b', 'c'], 'each gets one first');
      assert.deepEqual(served.slice(3).sort(), ['b', 'c'], 'who is full gets none');
      const sixth = await guest(worker);
      await until('the first place', () => place(sixth)?.position === 1);
      const seventh = await guest(worker);
      await until('the second place', () => place(seventh)?.position === 2);
      assert.equal(place(seventh)?.staffed, true);

      const freed = served.indexOf('a');
      await close(team.get('a') as Agent, guests[freed] as Guest);
      assert.equal(await server(sixth), 'a');
      await until('the place ahead', () => place(seventh)?.position === 1);
      const b = served.lastIndexOf('b');
      await close(team.get('b') as Agent, guests[b] as Guest);
      assert.equal(await server(seventh), 'b');

      guests.splice(0, 5, ...guests.filter((_, at) => at !== freed && at !== b));
      for (const one of [...guests, sixth, seventh]) {
        await close(team.get(await server(one)) as Agent, one);
      }
      for (const [name, desk] of desks) await leave(team.get(name) as Agent, desk);
    });

    test('D4 of equally loaded agents the longest idle gets the next', async () => {
      const owner = await ownerOf(worker);
      const [early, late] = [await owner.hire('z@example.com'), await owner.hire('y@example.com')];
      const desks: [Agent, Desk][] = [[early, await onDuty(early)]];
      const since = Date.now();
      await until('a later moment', () => Date.now() > since + 5);
      desks.push([late, await onDuty(late)]);
      const first = await guest(worker);
      assert.equal(await server(first), 'z');
      await close(early, first);
      const [, desk] = desks[0] as [Agent, Desk];
      await until('the free agent', () => roster(desk, early.me.agent.id)?.load === 0);
      const second = await guest(worker);
      assert.equal(await server(second), 'y', 'who has just served waits');
      await close(late, second);
      for (const [agent, open] of desks) await leave(agent, open);
    });

    test('D7 a conversation is handed to whom its agent names, accepting or not', async () => {
      const owner = await ownerOf(worker);
      const [from, to] = [
        await owner.hire('from@example.com'),
        await owner.hire('to@example.com', 1),
      ];
      const [mine, theirs] = [await onDuty(from), await to.desk()];
      const chat = await guest(worker, 'a hard one');
      assert.equal(await server(chat), 'from');
      const old = await from.join(chat.id);
      mine.send({ t: 'transfer', conversation: chat.id, to: to.me.agent.id });
      assert.equal((await assigned(chat.tab, 'to')).t, 'status');
      const line = await to.join(chat.id);
      assert.ok(texts(events(line)).includes('a hard one'), 'with its history');
      await say(line, 'm', 'let me see');
      old.send({ t: 'send', client_id: 'late', text: 'still me?' });
      assert.equal((await old.kind('rejected')).code, 'not_assigned');
      await until('the new loads', () => roster(theirs, to.me.agent.id)?.load === 1);
      assert.equal(roster(theirs, from.me.agent.id)?.load, 0);
      await close(to, chat);
      await leave(from, mine);
      await theirs.end();
    });

    test('D7 whoever may not hand over, or to somebody who cannot, is refused', async () => {
      const owner = await ownerOf(worker);
      const boss = await owner.desk();
      const [holder, full] = [
        await owner.hire('h@example.com'),
        await owner.hire('f@example.com', 1),
      ];
      const away = await owner.hire('away@example.com');
      await (await away.desk()).end();
      const [mine, theirs] = [await onDuty(holder), await full.desk()];
      const chat = await guest(worker);
      assert.equal(await server(chat), 'h');
      const give = (desk: Desk, conversation: string, to: string) => {
        const answer = refusal(desk, conversation);
        desk.send({ t: 'transfer', conversation, to });
        return answer;
      };
      assert.equal(await give(theirs, chat.id, full.me.agent.id), 'not_assigned');
      assert.equal(await give(mine, chat.id, away.me.agent.id), 'agent_unavailable');
      assert.equal(await give(mine, chat.id, 'nobody'), 'agent_unavailable');
      assert.equal(await give(mine, 'nothing', full.me.agent.id), 'unknown_conversation');
      mine.send({ t: 'accept', on: false });
      await until('the pause', () => roster(theirs, holder.me.agent.id)?.accepting === false);
      const other = await guest(worker);
      await until('a place', () => place(other));
      assert.equal(await give(boss, other.id, full.me.agent.id), 'not_assigned', 'it waits');
      await take(full, theirs, other.id);
      assert.equal(await give(mine, chat.id, full.me.agent.id), 'agent_unavailable', 'no room');
      boss.send({ t: 'transfer', conversation: chat.id, to: owner.me.agent.id });
      assert.equal(await server(chat), 'h', 'until the owner has it');
      await assigned(chat.tab, 'Olivia Owner');
      await close(owner, chat);
      await close(full, other);
      for (const desk of [boss, mine, theirs]) await desk.end();
    });

    test('D7 taking is for waiting conversations and agents with room', async () => {
      const owner = await ownerOf(worker);
      const [kim, lou] = [
        await owner.hire('kim@example.com', 1),
        await owner.hire('lou@example.com'),
      ];
      const [desk, theirs] = [await kim.desk(), await lou.desk()];
      const [first, second] = [await guest(worker, 'first'), await guest(worker, 'second')];
      await until('both in line', () => place(first) && place(second));
      await take(kim, desk, second.id);
      const grab = (console: Desk, conversation: string) => {
        const answer = refusal(console, conversation);
        console.send({ t: 'take', conversation });
        return answer;
      };
      assert.equal(await grab(desk, first.id), 'agent_unavailable', 'no room');
      assert.equal(await grab(theirs, second.id), 'not_waiting');
      assert.equal(await grab(theirs, 'nothing'), 'unknown_conversation');
      assert.deepEqual(place(first), { position: 1, staffed: false });
      await take(lou, theirs, first.id);
      await close(kim, second);
      await close(lou, first);
      for (const one of [desk, theirs]) await one.end();
    });
  });

  describe('who is gone', () => {
    const worker = serve();

    test('D6 an agent who returns in time keeps all; one who does not gives it back', async () => {
      const owner = await ownerOf(worker);
      const [gus, hal] = [
        await owner.hire('gus@example.com'),
        await owner.hire('hal@example.com', 2),
      ];
      const watch = await hal.desk();
      const online = () => roster(watch, gus.me.agent.id)?.online;
      let desk = await onDuty(gus);
      const held: Guest[] = [await guest(worker, 'first'), await guest(worker, 'second')];
      for (const one of held) assert.equal(await server(one), 'gus');

      desk.cut();
      await until('the loss', () => online() === false);
      const third = await guest(worker, 'third');
      await until('a place', () => place(third));
      assert.deepEqual(place(third), { position: 1, staffed: false }, 'nothing new for the gone');
      desk = await gus.desk();
      held.push(third);
      for (const one of held) assert.equal(await server(one), 'gus', 'who is back keeps all');
      const kinds = events(await (held[0] as Guest).visitor.tab()).map((event) => event.body.kind);
      assert.deepEqual(kinds, ['message', 'assigned'], 'and nothing is told of it');

      desk.cut();
      await until('the loss', () => online() === false);
      const lost = Date.now();
      const fourth = await guest(worker, 'fourth');
      await until('the first place', () => place(fourth)?.position === 1);
      await until('the return of all', () => place(fourth)?.position === 4, 40_000);
      assert.ok(Date.now() - lost > 25_000, 'not before half a minute');
      for (const [index, one] of held.entries()) {
        await until('the place in front', () => place(one)?.position === index + 1);
      }
      watch.send({ t: 'accept', on: true });
      for (const one of held.slice(0, 2)) await assigned(one.tab, 'hal');
      await until('the rest moving up', () => place(third)?.position === 1);
      await until('the last moving up', () => place(fourth)?.position === 2);
      const line = await hal.join((held[0] as Guest).id);
      const story = events(line).map((event) => event.body.kind);
      assert.deepEqual(story, ['message', 'assigned', 'requeued', 'assigned']);
      assert.deepEqual(texts(events(line)), ['first'], 'with its history');
      assert.equal(roster(watch, gus.me.agent.id)?.load, 0);
      assert.equal((await (await gus.desk()).kind('desk')).conversations.length, 4);
    });
  });
});
