// Objects that sleep between any two frames: sockets stay, nothing is lost, and the mail between
// objects arrives. An evicted object keeps what is in SQLite and in the sockets' attachments, no
// more: docs/protocol.md H, S, L, D and P.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { harnessed } from '../support/harness.ts';
import {
  Agent,
  assigned,
  type Desk,
  entry,
  events,
  heard,
  held,
  readAll,
  roster,
  say,
  status,
  type Talk,
  texts,
  until,
  Visitor,
} from '../support/live.ts';

const worker = harnessed();

/** How often the object of the first talk sleeps; `npm run chaos -- --sleeps` raises it. */
const SLEEPS = Number(process.env.EDGEWISE_SLEEPS ?? 8);

const chatSleeps = (visitor: Visitor) =>
  worker.sleep('CONVERSATION', `demo:${visitor.conversation}`);
const deskSleeps = () => worker.sleep('ROUTER', 'demo');

/** A conversation of a visitor with Ana, who is on duty. */
async function pair(): Promise<{
  visitor: Visitor;
  tab: Talk;
  agent: Talk;
  desk: Desk;
  ana: Agent;
}> {
  const visitor = new Visitor(worker.url);
  const tab = await visitor.tab();
  const ana = await Agent.signIn(worker.url);
  const desk = await ana.desk(true);
  await say(tab, 'first', 'hello');
  await assigned(tab, 'Ana Agent');
  const agent = await ana.join(visitor.conversation);
  return { visitor, tab, agent, desk, ana };
}

/** Leaves the desk as empty as it was. */
async function finish({ visitor, tab, agent, desk, ana }: Awaited<ReturnType<typeof pair>>) {
  agent.send({ t: 'close' });
  await until('the end', () => status(tab)?.is === 'closed');
  await until('the free agent', () => entry(desk, visitor.conversation)?.state.is === 'closed');
  desk.send({ t: 'accept', on: false });
  await until('the pause', () => roster(desk, ana.me.agent.id)?.accepting === false);
  for (const line of [tab, agent, desk]) {
    assert.equal(line.isClosed, false, 'no socket was lost to sleep');
    await line.end();
  }
}

test('H3 S1 a talk goes on though its object sleeps between any two frames', async () => {
  const all = await pair();
  const { visitor, tab, agent } = all;
  const said = ['hello'];
  for (let turn = 1; turn <= SLEEPS / 2; turn += 1) {
    for (const [from, to, who] of [
      [tab, agent, 'visitor'],
      [agent, tab, 'agent'],
    ] as const) {
      await chatSleeps(visitor);
      const text = `${who} ${turn}`;
      assert.equal(await say(from, text.replace(' ', '-'), text), said.length + 2);
      await heard(to, text);
      said.push(text);
    }
  }
  for (const line of [tab, agent]) {
    const live = events(line).map((event) => event.seq);
    assert.deepEqual(live, [...new Set(live)], 'nothing twice');
  }
  assert.deepEqual(texts(await readAll(await visitor.line())), said);
  await finish(all);
});

test('S2 S3 S8 S9 T6 retries, typing, read marks and pings outlive sleep', async () => {
  const all = await pair();
  const { visitor, tab, agent } = all;
  await chatSleeps(visitor);
  assert.equal(await say(tab, 'again', 'once more'), 3);
  await chatSleeps(visitor);
  tab.send({ t: 'send', client_id: 'again', text: 'once more' });
  await until('the same ack', () => tab.all('ack').filter((ack) => ack.seq === 3).length === 2);
  await chatSleeps(visitor);
  tab.send({ t: 'send', client_id: 'again', text: 'something else' });
  assert.equal((await tab.kind('rejected')).code, 'id_reused');
  await chatSleeps(visitor);
  tab.send({ t: 'typing', on: true });
  assert.deepEqual((await agent.kind('typing')).who, { role: 'visitor' });
  await chatSleeps(visitor);
  agent.send({ t: 'seen', seq: 3 });
  assert.deepEqual(await tab.kind('seen'), { t: 'seen', side: 'agent', seq: 3 });
  await chatSleeps(visitor);
  tab.sendRaw('ping');
  await until('pong', () => tab.pongs === 1);
  assert.equal(await chatSleeps(visitor), false, 'a ping wakes nobody');
  const late = await visitor.tab(held(tab, 2));
  const welcome = await late.kind('welcome');
  assert.deepEqual([welcome.reset, welcome.seen.agent, events(late).length], [false, 3, 1]);
  await finish(all);
});

test('H1 a session that has not said hello must still say it after sleep', async () => {
  const visitor = new Visitor(worker.url);
  const line = await visitor.line();
  await chatSleeps(visitor);
  line.send({ t: 'typing', on: true });
  assert.equal((await line.closed).code, 4402);
});

test('P1 P2 D4 D7 both objects sleep between all steps, and their mail arrives', async () => {
  const ana = await Agent.signIn(worker.url);
  const desk = await ana.desk();
  const [visitor, next] = [new Visitor(worker.url), new Visitor(worker.url)];
  const tab = await visitor.tab();
  const place = (line: Talk) => {
    const now = status(line);
    return now?.is === 'waiting' ? now.place?.position : undefined;
  };
  const bothSleep = async () => {
    await deskSleeps();
    await chatSleeps(visitor);
  };
  await bothSleep();
  await say(tab, 'first', 'is anybody there?');
  await until('a place', () => place(tab) === 1);
  await bothSleep();
  const other = await next.tab();
  await say(other, 'first', 'me too');
  await until('the next place', () => place(other) === 2);
  await bothSleep();
  desk.send({ t: 'take', conversation: visitor.conversation });
  await assigned(tab, 'Ana Agent');
  await until('the better place', () => place(other) === 1);
  await bothSleep();
  const agent = await ana.join(visitor.conversation);
  assert.equal(status(agent)?.is, 'assigned');
  await bothSleep();
  assert.equal(await say(agent, 'answer', 'yes'), 3);
  await heard(tab, 'yes');
  await bothSleep();
  desk.send({ t: 'accept', on: true });
  await assigned(other, 'Ana Agent');
  await bothSleep();
  await worker.sleep('CONVERSATION', `demo:${next.conversation}`);
  await until('both at the desk', () => roster(desk, ana.me.agent.id)?.load === 2);
  const served = await ana.join(next.conversation);
  served.send({ t: 'close' });
  await until('the end', () => entry(desk, next.conversation)?.state.is === 'closed');
  await finish({ visitor, tab, agent, desk, ana });
});

test('there was enough sleep for this to mean something', () => {
  assert.ok(worker.sleeps >= 20, `${worker.sleeps} times`);
});
