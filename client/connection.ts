/**
 * A socket that comes back by itself. It knows close codes, tickets, pings and waiting; it knows
 * nothing of what the frames mean, and it buffers nothing: the outbox is the only buffer.
 *
 * It is written out here because the libraries for this bring their own waiting and buffering,
 * which would have to be switched off, and weigh more than all that is left of the work.
 */
import { Backoff } from './backoff.ts';
import { closeCodes, type ErrorCode, type Ticket } from './frames.ts';

export type ConnectionState =
  | { is: 'connecting' }
  | { is: 'live' }
  | { is: 'offline' }
  | { is: 'stopped'; code: number | ErrorCode };

/** A ticket was refused for good: trying again would be refused again. */
export class TicketRefused extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode) {
    super(code);
    this.code = code;
  }
}

export type ConnectionOptions = {
  /** `wss://…/ws/conversation` or `wss://…/ws/desk`. */
  url: string;
  /** Asked for each socket (T5). Rejects with `TicketRefused` when a retry has no point. */
  ticket: () => Promise<Ticket>;
  /** A socket is open: the moment to say hello. */
  onOpen: () => void;
  /** A frame other than pong, parsed. */
  onFrame: (frame: unknown) => void;
  /** Every state after the first, which is `connecting`. */
  onState: (state: ConnectionState) => void;
  random?: () => number;
};

export type Connection = {
  /** True when the frame went to an open socket; false when there is none. */
  send: (frame: object) => boolean;
  /** Gives up this socket and opens another. */
  restart: () => void;
  stop: () => void;
};

const PROTOCOL = 'edgewise.v1';
const PING_MS = 25_000;
/** After a ping: 25 s + 15 s make the 40 s after which a silent socket is dead (T6). */
const ANSWER_MS = 15_000;
/** After waking up, when a dead socket is likely and somebody looks at the page. */
const QUICK_ANSWER_MS = 5_000;
const STABLE_MS = 10_000;
const OPENING_MS = 15_000;

const final = new Set<number>(
  Object.values(closeCodes).flatMap(({ code, retry }) => (retry ? [] : [code])),
);

export function connect(options: ConnectionOptions): Connection {
  return new Link(options);
}

class Link implements Connection {
  readonly #options: ConnectionOptions;
  readonly #backoff: Backoff;
  readonly #page = new AbortController();
  #state: ConnectionState = { is: 'connecting' };
  #socket: WebSocket | undefined;
  /** Counts dials: one that was overtaken while it waited makes no socket. */
  #dials = 0;
  #wake: () => void = () => {};
  #turn: Timer;
  #opening: Timer;
  #pings: Timer;
  #answer: Timer;
  #stable: Timer;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.random);
    this.#listen();
    void this.#dial();
  }

  send(frame: object): boolean {
    const live = this.#state.is === 'live' && this.#socket?.readyState === 1;
    if (live) this.#socket?.send(JSON.stringify(frame));
    return live;
  }

  restart(): void {
    if (this.#state.is === 'stopped') return;
    this.#hangUp();
    this.#become({ is: 'offline' });
    void this.#dial(this.#pause());
  }

  stop(): void {
    this.#halt(1000);
  }

  /** Waits its turn, asks for a ticket, and opens a socket with it. */
  async #dial(turn?: Promise<void>): Promise<void> {
    this.#dials += 1;
    const dial = this.#dials;
    await turn;
    try {
      const { token } = await this.#options.ticket();
      if (dial === this.#dials) this.#open(new WebSocket(this.#options.url, [PROTOCOL, token]));
    } catch (error) {
      if (dial !== this.#dials) return;
      if (error instanceof TicketRefused) this.#halt(error.code);
      else this.restart();
    }
  }

  #open(socket: WebSocket): void {
    this.#socket = socket;
    this.#opening = setTimeout(() => this.restart(), OPENING_MS);
    socket.onopen = () => {
      clearTimeout(this.#opening);
      this.#wake = () => this.#probe(QUICK_ANSWER_MS);
      this.#pings = setInterval(() => this.#probe(ANSWER_MS), PING_MS);
      this.#stable = setTimeout(() => this.#backoff.reset(), STABLE_MS);
      this.#become({ is: 'live' });
      this.#options.onOpen();
    };
    socket.onmessage = (event) => this.#message(event.data);
    socket.onclose = (event) => this.#closed(event.code, event.reason);
  }

  #message(data: unknown): void {
    clearTimeout(this.#answer);
    this.#answer = undefined;
    if (data === 'pong') return;
    let frame: unknown;
    try {
      frame = JSON.parse(String(data));
    } catch {
      // Not ours: a proxy, or a fault. A new socket is the only way to a known state.
      this.restart();
      return;
    }
    this.#options.onFrame(frame);
  }

  /** Whether to come back after this close: C1, C2. */
  #closed(code: number, reason: string): void {
    if (final.has(code)) {
      this.#halt(code);
      return;
    }
    if (code === closeCodes.slow_down.code) this.#backoff.order(Date.now(), Number(reason) || 0);
    this.restart();
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#turn = setTimeout(resolve, this.#backoff.next(Date.now()));
      this.#wake = () => {
        if (this.#backoff.ordered(Date.now()) > 0) return;
        clearTimeout(this.#turn);
        resolve();
      };
    });
  }

  #probe(patience: number): void {
    if (this.#state.is !== 'live') return;
    this.#socket?.send('ping');
    this.#answer ??= setTimeout(() => this.restart(), patience);
  }

  /** The network is back, or somebody looks at the page again: no reason to wait any longer. */
  #listen(): void {
    const signal = this.#page.signal;
    const wake = () => this.#wake();
    globalThis.addEventListener?.('online', wake, { signal });
    globalThis.document?.addEventListener(
      'visibilitychange',
      () => document.visibilityState === 'visible' && wake(),
      { signal },
    );
  }

  /** Lets go of the socket: a dead one may take minutes to say that it is closed. */
  #hangUp(): void {
    this.#dials += 1;
    this.#wake = () => {};
    clearInterval(this.#pings);
    for (const timer of [this.#turn, this.#opening, this.#answer, this.#stable]) {
      clearTimeout(timer);
    }
    this.#answer = undefined;
    const socket = this.#socket;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    this.#socket = undefined;
  }

  #halt(code: number | ErrorCode): void {
    this.#hangUp();
    this.#page.abort();
    this.#become({ is: 'stopped', code });
  }

  #become(state: ConnectionState): void {
    const before = this.#state;
    if (before.is === 'stopped' || before.is === state.is) return;
    this.#state = state;
    this.#options.onState(state);
  }
}

type Timer = ReturnType<typeof setTimeout> | undefined;
