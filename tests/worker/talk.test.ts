// A conversation over real sockets: docs/protocol.md H, S, L and T6. What the rules decide is
// tested on the host in tests/conversation.rs; this asks whether the built worker does it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, ServerFrame } from '../../client/frames.ts';
import {
  Agent,
  assigned,
  type Desk,
  entry,
  events,
  heard,
  held,
  say,
  status,
  type Talk,
  take,
  texts,
  until,
  Visitor,
} from '../support/live.ts';
import { serve } from '../support/worker.ts';

let kim: Agent;
let desk: Desk;

const worker = serve(async () => {
  const owner = await Agent.signIn(worker.url, 'owner@example.com');
  kim = await owner.hire('kim@example.com', 50);
  desk = await kim.desk();
});

/** A visitor who has written `hello` (seq 1), and Kim who has taken the conversation (seq 2). */
async function pair(): Promise<{ visitor: Visitor; tab: Talk; agent: Talk }> {
  const visitor = new Visitor(worker.url);
  const tab = await visitor.tab();
  await say(tab, 'hello', 'hello');
  const agent = await take(kim, desk, visitor.conversation);
  await assigned(tab, 'kim');
  return { visitor, tab, agent };
}

/** Waits until whatever the line was owed before this moment has come. */
async function settle(line: Talk): Promise<void> {
  const before = line.all('welcome').length;
  line.send({ t: 'hello', after: 0 });
  await until('another welcome', () => line.all('welcome').length > before);
}

const seqs = (list: Event[]) => list.map((event) => event.seq);
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
const rejection = (line: Talk, client_id?: string) =>
  line.get<Extract<ServerFrame, { t: 'rejected' }>>(`the refusal of ${client_id}`, (frame) => {
    return frame.t === 'rejected' && frame.client_id === client_id;
  });

test('S1 a message is acknowledged to its sender and shown to every other session', async () => {
  const { visitor, tab, agent } = await pair();
  const other = await visitor.tab();
  assert.equal(await say(tab, 'm', 'a question'), 3);
  for (const line of [other, agent]) assert.equal((await heard(line, 'a question')).seq, 3);
  assert.equal(await say(agent, 'm', 'an answer'), 4);
  for (const line of [tab, other]) {
    const { author, seq } = await heard(line, 'an answer');
    assert.deepEqual([author, seq], [{ role: 'agent', ...kim.me.agent }, 4]);
  }
  await settle(tab);
  const live = tab.all('event').map((frame) => frame.event);
  assert.deepEqual(texts(live), ['an answer'], 'the sender gets the ack, not the event');
});

test('S1 any text comes through and back as it was written', async () => {
  const visitor = new Visitor(worker.url);
  const tab = await visitor.tab();
  const odd = [
    'a\u0000b',
    '👩‍👩‍👧 مرحبا שלום',
    '<b>"\'\\',
    ' \t x \r\n',
    '\ufeff\u2028\ufffd',
    '0',
    '1e999',
  ];
  for (const [index, text] of odd.entries()) await say(tab, `m${index}`, text);
  assert.deepEqual(texts(events(await visitor.tab())), odd);
});

test('S2 a retry gets the same ack, from this tab and another, and nobody is told', async () => {
  const { visitor, tab, agent } = await pair();
  const seq = await say(tab, 'm', 'once');
  const other = await visitor.tab();
  for (const line of [tab, other]) {
    const before = line.all('ack').length;
    line.send({ t: 'send', client_id: 'm', text: 'once' });
    await until('the ack again', () => line.all('ack').length > before);
    assert.equal(line.all('ack').at(-1)?.seq, seq);
  }
  await say(tab, 'end', 'the end');
  await heard(agent, 'the end');
  assert.deepEqual(texts(events(agent)), ['hello', 'once', 'the end']);
});

test('S2 both participants may use the same client_id', async () => {
  const { tab, agent } = await pair();
  assert.equal(await say(tab, 'same', 'of the visitor'), 3);
  assert.equal(await say(agent, 'same', 'of the agent'), 4);
});

test('S3 another text under a used client_id is refused and changes nothing', async () => {
  const { visitor, tab } = await pair();
  await say(tab, 'm', 'first');
  tab.send({ t: 'send', client_id: 'm', text: 'second' });
  assert.equal((await rejection(tab, 'm')).code, 'id_reused');
  assert.deepEqual(texts(events(await visitor.tab())), ['hello', 'first']);
});

test('S4 many at once from many sessions get dense seqs, each in its own order', async () => {
  const { visitor, tab, agent } = await pair();
  const lines = { tab, agent, other: await visitor.tab() };
  const each = upTo(20);
  for (const index of each) {
    for (const [who, line] of Object.entries(lines)) {
      line.send({ t: 'send', client_id: `${who}-${index}`, text: `${who} ${index}` });
    }
  }
  for (const line of Object.values(lines)) {
    await until('all acks', () => line.all('ack').filter((ack) => ack.seq > 2).length === 20);
  }
  const log = events(await visitor.tab());
  assert.deepEqual(seqs(log), upTo(62));
  for (const who of Object.keys(lines)) {
    const mine = texts(log).filter((text) => text.startsWith(who));
    assert.deepEqual(
      mine,
      each.map((index) => `${who} ${index}`),
    );
  }
});

test('S4 what was sent before a socket closes is stored, alone or in a burst', async () => {
  for (const count of [1, 20]) {
    const visitor = new Visitor(worker.url);
    const tab = await visitor.tab();
    const each = upTo(count);
    for (const index of each) tab.send({ t: 'send', client_id: `${index}`, text: `${index}` });
    await tab.end();
    assert.deepEqual(texts(events(await visitor.tab())), each.map(String));
  }
});

test('S6 a text is neither blank nor longer than 8,000 characters', async () => {
  const tab = await new Visitor(worker.url).tab();
  tab.send({ t: 'send', client_id: 'blank', text: ' \n\t\u00a0' });
  tab.send({ t: 'send', client_id: 'long', text: '𝕏'.repeat(8_001) });
  assert.equal((await rejection(tab, 'blank')).code, 'text_empty');
  assert.equal((await rejection(tab, 'long')).code, 'text_too_long');
  assert.equal(await say(tab, 'fits', 'x'.repeat(8_000)), 1);
});

test('S7 only the assigned agent sends; the visitor always may', async () => {
  const owner = await Agent.signIn(worker.url, 'owner@example.com');
  const { visitor, tab, agent } = await pair();
  const reader = await owner.join(visitor.conversation);
  reader.send({ t: 'send', client_id: 'm', text: 'me too' });
  assert.equal((await rejection(reader, 'm')).code, 'not_assigned');
  agent.send({ t: 'close' });
  await until('the end', () => status(agent)?.is === 'closed');
  agent.send({ t: 'send', client_id: 'late', text: 'one more' });
  assert.equal((await rejection(agent, 'late')).code, 'not_assigned');
  await say(tab, 'again', 'I have another question');
  assert.deepEqual(texts(events(await visitor.tab())), ['hello', 'I have another question']);
});

test('S8 typing reaches the others, not the own tabs, and is not stored', async () => {
  const { visitor, tab, agent } = await pair();
  const other = await visitor.tab();
  tab.send({ t: 'typing', on: true });
  assert.deepEqual((await agent.kind('typing')).who, { role: 'visitor' });
  agent.send({ t: 'typing', on: true });
  for (const line of [tab, other]) {
    assert.deepEqual((await line.kind('typing')).who, { role: 'agent', ...kim.me.agent });
    assert.equal(line.all('typing').length, 1);
  }
  tab.send({ t: 'typing', on: false });
  await agent.get('the stop', (frame) => frame.t === 'typing' && !frame.on);
  assert.equal((await (await visitor.tab()).kind('welcome')).last_seq, 2);
});

test('S9 a read mark only rises, never above the log, and only for who serves', async () => {
  const owner = await Agent.signIn(worker.url, 'owner@example.com');
  const { visitor, tab, agent } = await pair();
  const reader = await owner.join(visitor.conversation);
  reader.send({ t: 'seen', seq: 2 });
  await settle(reader);
  agent.send({ t: 'seen', seq: 1 });
  assert.deepEqual(await tab.kind('seen'), { t: 'seen', side: 'agent', seq: 1 });
  tab.send({ t: 'seen', seq: 4_294_967_295 });
  assert.deepEqual(await agent.kind('seen'), { t: 'seen', side: 'visitor', seq: 2 });
  tab.send({ t: 'seen', seq: 1 });
  await settle(tab);
  const { seen } = await (await visitor.tab()).kind('welcome');
  assert.deepEqual(seen, { visitor: 2, agent: 1 });
  assert.equal(agent.all('seen').length, 1);
});

test('S10 S11 the visitor ends and rates a chat, once; the agent is free', async () => {
  const { visitor, tab, agent } = await pair();
  agent.send({ t: 'rate', good: true, comment: '' });
  assert.equal((await rejection(agent)).code, 'forbidden');
  tab.send({ t: 'close' });
  await until('the end', () => status(agent)?.is === 'closed');
  await until('the free agent', () => entry(desk, visitor.conversation)?.state.is === 'closed');
  for (const comment of ['quick', 'twice']) tab.send({ t: 'rate', good: true, comment });
  await settle(tab);
  const bodies = events(await visitor.tab()).map(({ body }) => body);
  const rated = { kind: 'rated', good: true, comment: 'quick' };
  assert.deepEqual(bodies.slice(2), [{ kind: 'closed' }, rated]);
  await agent.get('the rating', ({ t, ...frame }) => {
    return t === 'event' && JSON.stringify(frame).includes('"rated"');
  });
});

test('S10 L2 the agent closes, the visitor opens again by writing', async () => {
  const { visitor, tab, agent } = await pair();
  agent.send({ t: 'close' });
  await until('the end', () => status(tab)?.is === 'closed');
  await until('the free agent', () => entry(desk, visitor.conversation)?.state.is === 'closed');
  agent.send({ t: 'close' });
  await settle(agent);
  assert.equal(agent.all('rejected').length, 0);
  assert.equal(await say(tab, 'again', 'one more thing'), 5);
  await until('a place', () => entry(desk, visitor.conversation)?.state.is === 'waiting');
  desk.send({ t: 'take', conversation: visitor.conversation });
  await until('the agent again', () => status(tab)?.is === 'assigned');
  const kinds = events(await visitor.tab()).map((event) => event.body.kind);
  const ended = ['message', 'assigned', 'closed', 'reopened', 'message', 'assigned'];
  assert.deepEqual(kinds, ended);
});

test('L4 D5 a visitor is told the place, and again when it changes', async () => {
  const place = (tab: Talk) => {
    const now = status(tab);
    return now?.is === 'waiting' ? now.place?.position : undefined;
  };
  const [one, two] = [new Visitor(worker.url), new Visitor(worker.url)];
  const first = await one.tab();
  await say(first, 'm', 'first');
  const ahead = await until('a place', () => place(first));
  const second = await two.tab();
  await say(second, 'm', 'second');
  await until('the place behind', () => place(second) === ahead + 1);
  await take(kim, desk, one.conversation);
  await until('the better place', () => place(second) === ahead);
});

test('H2 only what came after is sent', async () => {
  const { visitor, tab } = await pair();
  await say(tab, 'm', 'third');
  const again = await visitor.tab(held(tab, 2));
  assert.equal((await again.kind('welcome')).reset, false);
  assert.deepEqual(seqs(events(again)), [3]);
  const nothing = await visitor.tab(held(tab, 3));
  assert.deepEqual([(await nothing.kind('welcome')).reset, events(nothing)], [false, []]);
});

test('H3 a long history comes in batches of 200, and live events only after the last', async () => {
  const visitor = new Visitor(worker.url);
  let last = 0;
  while (last < 210) {
    const tab = await visitor.line();
    tab.send({ t: 'hello', after: 0 });
    for (const index of upTo(30)) {
      tab.send({ t: 'send', client_id: `m${last + index}`, text: `message ${last + index}` });
    }
    last += 30;
    await until('all acks', () => tab.all('ack').length === 30);
    await tab.end();
  }
  const [line, writer] = [await visitor.line(), await visitor.line()];
  writer.send({ t: 'hello', after: 0 });
  line.send({ t: 'hello', after: 0 });
  const first = await line.kind('batch');
  assert.deepEqual([first.done, seqs(first.events)], [false, upTo(200)]);
  await say(writer, 'late', 'while catching up');
  line.send({ t: 'hello', ...held(line, 200) });
  await line.get('the last batch', (frame) => frame.t === 'batch' && frame.done);
  assert.deepEqual(seqs(events(line)), upTo(211), 'each event once, in order');
  await say(writer, 'live', 'now live');
  await heard(line, 'now live');
  assert.deepEqual(seqs(events(line)), upTo(212));
});

test('H2 a batch holds at most 256 KiB of text', async () => {
  const visitor = new Visitor(worker.url);
  const tab = await visitor.tab();
  for (const index of upTo(10)) await say(tab, `m${index}`, '𝕏'.repeat(8_000));
  const line = await visitor.line();
  line.send({ t: 'hello', after: 0 });
  const batch = await line.kind('batch');
  const bytes = Buffer.byteLength(texts(batch.events).join(''));
  assert.ok(bytes <= 256 * 1024 && batch.events.length > 1, `${bytes} bytes`);
  assert.equal(batch.done, false);
});

test('H4 whoever has another history, or more than there is, starts over', async () => {
  const { visitor } = await pair();
  const reader = await visitor.tab();
  const [own, last] = [held(reader, 1), held(reader, 2)];
  const strangers = [
    { ...own, epoch: 'another-epoch' },
    { ...own, epoch: undefined },
    { ...own, chain: last.chain },
    { ...last, chain: own.chain },
    { ...last, chain: undefined },
    { ...last, after: 3 },
    { ...last, after: 4_294_967_295 },
  ];
  for (const stranger of strangers) {
    const line = await visitor.tab(stranger);
    const { reset } = await line.kind('welcome');
    const what = JSON.stringify(stranger);
    assert.deepEqual([reset, seqs(events(line))], [true, [1, 2]], what);
  }
});

test('H5 hello on a live session fills a gap', async () => {
  const { tab, agent } = await pair();
  await say(agent, 'm', 'third');
  await heard(tab, 'third');
  tab.send({ t: 'hello', ...held(tab, 1) });
  await until('the second batch', () => tab.all('batch').length === 2);
  const refill = tab.all('batch').at(-1);
  assert.deepEqual([refill?.done, seqs(refill?.events ?? [])], [true, [2, 3]]);
  assert.equal(await say(tab, 'next', 'and on'), 4);
});

test('T6 ping is answered pong, before hello as after it', async () => {
  const line = await new Visitor(worker.url).line();
  line.sendRaw('ping');
  await until('pong', () => line.pongs === 1);
  line.send({ t: 'hello', after: 0 });
  await line.kind('batch');
  line.sendRaw('ping');
  await until('pong', () => line.pongs === 2);
});
