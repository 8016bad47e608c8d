import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Author, Body, ClientFrame, Event, FileRef, ServerFrame } from './frames.ts';
import type { Entry } from './outbox.ts';
import * as thread from './thread.ts';

const visitor: Author = { role: 'visitor' };
const ana: Author = { role: 'agent', id: 'a1', name: 'Ana' };
const bo: Author = { role: 'agent', id: 'a2', name: 'Bo' };

const message = (seq: number, author: Author = ana, client_id = `x${seq}`): Event => ({
  seq,
  at: 1000 + seq,
  author,
  body: { kind: 'message', client_id, text: `text ${seq}` },
  chain: 100 + seq,
});
const entry = (client_id: string, failed: Entry['failed'] = null): Entry => ({
  client_id,
  text: `text of ${client_id}`,
  at: 1,
  failed,
});
const welcome = (more: Partial<Extract<ServerFrame, { t: 'welcome' }>> = {}): ServerFrame => ({
  t: 'welcome',
  epoch: 'e1',
  you: visitor,
  last_seq: 0,
  reset: false,
  status: { is: 'closed' },
  seen: { visitor: 0, agent: 0 },
  ...more,
});
const batch = (events: Event[], done = true): ServerFrame => ({ t: 'batch', events, done });
const ack = (client_id: string, seq: number): ServerFrame => {
  return { t: 'ack', client_id, seq, at: 9, chain: 100 + seq };
};

/** A thread, and everything it sent, forgot and kept while it took the inputs. */
function run(inputs: (ServerFrame | { write: string } | 'lost')[], start = thread.emptyThread) {
  let now = start;
  const sent: ClientFrame[] = [];
  const forgot: string[] = [];
  const kept: Entry[] = [];
  for (const input of inputs) {
    if (input === 'lost') {
      now = thread.lost(now);
      continue;
    }
    const step =
      'write' in input ? thread.write(now, entry(input.write)) : thread.receive(now, input, 0);
    now = step.thread;
    sent.push(...step.send);
    forgot.push(...step.forget);
    kept.push(...step.keep);
  }
  return { now, sent, forgot, kept };
}

const seqs = (state: thread.Thread) => state.events.map((event) => event.seq);
const pending = (state: thread.Thread) => state.pending.map((p) => `${p.client_id} ${p.state}`);
const sends = (frames: ClientFrame[]) =>
  frames.flatMap((f) => (f.t === 'send' ? [f.client_id] : []));
const hellos = (frames: ClientFrame[]) => frames.flatMap((f) => (f.t === 'hello' ? [f.after] : []));

test('H2 hello names the last seq, and the epoch as soon as something is held', () => {
  assert.deepEqual(thread.hello(thread.emptyThread), { t: 'hello', after: 0 });
  const { now } = run([welcome({ last_seq: 2 }), batch([message(1), message(2)])]);
  const context = { locale: 'en', page: 'https://shop.example/' };
  assert.deepEqual(thread.hello(now, { context }), {
    t: 'hello',
    after: 2,
    epoch: 'e1',
    chain: 102,
    context,
  });
});

test('H3 a batch that is not the last asks for the next one', () => {
  const { now, sent } = run([welcome(), batch([message(1), message(2)], false)]);
  assert.equal(now.live, false);
  assert.deepEqual(sent, [{ t: 'hello', after: 2, epoch: 'e1', chain: 102 }]);
  const rest = run([welcome(), batch([message(3)])], now);
  assert.equal(rest.now.live, true);
  assert.deepEqual(seqs(rest.now), [1, 2, 3]);
});

test('H4 reset forgets the events and keeps the outbox, which is sent again', () => {
  const before = run([welcome(), batch([message(1), message(2)]), { write: 'c1' }]).now;
  const { now, sent } = run(
    ['lost', welcome({ epoch: 'e2', reset: true }), batch([message(1)])],
    before,
  );
  assert.deepEqual(seqs(now), [1]);
  assert.equal(now.epoch, 'e2');
  assert.deepEqual(sends(sent), ['c1']);
});

test('H4 another chain in the same epoch is another history, and the outbox is sent again', () => {
  const before = run([
    welcome(),
    batch([message(1, visitor, 'c1'), message(2), message(3)]),
    { write: 'c4' },
  ]).now;
  // A backup was restored: it ends before what this tab has seen, and went on otherwise.
  const other = { ...message(2, bo, 'y2'), chain: 902 };
  const { now, sent } = run(
    ['lost', welcome({ reset: true }), batch([message(1, visitor, 'c1'), other])],
    before,
  );
  assert.deepEqual(now.events, [message(1, visitor, 'c1'), other]);
  assert.deepEqual(sends(sent), ['c4']);
  const hello = { t: 'hello', after: 2, epoch: 'e1', chain: 902 };
  assert.deepEqual(thread.hello(now), hello);
  const again = run([{ ...ack('c4', 3), chain: 903 } as ServerFrame], now).now;
  assert.deepEqual(thread.hello(again), { ...hello, after: 3, chain: 903 });
});

test('H5 a gap says hello once with the last seq, and the batch closes it', () => {
  const { now, sent } = run([
    welcome(),
    batch([message(1)]),
    { t: 'event', event: message(3) },
    { t: 'event', event: message(4) },
  ]);
  assert.deepEqual(hellos(sent), [1]);
  assert.deepEqual(seqs(now), [1]);
  const closed = run([welcome(), batch([message(2), message(3), message(4)])], now);
  assert.deepEqual(seqs(closed.now), [1, 2, 3, 4]);
  assert.equal(closed.now.live, true);
});

test('D4 events held already are ignored, in batches and alone', () => {
  const { now, sent } = run([
    welcome(),
    batch([message(1), message(2)]),
    { t: 'event', event: message(2) },
    batch([message(1), message(2), message(3)]),
  ]);
  assert.deepEqual(seqs(now), [1, 2, 3]);
  assert.deepEqual(hellos(sent), []);
});

test('S1 an ack turns the pending message into an event and forgets it', () => {
  const { now, forgot } = run([welcome(), batch([]), { write: 'c1' }, ack('c1', 1)]);
  assert.deepEqual(pending(now), []);
  assert.deepEqual(forgot, ['c1']);
  const body: Body = { kind: 'message', client_id: 'c1', text: 'text of c1' };
  assert.deepEqual(now.events, [{ seq: 1, at: 9, author: visitor, body, chain: 101 }]);
});

test('S1 S2 whichever of event and ack comes first, the message shows once', () => {
  const own = message(1, visitor, 'c1');
  for (const frames of [
    [{ t: 'event', event: own } as const, ack('c1', 1)],
    [ack('c1', 1), { t: 'event', event: own } as const],
    [ack('c1', 1), ack('c1', 1)],
  ]) {
    const { now } = run([welcome(), batch([]), { write: 'c1' }, ...frames]);
    assert.deepEqual(seqs(now), [1]);
    assert.deepEqual(pending(now), []);
  }
});

test('S1 an ack beyond a gap keeps the message visible until the batch brings it', () => {
  const { now, sent, forgot } = run([welcome(), batch([]), { write: 'c1' }, ack('c1', 2)]);
  assert.deepEqual(pending(now), ['c1 sent']);
  assert.deepEqual(hellos(sent), [0]);
  assert.deepEqual(forgot, []);
  const own = message(2, visitor, 'c1');
  const after = run([welcome(), batch([message(1), own])], now);
  assert.deepEqual(seqs(after.now), [1, 2]);
  assert.deepEqual(pending(after.now), []);
  assert.deepEqual(after.forgot, ['c1']);
});

test('S5 nothing is sent before the batch is done; then all goes, in order', () => {
  const early = run([{ write: 'c1' }, welcome(), { write: 'c2' }, batch([message(1)], false)]);
  assert.deepEqual(sends(early.sent), []);
  const { sent } = run([welcome(), batch([])], early.now);
  assert.deepEqual(sends(sent), ['c1', 'c2']);
});

test('S5 a lost socket sends what was on its way again, in order', () => {
  const before = run([welcome(), batch([]), { write: 'c1' }, { write: 'c2' }, 'lost']).now;
  assert.deepEqual(pending(before), ['c1 queued', 'c2 queued']);
  const own = message(1, visitor, 'c1');
  const { now, sent } = run([welcome(), batch([own])], before);
  assert.deepEqual(sends(sent), ['c2']);
  assert.deepEqual(pending(now), ['c2 sending']);
});

test('S5 at most 8 messages are on their way at once', () => {
  const ids = Array.from({ length: 12 }, (_, i) => `c${i + 1}`);
  const { now, sent } = run([...ids.map((write) => ({ write })), welcome(), batch([])]);
  assert.deepEqual(sends(sent), ids.slice(0, 8));
  const next = run([ack('c1', 1), ack('c2', 2)], now);
  assert.deepEqual(sends(next.sent), ['c9', 'c10']);
  const refused = run([{ t: 'rejected', client_id: 'c3', code: 'id_reused' }], next.now);
  assert.deepEqual(sends(refused.sent), ['c11']);
});

test('S5 a message of another tab takes the pending one with its id away', () => {
  const other = { t: 'event', event: message(1, visitor, 'c1') } as const;
  const { now, forgot } = run([{ write: 'c1' }, welcome(), batch([]), other]);
  assert.deepEqual(pending(now), []);
  assert.deepEqual(forgot, ['c1']);
});

test("S3 ids are the sender's own: another participant's equal id changes nothing", () => {
  const other = { t: 'event', event: message(1, bo, 'c1') } as const;
  const { now } = run([{ write: 'c1' }, welcome({ you: ana }), batch([]), other]);
  assert.deepEqual(pending(now), ['c1 sending']);
});

test('S7 a refused message waits for Retry, with a new id, or Discard', () => {
  const refused: ServerFrame = { t: 'rejected', client_id: 'c1', code: 'not_assigned' };
  const { now, kept } = run([welcome({ you: ana }), batch([]), { write: 'c1' }, refused]);
  assert.deepEqual(pending(now), ['c1 failed']);
  assert.deepEqual(kept, [entry('c1', 'not_assigned')]);
  assert.deepEqual(sends(run(['lost', welcome(), batch([])], now).sent), []);

  const again = thread.retry(now, 'c1', entry('c2'));
  assert.deepEqual(pending(again.thread), ['c2 sending']);
  assert.deepEqual(again.forget, ['c1']);
  assert.deepEqual(sends(again.send), ['c2']);
  assert.deepEqual(pending(thread.discard(now, 'c1').thread), []);
});

test('D6 the outbox is restored in its order, failed ones as failed, gone ones go', () => {
  const stored = [entry('c1'), entry('c2', 'text_too_long'), entry('c3')];
  const restored = thread.restore(thread.emptyThread, stored, new Set()).thread;
  assert.deepEqual(pending(restored), ['c1 queued', 'c2 failed', 'c3 queued']);
  const written = thread.write(restored, entry('c4')).thread;
  const known = new Set(['c1', 'c2', 'c3']);
  assert.deepEqual(pending(thread.restore(written, [entry('c3')], known).thread), [
    'c3 queued',
    'c4 queued',
  ]);
});

test('D6 what other tabs have left in the outbox is sent behind what is on its way', () => {
  const { now } = run([welcome(), batch([]), { write: 'c1' }]);
  const step = thread.restore(now, [entry('c1'), entry('c2')], new Set(['c1']));
  assert.deepEqual(pending(step.thread), ['c1 sending', 'c2 sending']);
  assert.deepEqual(sends(step.send), ['c2']);
});

test('D6 another tab may drop what is on its way here: the ack still makes it an event', () => {
  const { now } = run([welcome(), batch([]), { write: 'c1' }]);
  const step = thread.restore(now, [entry('c2')], new Set(['c1']));
  assert.deepEqual(pending(step.thread), ['c1 sending', 'c2 sending']);
  assert.deepEqual(seqs(run([ack('c1', 1)], step.thread).now), [1]);
});

test('D6 an ack of what is not held any more asks for its event', () => {
  const { now } = run([welcome(), batch([]), { write: 'c1' }]);
  const gone = thread.discard(now, 'c1').thread;
  assert.deepEqual(hellos(run([ack('c1', 1)], gone).sent), [0]);
});

test('D6 an event that came while the outbox was read does not show twice', () => {
  const { now } = run([welcome(), batch([message(1, visitor, 'c1')])]);
  const step = thread.restore(now, [entry('c1')], new Set());
  assert.deepEqual(pending(step.thread), []);
  assert.deepEqual(step.forget, ['c1']);
});

test('S7 a refusal that another tab has heard counts here', () => {
  const queued = thread.restore(thread.emptyThread, [entry('c1')], new Set()).thread;
  const refused = [entry('c1', 'not_assigned')];
  assert.deepEqual(pending(thread.restore(queued, refused, new Set(['c1'])).thread), ['c1 failed']);
});

test('D6 an entry read back before it is written shows once', () => {
  const { thread: read } = thread.restore(thread.emptyThread, [entry('c1')], new Set());
  assert.deepEqual(pending(thread.write(read, entry('c1')).thread), ['c1 queued']);
});

test('S8 typing holds 6 s, ends when told so, and by the message itself', () => {
  const on: ServerFrame = { t: 'typing', who: ana, on: true };
  const { now } = run([welcome(), batch([]), on, on]);
  assert.equal(now.typing.length, 1);
  assert.equal(thread.expire(now, 5_999).typing.length, 1);
  assert.equal(thread.expire(now, 6_000).typing.length, 0);
  assert.equal(run([{ t: 'typing', who: ana, on: false }], now).now.typing.length, 0);
  assert.equal(run([{ t: 'event', event: message(1, bo) }], now).now.typing.length, 1);
  assert.equal(run([{ t: 'event', event: message(1, ana) }], now).now.typing.length, 0);
});

test('S9 the own read mark rises once, never above what is held, and only when live', () => {
  const { now } = run([welcome(), batch([message(1), message(2)])]);
  assert.deepEqual(thread.markSeen(thread.lost(now), 2).send, []);
  const step = thread.markSeen(now, 7);
  assert.deepEqual(step.send, [{ t: 'seen', seq: 2 }]);
  assert.deepEqual(thread.markSeen(step.thread, 2).send, []);
  assert.deepEqual(thread.markSeen(step.thread, 1).send, []);
});

test("S9 the other side's mark never goes down", () => {
  const { now } = run([
    welcome({ seen: { visitor: 0, agent: 3 } }),
    { t: 'seen', side: 'agent', seq: 2 },
    { t: 'seen', side: 'visitor', seq: 5 },
  ]);
  assert.deepEqual(now.seen, { visitor: 5, agent: 3 });
});

test('L4 the status is what was told last', () => {
  const place = { position: 2, staffed: true };
  const { now } = run([welcome(), { t: 'status', status: { is: 'waiting', place } }]);
  assert.deepEqual(now.status, { is: 'waiting', place });
});

test('frames of a newer server are passed over', () => {
  const { now, sent } = run([{ t: 'novelty' } as unknown as ServerFrame]);
  assert.equal(now, thread.emptyThread);
  assert.deepEqual(sent, []);
});

const waiting = (id: string, ref: FileRef | null = null): Entry => ({
  ...entry(id),
  file: { blob: new Blob(['bits']), ref },
});
const ref: FileRef = { id: 'f1', kind: 'image', bytes: 4, width: 2, height: 2 };

test('F5 a file goes first, then the frame that carries it; messages do not wait for it', () => {
  const { now: live } = run([welcome(), batch([])]);
  const chosen = thread.write(live, waiting('a')).thread;
  const written = thread.write(chosen, entry('b'));
  assert.deepEqual(written.send, [{ t: 'send', client_id: 'b', text: 'text of b' }]);
  const there = thread.write(written.thread, waiting('a', ref));
  assert.deepEqual(there.send, [{ t: 'attach', client_id: 'a', text: 'text of a' }]);
  assert.deepEqual(
    there.thread.pending.map(({ client_id, state }) => [client_id, state]),
    [
      ['a', 'sending'],
      ['b', 'sending'],
    ],
  );
  const { now, forgot } = run([ack('b', 1), ack('a', 2)], there.thread);
  assert.deepEqual(forgot, ['b', 'a']);
  const body = { kind: 'file', client_id: 'a', text: 'text of a', file: ref };
  assert.deepEqual(now.events.at(-1)?.body, body);
});

test('F5 a file that was refused keeps its content, and is sent again after a lost socket', () => {
  const { now: live } = run([welcome(), batch([])]);
  const sending = thread.write(live, waiting('a', ref)).thread;
  const again = run(['lost', welcome(), batch([])], sending);
  assert.deepEqual(
    again.sent.filter(({ t }) => t === 'attach'),
    [{ t: 'attach', client_id: 'a', text: 'text of a' }],
  );
  const code = 'file_missing';
  const { kept } = run([{ t: 'rejected', client_id: 'a', code }], again.now);
  assert.deepEqual(kept, [{ ...waiting('a', ref), failed: code }]);
});
