import assert from 'node:assert/strict';
import { after, beforeEach, mock, test } from 'node:test';
import { Backoff } from './backoff.ts';
import {
  type ConnectionOptions,
  type ConnectionState,
  connect,
  TicketRefused,
} from './connection.ts';
import { closeCodes } from './frames.ts';

/** The browser's socket, moved by the test. */
class FakeSocket {
  static all: FakeSocket[] = [];
  static get last(): FakeSocket {
    return FakeSocket.all.at(-1) as FakeSocket;
  }
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  readonly sent: string[] = [];
  readonly protocols: string[];

  constructor(_url: string, protocols: string[]) {
    this.protocols = protocols;
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.readyState = 3;
  }
  /** Opens without a word, as through a proxy that swallows. */
  openSilent(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  open(): void {
    this.openSilent();
    this.tell('{"t":"welcome"}');
  }
  tell(data: string): void {
    this.onmessage?.({ data });
  }
  end(code: number, reason = ''): void {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
}

/** What the page would tell: `online`. */
const page = new EventTarget();
globalThis.addEventListener = page.addEventListener.bind(page) as typeof addEventListener;
const original = globalThis.WebSocket;
globalThis.WebSocket = FakeSocket as unknown as typeof WebSocket;
mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
after(() => {
  globalThis.WebSocket = original;
  mock.timers.reset();
});
beforeEach(() => {
  FakeSocket.all = [];
});

/** Lets `ms` pass, and every promise in between settle. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left >= 0; left -= 500) {
    for (let i = 0; i < 12; i += 1) await Promise.resolve();
    mock.timers.tick(Math.min(left, 500));
  }
  for (let i = 0; i < 12; i += 1) await Promise.resolve();
}

type Made = {
  states: ConnectionState[];
  frames: unknown[];
  tickets: () => number;
  link: ReturnType<typeof connect>;
};

/** A socket by other means, or an error. */
type Polls = NonNullable<ConnectionOptions['poll']>;

function make(
  random = 1,
  refuse: () => Error | null | Promise<null> = () => null,
  poll?: Polls,
): Made {
  const states: ConnectionState[] = [];
  const frames: unknown[] = [];
  let tickets = 0;
  const link = connect({
    url: 'ws://127.0.0.1/ws/conversation',
    ticket: async () => {
      tickets += 1;
      const error = await refuse();
      if (error) throw error;
      return { token: `token-${tickets}`, expires_in_ms: 1 };
    },
    onOpen: () => link.send({ t: 'hello', after: 0 }),
    onFrame: (frame) => frames.push(frame),
    onState: (state) => states.push(state),
    random: () => random,
    ...(poll && { poll }),
  });
  return { states, frames, tickets: () => tickets, link };
}

const kinds = (made: Made) => made.states.map((state) => state.is);

test('backoff: full jitter below a ceiling that doubles from 1.5 s to 30 s', () => {
  const most = new Backoff(() => 1);
  const waits = Array.from({ length: 7 }, () => most.next(0));
  assert.deepEqual(waits, [1_500, 3_000, 6_000, 12_000, 24_000, 30_000, 30_000]);
  most.reset();
  assert.equal(most.next(0), 1_500);
  const least = new Backoff(() => 0);
  assert.deepEqual([least.next(0), least.next(0)], [0, 0]);
});

test('T3 T5 each socket asks for its own ticket and offers it after the protocol', async () => {
  const made = make();
  await pass(0);
  assert.deepEqual(FakeSocket.last.protocols, ['edgewise.v1', 'token-1']);
  FakeSocket.last.open();
  assert.deepEqual(FakeSocket.last.sent, ['{"t":"hello","after":0}']);
  FakeSocket.last.end(1006);
  await pass(1_500);
  assert.deepEqual(FakeSocket.last.protocols, ['edgewise.v1', 'token-2']);
  FakeSocket.last.open();
  assert.deepEqual(kinds(made), ['live', 'offline', 'live']);
  made.link.stop();
});

test('C1 C2 each close code stops or comes back as the table says', async () => {
  const others = [1000, 1001, 1006, 1011, 1012].map((code) => ({ code, retry: true }));
  for (const { code, retry } of [...Object.values(closeCodes), ...others]) {
    const made = make();
    await pass(0);
    FakeSocket.last.open();
    const before = FakeSocket.all.length;
    FakeSocket.last.end(code);
    await pass(2_000);
    assert.equal(FakeSocket.all.length - before, retry ? 1 : 0, `code ${code}`);
    if (!retry) assert.deepEqual(made.states.at(-1), { is: 'stopped', code });
    made.link.stop();
  }
});

test('C1 a close of ours orders a window, and nothing shortens it', async () => {
  for (const code of [4408, 4410, 4429, 4500]) {
    const made = make(0.5);
    await pass(0);
    FakeSocket.last.open();
    const before = FakeSocket.all.length;
    FakeSocket.last.end(code, '4000-8000');
    await pass(5_500);
    page.dispatchEvent(new Event('online'));
    await pass(0);
    assert.equal(FakeSocket.all.length, before, `code ${code} before its time`);
    await pass(1_500);
    assert.equal(FakeSocket.all.length, before + 1, `code ${code} after its time`);
    made.link.stop();
  }
});

test('C1 what is no window orders nothing, and no window is longer than five minutes', () => {
  const backoff = new Backoff(() => 1);
  for (const reason of ['', 'soon', '7000', '-', '9000-x']) {
    backoff.order(0, reason);
    assert.equal(backoff.ordered(0), 0, reason);
  }
  backoff.order(0, '1000-3000');
  assert.equal(backoff.next(500), 2_500);
  backoff.order(0, '0-99999999');
  assert.equal(backoff.next(0), 300_000);
});

test('T6 a ping every 25 s, and after 40 s of silence another socket', async () => {
  const made = make(0);
  await pass(0);
  const first = FakeSocket.last;
  first.open();
  await pass(25_000);
  assert.equal(first.sent.at(-1), 'ping');
  first.tell('pong');
  await pass(25_000);
  assert.equal(first.sent.filter((text) => text === 'ping').length, 2);
  await pass(14_000);
  assert.equal(FakeSocket.all.length, 1);
  await pass(2_000);
  assert.equal(FakeSocket.all.length, 2);
  assert.equal(first.readyState, 3);
  assert.deepEqual(made.frames, [{ t: 'welcome' }]);
  made.link.stop();
});

test('D8 the backoff starts over only after 10 s of stability', async () => {
  const made = make(1);
  await pass(0);
  for (const wait of [1_500, 3_000, 6_000]) {
    FakeSocket.last.open();
    FakeSocket.last.end(1006);
    const before = FakeSocket.all.length;
    await pass(wait - 500);
    assert.equal(FakeSocket.all.length, before, `before ${wait} ms`);
    await pass(1_500);
    assert.equal(FakeSocket.all.length, before + 1, `after ${wait} ms`);
  }
  FakeSocket.last.open();
  await pass(10_500);
  FakeSocket.last.end(1006);
  await pass(1_500);
  assert.equal(FakeSocket.all.length, 5);
  made.link.stop();
});

test('a refused ticket stops, a failed request for one is repeated', async () => {
  // What is loaded by itself throws an error of a class of its own.
  const foreign = Object.assign(new Error(), { refusal: 'origin_not_allowed' });
  for (const error of [new TicketRefused('origin_not_allowed'), foreign]) {
    const refused = make(0, () => error);
    await pass(5_000);
    assert.deepEqual(refused.states, [{ is: 'stopped', code: 'origin_not_allowed' }]);
    assert.equal(refused.tickets(), 1);
  }

  const failing = make(1, () => new TypeError('network'));
  await pass(15_000);
  assert.deepEqual(kinds(failing), ['offline']);
  assert.equal(failing.tickets(), 4);
  assert.equal(FakeSocket.all.length, 0);
  failing.link.stop();
});

test('a ticket that never comes is asked for anew, and counts no more if it does', async () => {
  const come: ((none: null) => void)[] = [];
  const made = make(0, () => new Promise((resolve) => come.push(resolve)));
  await pass(14_500);
  assert.equal(made.tickets(), 1);
  await pass(1_500);
  assert.equal(made.tickets(), 2);
  assert.deepEqual(made.states, [{ is: 'offline', blocked: false }]);
  come[0]?.(null);
  await pass(0);
  assert.equal(FakeSocket.all.length, 0);
  come[1]?.(null);
  await pass(0);
  assert.deepEqual(FakeSocket.last.protocols, ['edgewise.v1', 'token-2']);
  FakeSocket.last.open();
  await pass(30_000);
  assert.deepEqual(kinds(made), ['offline', 'live']);
  made.link.stop();
});

test('nothing is buffered: what has no open socket is not sent, now or later', async () => {
  const made = make(0);
  assert.equal(made.link.send({ t: 'typing', on: true }), false);
  await pass(0);
  FakeSocket.last.open();
  FakeSocket.last.end(1006);
  assert.equal(made.link.send({ t: 'typing', on: true }), false);
  await pass(1_500);
  FakeSocket.last.open();
  assert.deepEqual(FakeSocket.last.sent, ['{"t":"hello","after":0}']);
  made.link.stop();
});

test('what is not JSON means a new socket', async () => {
  const made = make(0);
  await pass(0);
  FakeSocket.last.open();
  FakeSocket.last.tell('<html>');
  await pass(500);
  assert.equal(FakeSocket.all.length, 2);
  made.link.stop();
});

test('stop is for good, even while waiting', async () => {
  const made = make(1);
  await pass(0);
  FakeSocket.last.open();
  FakeSocket.last.end(1006);
  made.link.stop();
  await pass(60_000);
  assert.equal(FakeSocket.all.length, 1);
  assert.equal(made.tickets(), 1);
  assert.deepEqual(made.states.at(-1), { is: 'stopped', code: 1000 });
});

/** Sockets by other means, in the order they were asked for. */
function makePolls() {
  const wires: FakeSocket[] = [];
  let free: () => void = () => {};
  const poll: Polls = async (ticket, sockets) => {
    free = sockets.free;
    const wire = new FakeSocket('poll', ['poll', ticket.token]);
    FakeSocket.all.pop();
    wires.push(wire);
    return wire;
  };
  return { wires, poll, free: () => free() };
}

/** The ways in which a network lets no WebSocket through; each ends the last one. */
const blocks: [string, () => Promise<void>][] = [
  ['refused', async () => FakeSocket.last.end(1006)],
  ['never answered', () => pass(15_500)],
  [
    'opened and swallowed',
    () => {
      FakeSocket.last.openSilent();
      return pass(15_500);
    },
  ],
];

for (const [how, block] of blocks) {
  test(`D9 two sockets in a row ${how}: the next dial polls`, async () => {
    const { wires, poll } = makePolls();
    const made = make(0, undefined, poll);
    await pass(0);
    await block();
    await pass(500);
    assert.deepEqual([FakeSocket.all.length, wires.length], [2, 0]);
    await block();
    await pass(500);
    assert.deepEqual([FakeSocket.all.length, wires.length], [2, 1]);
    wires[0]?.open();
    assert.deepEqual(wires[0]?.sent, ['{"t":"hello","after":0}']);
    assert.deepEqual(kinds(made), ['offline', 'live']);
    // A poll that fails after it was heard is followed by another one.
    wires[0]?.end(1006);
    await pass(500);
    assert.deepEqual([FakeSocket.all.length, wires.length], [2, 2]);
    made.link.stop();
  });
}

test('D9 one socket that speaks, or a close of ours, and the count starts over', async () => {
  const { wires, poll } = makePolls();
  const made = make(0, undefined, poll);
  for (const code of [1006, 4500, 1006]) {
    await pass(500);
    FakeSocket.last.end(code, '0-1');
  }
  await pass(500);
  FakeSocket.last.open();
  FakeSocket.last.end(1006);
  await pass(500);
  FakeSocket.last.end(1006);
  await pass(500);
  assert.equal(FakeSocket.all.length, 6);
  assert.equal(wires.length, 0);
  made.link.stop();
});

test('D9 without a connection no ticket comes, and nothing counts', async () => {
  const { wires, poll } = makePolls();
  let online = false;
  const made = make(0, () => (online ? null : new TypeError('network')), poll);
  await pass(5_000);
  online = true;
  await pass(500);
  assert.deepEqual([FakeSocket.all.length, wires.length], [1, 0]);
  made.link.stop();
});

test('D9 while it polls, silence, another network or a way through bring a socket', async () => {
  const { wires, poll, free } = makePolls();
  const made = make(0, undefined, poll);
  const dials = () => [FakeSocket.all.length, wires.length];
  await pass(0);
  FakeSocket.last.end(1006);
  await pass(500);
  FakeSocket.last.end(1006);
  await pass(500);
  assert.deepEqual(dials(), [2, 1]);
  wires.at(-1)?.end(1006);
  await pass(500);
  assert.deepEqual(dials(), [3, 1], 'after silence');
  FakeSocket.last.end(1006);
  await pass(500);
  assert.deepEqual(dials(), [3, 2]);
  wires.at(-1)?.open();
  page.dispatchEvent(new Event('online'));
  wires.at(-1)?.end(1006);
  await pass(500);
  assert.deepEqual(dials(), [4, 2], 'in another network');
  FakeSocket.last.end(1006);
  await pass(500);
  wires.at(-1)?.open();
  assert.deepEqual(dials(), [4, 3]);
  free();
  await pass(500);
  assert.deepEqual(dials(), [5, 3], 'when one got through');
  assert.equal(wires.at(-1)?.readyState, 3);
  made.link.stop();
});

test('D9 what polls cannot be loaded: sockets are tried in between', async () => {
  const made = make(0, undefined, () => Promise.reject(new TypeError('no script')));
  await pass(0);
  for (const sockets of [2, 3, 4]) {
    FakeSocket.last.end(1006);
    await pass(1_500);
    assert.equal(FakeSocket.all.length, sockets);
  }
  made.link.stop();
});

test('a desk, which cannot poll, says that sockets are blocked while tickets come', async () => {
  let online = true;
  const made = make(0, () => (online ? null : new TypeError('network')));
  for (let i = 0; i < 2; i += 1) {
    await pass(500);
    FakeSocket.last.openSilent();
    await pass(15_500);
  }
  assert.deepEqual(made.states, [
    { is: 'offline', blocked: false },
    { is: 'offline', blocked: true },
  ]);
  online = false;
  FakeSocket.last.end(1006);
  await pass(500);
  assert.deepEqual(made.states.at(-1), { is: 'offline', blocked: false });
  made.link.stop();
});
