// A visitor's and an agent's side of the wire for tests of the built worker: plain HTTP and
// WebSockets, no code of the client, so that both ends of the protocol are tested apart.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import WebSocket from 'ws';
import type {
  ClientFrame,
  DeskClientFrame,
  DeskEntry,
  DeskServerFrame,
  Event,
  Me,
  RosterEntry,
  ServerFrame,
  Status,
  Ticket,
  VisitorWelcome,
} from '../../client/frames.ts';

export const PASSWORD = 'edgewise-demo';
/** A page of the demo shop on another origin than the worker's. */
export const SHOP = 'http://localhost:4321';
const DEADLINE_MS = 15_000;
/** A socket that goes dead is closed after its lease. */
const END_MS = 120_000;

/** Waits for a condition, looking again and again; the error says what was waited for. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  limit = DEADLINE_MS,
): Promise<T> {
  for (const end = Date.now() + limit; ; ) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((wake) => setTimeout(wake, 20));
  }
}

/** A socket that remembers what it received. */
export class Line<Out, In extends { t: string }> {
  readonly frames: In[] = [];
  pongs = 0;
  private readonly socket: WebSocket;
  private ending: { code: number; reason: string } | undefined;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      const text = String(data);
      if (text === 'pong') this.pongs += 1;
      else this.frames.push(JSON.parse(text));
    });
    socket.on('close', (code, reason) => {
      this.ending = { code, reason: String(reason) };
    });
  }

  get isClosed(): boolean {
    return this.ending !== undefined;
  }

  /** Waits until it is closed, by whichever side. */
  get closed(): Promise<{ code: number; reason: string }> {
    return until('the end of a socket', () => this.ending, END_MS);
  }

  send(frame: Out): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** Hears nothing from now on, not even that it is closed. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Sends what no honest client sends. */
  sendRaw(data: string | Buffer): void {
    this.socket.send(data);
  }

  /** The first frame that fits, now or soon; fails at once when none can come any more. */
  get<T extends In>(what: string, fits: (frame: In) => boolean): Promise<T> {
    return until(what, () => {
      const found = this.frames.find(fits) as T | undefined;
      if (!found && this.ending) throw new Error(`closed with ${this.ending.code} before ${what}`);
      return found;
    });
  }

  kind<K extends In['t']>(t: K): Promise<Extract<In, { t: K }>> {
    return this.get(`a frame ${t}`, (frame) => frame.t === t);
  }

  all<K extends In['t']>(t: K): Extract<In, { t: K }>[] {
    return this.frames.filter((frame) => frame.t === t) as Extract<In, { t: K }>[];
  }

  /** Closes properly and waits for the other side's answer. */
  async end(): Promise<void> {
    if (!this.isClosed) this.socket.close(1000);
    await this.closed;
  }

  /** Cuts the connection like a lost network. */
  cut(): void {
    this.socket.terminate();
  }
}

export type Talk = Line<ClientFrame, ServerFrame>;
export type Desk = Line<DeskClientFrame, DeskServerFrame>;

/** Opens a socket; rejects with the status when it is refused. */
export function open(url: string, token: string, origin: string): Promise<WebSocket> {
  return new Promise((done, fail) => {
    const address = url.replace(/^http/, 'ws');
    const socket = new WebSocket(address, ['edgewise.v1', token], {
      origin,
      handshakeTimeout: DEADLINE_MS,
    });
    socket.once('open', () => done(socket));
    socket.once('unexpected-response', (_, answer) => {
      socket.terminate();
      fail(new Error(`refused with ${answer.statusCode}`));
    });
    socket.once('error', fail);
  });
}

export function post(base: string, path: string, body: unknown, headers = {}): Promise<Response> {
  const all = { 'content-type': 'application/json', origin: base, ...headers };
  return fetch(base + path, { method: 'POST', headers: all, body: JSON.stringify(body) });
}

/** A visitor's browser: a secret, and as many tabs as wanted. */
export class Visitor {
  readonly secret: string;
  conversation = '';
  /** What the site's server says of them; no field when nothing. */
  token: string | undefined;
  readonly base: string;

  constructor(base: string, secret = randomBytes(32).toString('base64url')) {
    this.base = base;
    this.secret = secret;
  }

  async ticket(origin = SHOP): Promise<VisitorWelcome> {
    const body = { site: 'demo', secret: this.secret, token: this.token };
    const answer = await post(this.base, '/api/visitors', body, { origin });
    if (!answer.ok) throw new Error(`no ticket: ${answer.status} ${await answer.text()}`);
    const welcome: VisitorWelcome = await answer.json();
    this.conversation = welcome.conversation;
    return welcome;
  }

  /** A tab that has said nothing yet. */
  async line(): Promise<Talk> {
    const { ticket } = await this.ticket();
    return new Line(await open(`${this.base}/ws/conversation`, ticket.token, SHOP));
  }

  /** A tab that has said hello. */
  async tab(held: Held = { after: 0 }): Promise<Talk> {
    const line = await this.line();
    line.send({ t: 'hello', ...held });
    await line.get('the last batch', (frame) => frame.t === 'batch' && frame.done);
    return line;
  }
}

/** A signed-in agent. */
export class Agent {
  readonly base: string;
  readonly cookie: string;
  readonly me: Me;

  private constructor(base: string, cookie: string, me: Me) {
    this.base = base;
    this.cookie = cookie;
    this.me = me;
  }

  static async signIn(base: string, email = 'agent@example.com'): Promise<Agent> {
    const answer = await post(base, '/api/sign-in', { email, password: PASSWORD });
    if (!answer.ok) throw new Error(`no sign-in: ${answer.status} ${await answer.text()}`);
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    return new Agent(base, cookie, await answer.json());
  }

  /** The owner adds another agent, who signs in. */
  async hire(email: string, capacity = 5): Promise<Agent> {
    const agent = { name: email.split('@')[0], email, password: PASSWORD, role: 'agent', capacity };
    const answer = await post(this.base, '/api/agents', agent, { cookie: this.cookie });
    if (answer.status !== 201) throw new Error(`not added: ${await answer.text()}`);
    return Agent.signIn(this.base, email);
  }

  async ticket(request: unknown): Promise<string> {
    const answer = await post(this.base, '/api/tickets', request, { cookie: this.cookie });
    if (!answer.ok) throw new Error(`no ticket: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as Ticket).token;
  }

  /** A console that has said nothing yet. */
  async console(): Promise<Desk> {
    const token = await this.ticket({ for: 'desk' });
    return new Line(await open(`${this.base}/ws/desk`, token, this.base));
  }

  async desk(accepting?: boolean): Promise<Desk> {
    const line = await this.console();
    line.send({ t: 'hello' });
    await line.kind('desk');
    if (accepting !== undefined) line.send({ t: 'accept', on: accepting });
    return line;
  }

  /** A socket of a conversation that has said nothing yet. */
  async line(conversation: string): Promise<Talk> {
    const token = await this.ticket({ for: 'conversation', conversation });
    return new Line(await open(`${this.base}/ws/conversation`, token, this.base));
  }

  async join(conversation: string): Promise<Talk> {
    const line = await this.line(conversation);
    line.send({ t: 'hello', after: 0 });
    await line.get('the last batch', (frame) => frame.t === 'batch' && frame.done);
    return line;
  }
}

/** What a client says of the history it holds. */
export type Held = { after: number; epoch?: string; chain?: number };

/** What a client says that has read on this line up to an event. */
export function held(line: Talk, after: number): Held {
  const event = events(line).find(({ seq }) => seq === after);
  const ack = line.all('ack').find(({ seq }) => seq === after);
  const epoch = line.all('welcome').at(-1)?.epoch;
  const chain = (event ?? ack)?.chain;
  if (epoch === undefined || chain === undefined) throw new Error(`${after} was never read`);
  return { after, epoch, chain };
}

/** Every event a line has received, in the order it came. */
export function events(line: Talk): Event[] {
  return line.frames.flatMap((frame) => {
    if (frame.t === 'batch') return frame.events;
    return frame.t === 'event' ? [frame.event] : [];
  });
}

/** Fewer frames than a session may send at once. */
const BATCHES = 30;

/**
 * Joins with nothing and reads the whole log, batch after batch. A long one needs more of them than
 * a session may ask for at once: `again` opens the next session.
 */
export async function readAll(line: Talk, again?: () => Promise<Talk>): Promise<Event[]> {
  const read: Event[] = [];
  let after: Held = { after: 0 };
  for (;;) {
    for (let batches = 1; batches <= BATCHES; batches += 1) {
      line.send({ t: 'hello', ...after });
      await line.get('the next batch', () => line.all('batch').length === batches);
      const { events: news = [], done } = line.all('batch').at(-1) ?? {};
      read.push(...news);
      const last = read.at(-1);
      if (done || !last) return read;
      after = held(line, last.seq);
    }
    assert.ok(again, `more than ${BATCHES} batches`);
    await line.end();
    line = await again();
  }
}

/** The texts of all messages among events. */
export function texts(list: Event[]): string[] {
  return list.flatMap((event) => (event.body.kind === 'message' ? [event.body.text] : []));
}

/** Waits until a line knows that this agent has the conversation. */
export function assigned(line: Talk, name: string): Promise<ServerFrame> {
  return line.get(`the assignment to ${name}`, (frame) => {
    if (frame.t !== 'status' && frame.t !== 'welcome') return false;
    return frame.status.is === 'assigned' && frame.status.agent.name === name;
  });
}

/** Sends a message and waits for its ack. */
export async function say(line: Talk, client_id: string, text: string): Promise<number> {
  line.send({ t: 'send', client_id, text });
  const ack = await line.get<Extract<ServerFrame, { t: 'ack' }>>(`ack of ${client_id}`, (frame) => {
    return frame.t === 'ack' && frame.client_id === client_id;
  });
  return ack.seq;
}

/** Who serves the conversation, as the line knows it now. */
export function status(line: Talk): Status | undefined {
  const told = line.frames.flatMap((frame) => {
    return frame.t === 'status' || frame.t === 'welcome' ? [frame.status] : [];
  });
  return told.at(-1);
}

/** Waits until a message with this text has reached the line. */
export function heard(line: Talk, text: string, limit?: number): Promise<Event> {
  const look = () => events(line).find(({ body }) => body.kind === 'message' && body.text === text);
  return until(`the message “${text}”`, look, limit);
}

/** The conversation as the console knows it now. */
export function entry(desk: Desk, conversation: string): DeskEntry | undefined {
  const known = desk.frames.flatMap((frame) => {
    if (frame.t === 'desk') return frame.conversations;
    return frame.t === 'conversations' ? frame.changed : [];
  });
  return known.findLast((one) => one.conversation === conversation);
}

/** The agent as the console knows them now. */
export function roster(desk: Desk, agent: string): RosterEntry | undefined {
  const known = desk.frames.flatMap((frame) => {
    if (frame.t === 'desk') return frame.agents;
    return frame.t === 'agent' ? [frame.agent] : [];
  });
  return known.findLast((one) => one.agent.id === agent);
}

/** Takes a waiting conversation by hand, and joins it once it is the agent's. */
export async function take(agent: Agent, desk: Desk, conversation: string): Promise<Talk> {
  await until('the waiting conversation', () => entry(desk, conversation)?.state.is === 'waiting');
  desk.send({ t: 'take', conversation });
  const line = await agent.join(conversation);
  await assigned(line, agent.me.agent.name);
  return line;
}
