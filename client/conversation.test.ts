/** The whole client against a small server on a real socket. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { type WebSocket, WebSocketServer } from 'ws';
import { type ConversationState, checkText, open } from './conversation.ts';
import type { Author, ClientFrame, Event, ServerFrame } from './frames.ts';
import { MemoryOutbox, type Outbox } from './outbox.ts';

const visitor: Author = { role: 'visitor' };

/** Stores and answers as the protocol says, for one visitor; `cut` drops what is connected. */
class SmallServer {
  readonly log: Event[] = [];
  readonly frames: ClientFrame[] = [];
  /** Messages to store without an ack: the socket is cut instead. */
  loseAcks = 0;
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
      if (!held) this.log.push({ seq, at: 1, author: visitor, body: message, chain: seq });
      if (this.loseAcks > 0) {
        this.loseAcks -= 1;
        socket.terminate();
      } else answer({ t: 'ack', client_id, seq, at: 1, chain: seq });
    }
  }
}

const server = new SmallServer();
await server.ready;
after(() => server.stop());

/** Opens a conversation and a way to wait for a state of it. */
function start(outbox: Outbox = new MemoryOutbox()) {
  let check: () => void = () => {};
  const conversation = open({
    url: server.url,
    ticket: async () => ({ token: 'token', expires_in_ms: 1_000 }),
    outbox,
    context: () => ({ locale: 'en', page: 'https://shop.example/' }),
    onChange: () => check(),
    random: () => 0.05,
  });
  const until = (holds: (state: ConversationState) => boolean) =>
    new Promise<void>((resolve) => {
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
