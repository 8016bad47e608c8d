// Power cuts under load: whatever was acknowledged is there afterwards, once, at its seq
// (docs/protocol.md S1, S2, S4, S5), and the desk goes on where it was.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../client/frames.ts';
import {
  Agent,
  assigned,
  type Desk,
  entry,
  events,
  held,
  Line,
  open,
  roster,
  SHOP,
  say,
  status,
  type Talk,
  until,
  Visitor,
} from '../support/live.ts';
import { serve } from '../support/worker.ts';

const KILLS = 3;
const GUESTS = 4;
/** Messages under way at a time: enough that each power cut hits some. */
const UNDER_WAY = 4;
/** Acks between two cuts, of each writer: few enough that none is told to slow down. */
const ROUND = 15;

const worker = serve();

/** Whether anybody writes anything new. */
let writing = false;

/** Writes without end, comes back after each loss and sends again what it has no ack of. */
class Writer {
  readonly acks = new Map<string, number>();
  /** Everything that any of its sockets was shown. */
  readonly shown: Event[] = [];
  resent = 0;
  private readonly name: string;
  private readonly kept = new Map<string, string>();
  private count = 0;
  private stopped = false;
  private readonly done: Promise<void>;

  constructor(name: string, enter: () => Promise<Talk>) {
    this.name = name;
    this.done = this.run(enter);
  }

  /** Waits for the last acks. */
  async finish(): Promise<void> {
    this.stopped = true;
    await this.done;
  }

  /** Gives up, so that a failed test ends. */
  abandon(): void {
    this.stopped = true;
    this.kept.clear();
  }

  private async run(enter: () => Promise<Talk>): Promise<void> {
    while (!this.stopped || this.kept.size > 0) {
      const line = await enter().catch(() => undefined);
      if (line) await this.write(line);
      else await new Promise((wake) => setTimeout(wake, 50));
    }
  }

  private async write(line: Talk): Promise<void> {
    let read = 0;
    this.resent += this.kept.size;
    for (const [client_id, text] of this.kept) line.send({ t: 'send', client_id, text });
    await until(
      'the loss of the socket, or the end',
      () => {
        for (const ack of line.all('ack').slice(read)) {
          read += 1;
          this.kept.delete(ack.client_id);
          this.note(ack.client_id, ack.seq);
        }
        while (writing && this.kept.size < UNDER_WAY) this.add(line);
        return line.isClosed || (this.stopped && this.kept.size === 0);
      },
      60_000,
    );
    this.shown.push(...events(line));
    await line.end();
  }

  private add(line: Talk): void {
    this.count += 1;
    const [client_id, text] = [`${this.name}-${this.count}`, `${this.name} says ${this.count}`];
    this.kept.set(client_id, text);
    line.send({ t: 'send', client_id, text });
  }

  private note(id: string, seq: number): void {
    assert.equal(this.acks.get(id) ?? seq, seq, `${id} has moved`);
    this.acks.set(id, seq);
  }
}

/** What a log must be, whoever reads it. */
function checkLog(log: Event[], writers: Writer[], name: string): void {
  assert.deepEqual(
    log.map((event) => event.seq),
    log.map((_, index) => index + 1),
    `${name}: dense`,
  );
  const ids = log.flatMap(({ body }) => (body.kind === 'message' ? [body.client_id] : []));
  assert.equal(new Set(ids).size, ids.length, `${name}: each message once`);
  for (const writer of writers) {
    for (const [id, seq] of writer.acks) {
      const { body } = log[seq - 1] as Event;
      assert.equal(
        body.kind === 'message' && body.client_id,
        id,
        `${name}: acknowledged at ${seq}`,
      );
    }
    for (const event of writer.shown) {
      assert.deepEqual(log[event.seq - 1], event, `${name}: what was shown at ${event.seq}`);
    }
    const mine = [...writer.acks.keys()];
    const order = ids.filter((id) => writer.acks.has(id));
    assert.deepEqual(order, mine, `${name}: in the order they were written`);
  }
}

/** The whole log, batch after batch. */
async function readAll(line: Talk): Promise<Event[]> {
  const { last_seq } = await line.kind('welcome');
  for (;;) {
    const log = events(line);
    const last = log.at(-1)?.seq ?? 0;
    if (last >= last_seq) return log;
    line.send({ t: 'hello', ...held(line, last) });
    await until('the next batch', () => events(line).length > log.length);
  }
}

/** A console that comes back until it is let in. */
function back(agent: Agent): Promise<Desk> {
  return until('the desk', () => agent.desk().catch(() => undefined), 30_000);
}

test('S1 S2 S4 what was acknowledged survives every power cut', {
  timeout: 90_000,
}, async (context) => {
  const owner = await Agent.signIn(worker.url, 'owner@example.com');
  const ana = await Agent.signIn(worker.url);
  const lost = await owner.hire('lost@example.com');
  const [id, gone] = [ana.me.agent.id, lost.me.agent.id];
  let desk = await ana.desk(true);
  const guests: Visitor[] = [];
  for (let count = 0; count < GUESTS; count += 1) {
    const guest = new Visitor(worker.url);
    const tab = await guest.tab();
    await say(tab, 'first', `guest ${count}`);
    await assigned(tab, 'Ana Agent');
    await tab.end();
    guests.push(guest);
  }
  const enter = (line: Talk) => {
    assert.equal(status(line)?.is, 'assigned', 'an assignment survives');
    return line;
  };
  const talks = guests.map((guest, at) => [
    new Writer(`guest${at}`, () => joined(() => guest.line()).then(enter)),
    new Writer(`agent${at}`, () => joined(() => ana.line(guest.conversation)).then(enter)),
  ]);
  const writers = talks.flat();
  context.after(() => {
    for (const writer of writers) writer.abandon();
  });

  for (let kill = 0; kill < KILLS; kill += 1) {
    const absent = await lost.desk();
    await until('the agent', () => roster(desk, gone)?.online);
    const { ticket } = await (guests[0] as Visitor).ticket();
    const before = writers.map((writer) => writer.acks.size);
    writing = true;
    await until('work in full swing', () =>
      writers.every((writer, at) => writer.acks.size >= (before[at] ?? 0) + ROUND),
    );
    await worker.kill();
    writing = false;
    await Promise.all([desk.closed, absent.closed]);
    await worker.start();
    desk = await back(ana);
    const now = await desk.kind('desk');
    assert.equal(roster(desk, gone)?.online, false, 'whose socket was lost is seen as gone');
    assert.deepEqual([roster(desk, id)?.load, roster(desk, id)?.accepting], [GUESTS, true]);
    assert.equal(now.conversations.length, GUESTS);
    for (const guest of guests) {
      assert.equal(entry(desk, guest.conversation)?.state.is, 'assigned');
    }
    const socket = await open(`${worker.url}/ws/conversation`, ticket.token, SHOP);
    await new Line(socket).end();
  }

  await Promise.all(writers.map((writer) => writer.finish()));
  assert.ok(
    writers.some((writer) => writer.resent > 0),
    'the cuts hit messages under way',
  );
  for (const [at, guest] of guests.entries()) {
    const tab = await joined(() => guest.line());
    const log = await readAll(tab);
    assert.deepEqual(await readAll(await joined(() => ana.line(guest.conversation))), log);
    checkLog(log, talks[at] as Writer[], `guest ${at}`);
    assert.ok(!log.some((event) => event.body.kind === 'requeued'), 'nobody lost their agent');
    assert.equal(await say(tab, 'first', `guest ${at}`), 1, 'S2 also after all of that');
  }
  const late = new Visitor(worker.url);
  const tab = await late.tab();
  await say(tab, 'first', 'is anybody there?');
  await assigned(tab, 'Ana Agent');
  await until('the news', () => entry(desk, late.conversation)?.state.is === 'assigned');
});

/** Says hello until all of the history is there, as S5 wants before anything is sent again. */
async function joined(enter: () => Promise<Talk>): Promise<Talk> {
  const line = await enter();
  line.send({ t: 'hello', after: 0 });
  await line.kind('batch');
  await readAll(line);
  return line;
}
