// A handler that fails, in every way it can, ends nothing but its own session: that one comes back
// and has everything, its neighbours in the same process notice nothing, and what objects owe each
// other arrives. The worker here is a copy with faults edited in: tests/support/faulty.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faulty } from '../support/faulty.ts';
import { harnessed } from '../support/harness.ts';
import {
  Agent,
  assigned,
  type Desk,
  entry,
  events,
  heard,
  post,
  SHOP,
  say,
  status,
  type Talk,
  texts,
  until,
  Visitor,
} from '../support/live.ts';
import { Poller } from '../support/poller.ts';

const worker = harnessed(faulty);
const WINDOW = /^\d+-\d+$/;

/** A visitor with two tabs, served by Ana. */
interface Pair {
  visitor: Visitor;
  tab: Talk;
  other: Talk;
  agent: Talk;
}

async function pair(ana: Agent): Promise<Pair> {
  const visitor = new Visitor(worker.url);
  const [tab, other] = [await visitor.tab(), await visitor.tab()];
  await say(tab, 'first', 'hello');
  await assigned(tab, 'ana');
  return { visitor, tab, other, agent: await ana.join(visitor.conversation) };
}

let hired: Promise<Agent> | undefined;

/** Ana, who has room for everybody here. */
async function onDuty(): Promise<{ ana: Agent; desk: Desk }> {
  const owner = () => Agent.signIn(worker.url, 'owner@example.com');
  hired ??= owner().then((agent) => agent.hire('ana@example.com', 50));
  const ana = await hired;
  return { ana, desk: await ana.desk(true) };
}

/** Somebody who has nothing to do with it, over a socket and over a session in memory only. */
class Neighbour {
  readonly visitor = new Visitor(worker.url);
  private count = 0;
  private tab: Talk | undefined;
  private poller: Poller | undefined;

  async arrive(): Promise<void> {
    this.tab = await this.visitor.tab();
    this.poller = await Poller.of(this.visitor);
    await this.poller.turn({ t: 'hello', after: 0 });
    await this.talk();
  }

  /** Writes; the socket has its ack and the session without one the event. */
  async talk(): Promise<void> {
    const { tab, poller } = this;
    assert.ok(tab && poller);
    this.count += 1;
    const text = `undisturbed ${this.count}`;
    await say(tab, `n${this.count}`, text);
    await until(text, async () => {
      if (texts(poller.events()).includes(text)) return true;
      await poller.turn();
      return false;
    });
    assert.equal(poller.close, undefined);
  }
}

/** Waits until the desk knows of the conversation. */
function waits(line: Talk): Promise<unknown> {
  return until('a place in the queue', () => {
    const now = status(line);
    return now?.is === 'waiting' && now.place !== undefined;
  });
}

const ackedAll = (line: Talk, wanted: string[]) =>
  wanted.every((text) => line.all('ack').some(({ client_id }) => client_id === text));

/** The whole log, as a new tab reads it. */
async function log(visitor: Visitor): Promise<string[]> {
  const tab = await visitor.tab();
  const all = events(tab);
  assert.deepEqual(
    all.map((event) => event.seq),
    all.map((_, index) => index + 1),
    'dense',
  );
  await tab.end();
  return texts(all);
}

test('C1 S2 whatever fails in a turn, its sender comes back and all is there once', async () => {
  const { ana, desk } = await onDuty();
  const neighbour = new Neighbour();
  await neighbour.arrive();
  const faults = ['while deciding', 'after the write', 'before the sends'];
  for (const fault of [...faults.map((moment) => `panic ${moment}`), 'error after the write']) {
    const { visitor, tab, other, agent } = await pair(ana);
    tab.send({ t: 'send', client_id: 'm1', text: fault });
    const { code, reason } = await tab.closed;
    assert.equal(code, 4500, fault);
    assert.match(reason, WINDOW, fault);
    const back = await visitor.tab();
    const seq = await say(back, 'm1', fault);
    assert.equal(await say(back, 'm2', 'and on'), seq + 1, fault);
    assert.deepEqual(await log(visitor), ['hello', fault, 'and on']);
    const readers = [other, agent];
    if (fault === 'panic before the sends') {
      // It is stored and was shown to nobody: without the next event they would not miss it.
      for (const line of readers) assert.equal((await line.closed).code, 4500, 'who missed it');
      readers.splice(0, 2, await visitor.tab(), await ana.join(visitor.conversation));
      for (const line of readers) await heard(line, fault);
    }
    const [again, serving] = readers as [Talk, Talk];
    await heard(again, 'and on');
    await heard(serving, 'and on');
    await say(serving, 'a1', 'an answer');
    await heard(back, 'an answer');
    for (const line of readers) assert.equal(line.isClosed, false, `${fault}: a bystander`);
    await neighbour.talk();
    serving.send({ t: 'close' });
    await until('the end', () => status(back)?.is === 'closed');
    for (const line of [back, ...readers]) await line.end();
  }
  await desk.end();
});

test('C1 S4 a trap ends all sessions of its conversation, and nothing passes', async () => {
  const beside = await new Visitor(worker.url).tab();
  // One is taken as it comes; of the others, all but the first wait for the end of their pass.
  for (const burst of [['trap'], ['before', 'trap', 'behind']]) {
    const visitor = new Visitor(worker.url);
    const [tab, other] = [await visitor.tab(), await visitor.tab()];
    await say(tab, 'first', 'hello');
    await waits(tab);
    for (const text of burst) tab.send({ t: 'send', client_id: text, text });
    for (const line of [tab, other]) {
      const { code, reason } = await line.closed;
      assert.equal(code, 4500);
      assert.match(reason, WINDOW);
    }
    const before = burst.slice(0, burst.indexOf('trap'));
    assert.deepEqual(await log(visitor), ['hello', ...before]);
    const back = await visitor.tab();
    for (const text of burst) if (text !== 'trap') await say(back, text, text);
    assert.deepEqual(await log(visitor), ['hello', ...burst.filter((text) => text !== 'trap')]);
    await say(beside, burst.join('-'), 'undisturbed');
    await back.end();
  }
  await beside.end();
});

test('C1 S4 a trap of one conversation lets nothing pass what another had gathered', async () => {
  const visitor = new Visitor(worker.url);
  const all: string[] = [];
  let cut = 0;
  // Whether a pass is under way when the other traps is chance, one round in eight here.
  for (let round = 0; round < 20 || (cut === 0 && round < 200); round += 1) {
    const [tab, beside] = [await visitor.tab(), await new Visitor(worker.url).tab()];
    const texts = ['first', 0, 1, 2, 3, 4, 'later'].map((name) => `${round}-${name}`);
    const send = (text: string) => tab.send({ t: 'send', client_id: text, text });
    await say(tab, texts[0] ?? '', texts[0] ?? '');
    for (const [at, text] of texts.slice(1, 6).entries()) {
      send(text);
      if (at === round % 5) beside.send({ t: 'send', client_id: 'm1', text: `trap ${round}` });
    }
    await beside.closed;
    send(texts[6] ?? '');
    const done = () => tab.isClosed || ackedAll(tab, texts);
    await until('all of them, or the end', done);
    if (tab.isClosed) cut += 1;
    else await tab.end();
    all.push(...texts);
    // What is not there is behind all that is, and is sent again in its order.
    const stored = await log(visitor);
    assert.deepEqual(stored, all.slice(0, stored.length));
    const back = await visitor.tab();
    for (const text of all.slice(stored.length)) await say(back, text, text);
    await back.end();
  }
  assert.ok(cut > 0, 'none had gathered anything when another trapped');
});

test('C1 S2 a trap behind a stored message ends who was not shown it', async () => {
  const visitor = new Visitor(worker.url);
  const tab = await visitor.tab();
  await say(tab, 'm1', 'hello');
  await waits(tab);
  const poller = await Poller.of(visitor);
  await poller.turn({ t: 'hello', after: 1 });
  const send = { t: 'send', client_id: 'm2', text: 'stored, then the end' };
  // Nobody is left to answer it.
  poller.ask([JSON.stringify(send)]).catch(() => {});
  assert.equal((await tab.closed).code, 4500);
  assert.deepEqual(await log(visitor), ['hello', send.text]);
  const back = await visitor.tab();
  assert.equal(await say(back, 'm2', send.text), 2);
  assert.deepEqual(await log(visitor), ['hello', send.text]);
  await back.end();
});

test('P1 a first message whose turn fails is undone or whole, and its visitor waits', async () => {
  for (const [fault, stored] of [
    ['panic after the write', false],
    ['error after the write', false],
    ['panic before the sends', true],
  ] as const) {
    const visitor = new Visitor(worker.url);
    const tab = await visitor.tab();
    const text = `first: ${fault}`;
    tab.send({ t: 'send', client_id: 'm1', text });
    assert.equal((await tab.closed).code, 4500);
    assert.deepEqual(await log(visitor), stored ? [text] : [], fault);
    const back = await visitor.tab();
    assert.equal(await say(back, 'm1', text), 1);
    await waits(back);
    await back.end();
  }
});

test('P1 S12 a form whose turn fails behind its storing has its visitor wait', async () => {
  const { cookie } = await Agent.signIn(worker.url, 'owner@example.com');
  const phrase = (text: string) => ({ text, others: {} });
  const form = (fields: object[]) => ({ fields, consent: phrase('') });
  const set = (away: object) => {
    const settings = { color: '', greeting: '', hide_team: false, before: form([]), away };
    return post(worker.url, '/api/widget', settings, { cookie });
  };
  const name = { id: 'name', kind: 'name', required: true, label: phrase('Who?'), choices: [] };
  assert.equal((await set(form([name]))).status, 200);
  const visitor = new Visitor(worker.url);
  const { token } = (await visitor.ticket()).ticket;
  const headers = { origin: SHOP, authorization: `Bearer ${token}` };
  const body = { client_id: 'f1', form: 'away', answers: { name: 'panic before the sends' } };
  const fill = () => post(worker.url, '/api/forms', body, headers);
  assert.equal((await fill()).status, 500);
  // Whoever asks again changes nothing: it is stored.
  assert.equal((await fill()).status, 204);
  await until('the visitor to wait', async () => {
    const desk = await (await Agent.signIn(worker.url, 'owner@example.com')).desk();
    const waits = entry(desk, visitor.conversation)?.state.is === 'waiting';
    await desk.end();
    return waits;
  });
  assert.equal((await set(form([]))).status, 200);
});

test('C1 a socket that a trap has closed, and that ends later, ends nobody else', async () => {
  const visitor = new Visitor(worker.url);
  const [late, tab] = [await visitor.tab(), await visitor.tab()];
  await say(tab, 'first', 'hello');
  // Half-open: what the worker says to it, it does not hear.
  late.pause();
  tab.send({ t: 'send', client_id: 'm1', text: 'trap with one that is late' });
  assert.equal((await tab.closed).code, 4500);
  const [back, other] = [await visitor.tab(), await visitor.tab()];
  late.resume();
  assert.equal((await late.closed).code, 4500);
  for (const text of ['one', 'two', 'three']) {
    await say(other, text, text);
    await heard(back, text);
    await say(back, `${text}-more`, `${text}, and more`);
    await heard(other, `${text}, and more`);
  }
  for (const line of [back, other]) await line.end();
});

test('C1 a panic at the desk ends one console, and no conversation', async () => {
  const { ana, desk } = await onDuty();
  const beside = await ana.desk();
  const { tab, agent } = await pair(ana);
  desk.send({ t: 'take', conversation: 'panic' });
  const { code, reason } = await desk.closed;
  assert.equal(code, 4500);
  assert.match(reason, WINDOW);
  await say(tab, 'm1', 'still here');
  await heard(agent, 'still here');
  const again = await ana.desk(false);
  assert.equal(beside.isClosed, false);
  agent.send({ t: 'close' });
  await until('the end', () => status(tab)?.is === 'closed');
  for (const line of [again, beside, tab, agent]) await line.end();
});

test('C1 a trap at the desk ends its consoles, who come back, and no conversation', async () => {
  const { ana, desk } = await onDuty();
  const beside = await ana.desk();
  const { tab, agent } = await pair(ana);
  desk.send({ t: 'take', conversation: 'trap' });
  for (const line of [desk, beside]) {
    const { code, reason } = await line.closed;
    assert.equal(code, 4500);
    assert.match(reason, WINDOW);
  }
  await say(tab, 'm1', 'still here');
  await heard(agent, 'still here');
  const again = await ana.desk(false);
  agent.send({ t: 'close' });
  await until('the end', () => status(tab)?.is === 'closed');
  for (const line of [again, tab, agent]) await line.end();
});

test('C1 a tab that gives no sign of life is closed with 4408, and comes back', async () => {
  const visitor = new Visitor(worker.url);
  const silent = await visitor.line();
  const context = { locale: 'en', page: 'https://shop.example/page-that-falls-silent' };
  silent.send({ t: 'hello', after: 0, context });
  await silent.kind('batch');
  // Whoever comes next has the conversation look after its sockets.
  const next = await visitor.tab();
  const { code, reason } = await silent.closed;
  assert.equal(code, 4408);
  assert.match(reason, WINDOW);
  const back = await visitor.tab();
  await say(back, 'm1', 'here again');
  await heard(next, 'here again');
  for (const line of [next, back]) await line.end();
});

for (const fault of ['panic-in-the-alarm', 'panic-at-the-desk', 'no-answer-of-the-desk']) {
  test(`P1 P4 what is owed arrives in spite of ${fault}`, async () => {
    const neighbour = new Neighbour();
    await neighbour.arrive();
    const visitor = new Visitor(worker.url);
    const tab = await visitor.line();
    const context = { locale: 'en', page: `https://shop.example/${fault}` };
    tab.send({ t: 'hello', after: 0, context });
    await tab.kind('batch');
    await say(tab, 'm1', 'is anybody there?');
    await neighbour.talk();
    await waits(tab);
    const { ana, desk } = await onDuty();
    await assigned(tab, 'ana');
    const agent = await ana.join(visitor.conversation);
    await say(agent, 'a1', 'yes');
    await heard(tab, 'yes');
    assert.ok(await worker.sleep('CONVERSATION', `demo:${visitor.conversation}`), 'it can sleep');
    await say(tab, 'm2', 'good');
    await heard(agent, 'good');
    assert.equal(tab.isClosed, false);
    agent.send({ t: 'close' });
    await until('the end', () => status(tab)?.is === 'closed');
    desk.send({ t: 'accept', on: false });
    for (const line of [tab, agent, desk]) await line.end();
  });
}

test('P4 an alarm whose outbox fails three times pauses each time and goes on', async () => {
  const owner = await Agent.signIn(worker.url, 'owner@example.com');
  const ivy = await owner.hire('fails-thrice@example.com');
  const desk = await ivy.desk(true);
  const visitor = new Visitor(worker.url);
  const tab = await visitor.line();
  // The letter of the conversation names the page, the one of the desk the agent.
  const context = { locale: 'en', page: 'https://shop.example/fails-thrice' };
  tab.send({ t: 'hello', after: 0, context });
  await tab.kind('batch');
  const since = Date.now();
  await say(tab, 'm1', 'is anybody there?');
  await assigned(tab, 'fails-thrice');
  const pauses = Math.floor((Date.now() - since) / 1_000);
  assert.ok(pauses >= 6, `${pauses} pauses of a second, not 3 of each alarm`);
  desk.send({ t: 'accept', on: false });
  for (const line of [tab, desk]) await line.end();
});
