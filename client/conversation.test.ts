/** The whole client against a small server on a real socket. */
import '../tests/support/tabs.ts';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, mock, test } from 'node:test';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Conversation, type ConversationState, checkText, open } from './conversation.ts';
import type { Author, ClientFrame, Event, ServerFrame } from './frames.ts';
import { MemoryOutbox, type Outbox, openOutbox } from './outbox.ts';

const visitor: Author = { role: 'visitor' };

/** Stores and answers as the protocol says, for one visitor; `cut` drops what is connected. */
class SmallServer {
  readonly log: Event[] = [];
  readonly frames: ClientFrame[] = [];
  /** Messages to store without an ack: the socket is cut instead. */
  loseAcks = 0;
  /** Stores nothing and says nothing, while the line stays open. */
  deaf = false;
  readonly #server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  readonly ready = once(this.#server, 'listening');

  constructor() {
    this.#server.on('connection', (socket) => {
      socket.on('message', (data) => this.#take(socket, String(data)));
    });
  }
  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/ws/conversation`;
  }
  cut(): void {
    for (const client of this.#server.clients) client.terminate();
  }
  tell(frame: ServerFrame): void {
    for (const client of this.#server.clients) client.send(JSON.stringify(frame));
  }
  stop(): void {
    this.cut();
    this.#server.close();
  }

  #take(socket: WebSocket, text: string): void {
    const answer = (frame: ServerFrame) => socket.send(JSON.stringify(frame));
    const frame: ClientFrame = JSON.parse(text);
    this.frames.push(frame);
    if (this.deaf) return;
    if (frame.t === 'hello') {
      answer({
        t: 'welcome',
        epoch: 'e1',
        you: visitor,
        last_seq: this.log.length,
        reset: false,
        status: { is: 'closed' },
        seen: { visitor: 0, agent: 0 },
      });
      answer({ t: 'batch', events: this.log.slice(frame.after), done: true });
    }
    if (frame.t === 'send') {
      const { client_id, text: body } = frame;
      const held = this.log.find((e) => 'client_id' in e.body && e.body.client_id === client_id);
      const seq = held?.seq ?? this.log.length + 1;
      const message = { kind: 'message', client_id, text: body } as const;
      const event = { seq, at: 1, author: visitor, body: message, chain: seq };
      if (!held) {
        this.log.push(event);
        const others = [...this.#server.clients].filter((client) => client !== socket);
        for (const other of others) other.send(JSON.stringify({ t: 'event', event }));
      }
      if (this.loseAcks > 0) {
        this.loseAcks -= 1;
        socket.terminate();
      } else answer({ t: 'ack', client_id, seq, at: 1, chain: seq });
    }
  }
}

const server = new SmallServer();
await server.ready;
const opened: Conversation[] = [];
after(() => {
  for (const conversation of opened) conversation.stop();
  server.stop();
});

/** Not the timer that a test may move by hand. */
const later = globalThis.setTimeout;
const PATIENCE_MS = 10_000;

/** Opens a conversation and a way to wait for a state of it. */
function start(outbox: Outbox | Promise<Outbox> = new MemoryOutbox(), online = true) {
  let check: () => void = () => {};
  const conversation = open({
    url: server.url,
    ticket: async () => {
      if (!online) throw new TypeError('network');
      return { token: 'token', expires_in_ms: 1_000 };
    },
    outbox,
    told: () => ({ context: { locale: 'en', page: 'https://shop.example/' } }),
    onChange: () => check(),
    random: () => 0.05,
  });
  opened.push(conversation);
  const until = (holds: (state: ConversationState) => boolean) =>
    new Promise<void>((resolve, reject) => {
      later(() => reject(new Error('waited in vain for a state')), PATIENCE_MS).unref();
      check = () => holds(conversation.state) && resolve();
      check();
    });
  return { conversation, until };
}

const texts = (events: readonly Event[]) =>
  events.map(({ body }) => (body.kind === 'message' ? body.text : body.kind));

test('S1 S5 written offline, cut before the ack, stored once and in order', async () => {
  const { conversation, until } = start();
  server.loseAcks = 2;
  for (const text of ['one', 'two', 'three']) {
    assert.equal(await conversation.send(text), null);
  }
  await until((state) => state.events.length === 3 && state.pending.length === 0);
  assert.deepEqual(texts(conversation.state.events), ['one', 'two', 'three']);
  assert.deepEqual(texts(server.log), ['one', 'two', 'three']);

  server.cut();
  await until((state) => state.connection.is === 'offline');
  await conversation.send('four');
  assert.equal(conversation.state.pending[0]?.state, 'queued');
  await until((state) => state.events.length === 4 && state.live);
  assert.deepEqual(texts(server.log).slice(3), ['four']);
  conversation.stop();
});

test('D6 a message is neither shown nor sent before the outbox has it', async () => {
  const outbox = new MemoryOutbox();
  const { conversation, until } = start(outbox);
  await until((state) => state.live);
  const before = server.log.length;
  /** Resolves to the answer that the outbox still owes. */
  const asked = () =>
    new Promise<(kept: boolean) => void>((done) => {
      outbox.put = () => new Promise((kept) => done(kept));
    });
  for (const [kept, refusal] of [
    [false, 'outbox_full'],
    [true, null],
  ] as const) {
    const asking = asked();
    const sending = conversation.send('kept?');
    const keep = await asking;
    assert.deepEqual([conversation.state.pending, server.log.length], [[], before]);
    keep(kept);
    assert.equal(await sending, refusal);
  }
  await until((state) => state.pending.length === 0 && server.log.length > before);
  assert.deepEqual(texts(server.log).slice(before), ['kept?']);
  conversation.stop();
});

test('D6 a new page sends what an earlier one left in the outbox', async () => {
  const outbox = new MemoryOutbox();
  await outbox.put({ client_id: 'left', text: 'left over', at: 1, failed: null });
  const { conversation, until } = start(outbox);
  await until((state) => state.live && state.pending.length === 0);
  assert.equal(texts(server.log).at(-1), 'left over');
  assert.deepEqual(await outbox.load(), []);
  conversation.stop();
});

test('S9 what was seen while offline is told after the next welcome', async () => {
  const { conversation, until } = start();
  conversation.seen(2);
  await until((state) => state.live);
  await until((state) => state.seen.visitor === 2);
  conversation.stop();
  const seen = () => server.frames.findLast((frame) => frame.t === 'seen');
  for (let i = 0; i < 50 && !seen(); i += 1) await new Promise((done) => setTimeout(done, 10));
  assert.deepEqual(seen(), { t: 'seen', seq: 2 });
});

test('S8 typing goes out at most every 3 s, and off only after on', async () => {
  const { conversation, until } = start();
  await until((state) => state.live);
  const before = server.frames.length;
  conversation.typing(false);
  conversation.typing(true);
  conversation.typing(true);
  conversation.typing(false);
  await conversation.send('done');
  await until((state) => state.pending.length === 0);
  const typing = server.frames.slice(before).filter((frame) => frame.t === 'typing');
  assert.deepEqual(
    typing.map((frame) => frame.on),
    [true, false],
  );
  conversation.stop();
});

test('D6 a conversation that is stopped has ended when all that was sent is kept', async () => {
  const outbox = new MemoryOutbox();
  let open: (outbox: Outbox) => void = () => {};
  const { conversation } = start(new Promise((opened) => (open = opened)), false);
  const sent = conversation.send('before the outbox was there');
  let ended = false;
  const stopped = conversation.stop().then(() => {
    ended = true;
  });
  await new Promise((soon) => later(soon));
  assert.equal(ended, false, 'it is on its way');
  open(outbox);
  await stopped;
  assert.deepEqual(
    (await outbox.load()).map(({ text }) => text),
    ['before the outbox was there'],
  );
  assert.equal(await sent, null);
});

test('S6 texts are checked at the bound and one past, in characters', () => {
  const cases: [string, ReturnType<typeof checkText>][] = [
    ['', 'text_empty'],
    [' \n\t ', 'text_empty'],
    ['a'.repeat(8_000), null],
    ['a'.repeat(8_001), 'text_too_long'],
    ['😀'.repeat(8_000), null],
    ['😀'.repeat(8_001), 'text_too_long'],
  ];
  for (const [text, expected] of cases) assert.equal(checkText(text), expected);
});

test('D6 what a crashed tab has left in the outbox, a live tab sends at once', async () => {
  const crashed = await openOutbox('crash');
  const { conversation, until } = start(openOutbox('crash'));
  await until((state) => state.live);
  const before = server.log.length;
  await crashed.put({ client_id: 'crashed', text: 'left by a crash', at: 1, failed: null });
  await until((state) => state.events.length > before && state.pending.length === 0);
  assert.deepEqual(texts(server.log.slice(before)), ['left by a crash']);
  assert.deepEqual(await crashed.load(), []);
  conversation.stop();
});

const shown = (state: ConversationState) => state.pending.map(({ text }) => text).join();

test('D6 offline, tabs show each other what is queued and what is discarded', async () => {
  const [one, two] = [start(openOutbox('step'), false), start(openOutbox('step'), false)];
  await one.conversation.send('from one');
  await two.until((state) => shown(state) === 'from one');
  await two.conversation.send('from two');
  await one.until((state) => shown(state) === 'from one,from two');
  const [first] = one.conversation.state.pending;
  await one.conversation.discard(first?.client_id ?? '');
  await two.until((state) => shown(state) === 'from two');
  for (const { conversation } of [one, two]) conversation.stop();
});

test('S7 Retry pressed in two tabs at once is one message', async () => {
  const refused = await openOutbox('retry');
  await refused.put({ client_id: 'refused', text: 'once', at: 1, failed: 'not_assigned' });
  const tabs = [start(openOutbox('retry'), false), start(openOutbox('retry'), false)];
  for (const { until } of tabs) await until((state) => state.pending.length === 1);
  await Promise.all(tabs.map(({ conversation }) => conversation.retry('refused')));
  for (const { until } of tabs) await until((state) => state.pending[0]?.state === 'queued');
  assert.equal((await refused.load()).length, 1);
  for (const { conversation } of tabs) {
    assert.equal(conversation.state.pending.length, 1);
    conversation.stop();
  }
});

const owed: [string, (to: Conversation) => Promise<unknown>][] = [
  ['a message is not acknowledged', (conversation) => conversation.send('into the void')],
  [
    'a hello is not answered',
    async () => {
      const body = { kind: 'requeued' } as const;
      const event = { seq: 999, at: 1, author: visitor, body, chain: 999 };
      server.tell({ t: 'event', event });
    },
  ],
];

for (const [what, cause] of owed) {
  test(`S5 ${what} for 25 s on a line that lives: another socket`, async () => {
    const { conversation, until } = start();
    await until((state) => state.live);
    mock.timers.enable({ apis: ['setTimeout'] });
    server.deaf = true;
    await cause(conversation);
    await until((state) => !state.live || state.pending[0]?.state === 'sending');
    mock.timers.tick(24_000);
    assert.equal(conversation.state.connection.is, 'live');
    mock.timers.tick(1_000);
    assert.equal(conversation.state.connection.is, 'offline');
    mock.timers.reset();
    server.deaf = false;
    conversation.stop();
  });
}
