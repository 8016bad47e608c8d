/**
 * A socket that comes back by itself. It knows close codes, tickets, pings and waiting; it knows
 * nothing of what the frames mean, and it buffers nothing: the outbox is the only buffer.
 *
 * It is written out here because the libraries for this bring their own waiting and buffering,
 * which would have to be switched off, and weigh more than all that is left of the work.
 */
import { Backoff } from './backoff.ts';
import { type ErrorCode, finalCodes, type Ticket } from './frames.ts';

export type ConnectionState =
  | { is: 'connecting' }
  /** Something has come over the socket: that it is open alone tells nothing. */
  | { is: 'live' }
  /** `blocked`: tickets come, but sockets end in silence, and nothing takes their place. */
  | { is: 'offline'; blocked?: boolean }
  | { is: 'stopped'; code: number | ErrorCode };

/**
 * A ticket was refused for good: trying again would be refused again. It is known by its `refusal`,
 * not by its class: what is loaded when needed is a file with a class of its own.
 */
export class TicketRefused extends Error {
  readonly refusal: ErrorCode;
  constructor(refusal: ErrorCode) {
    super(refusal);
    this.refusal = refusal;
  }
}

/** What is used of a WebSocket. */
export type Wire = {
  readonly readyState: number;
  send: (text: string) => void;
  close: () => void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
};

/** What polling may do about WebSockets: open one beside, and say that they get through again. */
export type Sockets = { dial: (ticket: Ticket) => Wire; free: () => void };

export type ConnectionOptions = {
  /** `wss://…/ws/conversation` or `wss://…/ws/desk`. */
  url: string;
  /** Asked for each socket (T5). Rejects with `TicketRefused` when a retry has no point. */
  ticket: () => Promise<Ticket>;
  /** A socket by other means, for networks that let no WebSocket through. */
  poll?: (ticket: Ticket, sockets: Sockets) => Promise<Wire>;
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
/** For a ticket, to open, and then to say something: networks may swallow each of them. */
const SILENCE_MS = 15_000;
/** Sockets in a row that end in silence until the network counts as blocking them. */
const BLOCKED = 2;
const OWN_CODES = 4000;

export function connect(options: ConnectionOptions): Connection {
  return new Link(options);
}

class Link implements Connection {
  readonly #options: ConnectionOptions;
  readonly #backoff: Backoff;
  readonly #page = new AbortController();
  #state: ConnectionState = { is: 'connecting' };
  #socket: Wire | undefined;
  /** WebSockets in a row that have ended before anything came over them. */
  #silent = 0;
  /** Of the present socket: whether it polls, and whether anything has come. */
  #polls = false;
  #heard = false;
  /** Counts dials: one that was overtaken while it waited makes no socket. */
  #dials = 0;
  #wake: () => void = () => {};
  #turn: Timer;
  #silence: Timer;
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
    const open = this.#socket?.readyState === 1;
    if (open) this.#socket?.send(JSON.stringify(frame));
    return open;
  }

  restart(): void {
    if (this.#state.is === 'stopped') return;
    const { poll } = this.#options;
    const dialled = this.#socket;
    this.#hangUp();
    this.#become({ is: 'offline', blocked: !poll && !!dialled && this.#silent >= BLOCKED });
    void this.#dial(this.#pause());
  }

  stop(): void {
    this.#halt(1000);
  }

  /** Waits its turn, asks for a ticket, and opens a socket with it. */
  async #dial(turn?: Promise<void>): Promise<void> {
    this.#dials += 1;
    const dial = this.#dials;
    this.#polls = false;
    await turn;
    if (dial !== this.#dials) return;
    this.#limit();
    try {
      const ticket = await this.#options.ticket();
      if (dial !== this.#dials) return;
      const { poll } = this.#options;
      this.#polls = !!poll && this.#silent >= BLOCKED;
      if (!poll || !this.#polls) return this.#open(this.#socketWith(ticket));
      const dialSocket = (other: Ticket) => this.#socketWith(other);
      const wire = await poll(ticket, { dial: dialSocket, free: () => this.#free() });
      if (dial === this.#dials) this.#open(wire);
      else wire.close();
    } catch (error) {
      if (dial !== this.#dials) return;
      // What polls could not be loaded.
      if (this.#polls) this.#silent = BLOCKED - 1;
      const refusal = (error as TicketRefused | undefined)?.refusal;
      if (refusal) this.#halt(refusal);
      else this.restart();
    }
  }

  #socketWith({ token }: Ticket): Wire {
    return new WebSocket(this.#options.url, [PROTOCOL, token]) as Wire;
  }

  #open(socket: Wire): void {
    this.#socket = socket;
    this.#heard = false;
    this.#limit();
    socket.onopen = () => {
      this.#limit();
      this.#wake = () => this.#probe(QUICK_ANSWER_MS);
      this.#pings = setInterval(() => this.#probe(ANSWER_MS), PING_MS);
      this.#stable = setTimeout(() => this.#backoff.reset(), STABLE_MS);
      this.#options.onOpen();
    };
    socket.onmessage = (event) => this.#message(event.data);
    socket.onclose = (event) => this.#closed(event.code, event.reason);
  }

  /** The next step has its own time. */
  #limit(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.restart(), SILENCE_MS);
  }

  /** The network carries what the server says. */
  #hear(): void {
    clearTimeout(this.#silence);
    this.#heard = true;
    if (!this.#polls) this.#silent = 0;
  }

  #message(data: unknown): void {
    clearTimeout(this.#answer);
    this.#answer = undefined;
    this.#hear();
    this.#become({ is: 'live' });
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
    if (finalCodes.includes(code)) {
      this.#halt(code);
      return;
    }
    // No proxy closes with a code of ours: the socket got through.
    if (code >= OWN_CODES) {
      this.#hear();
      this.#backoff.order(Date.now(), reason);
    }
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
    if (this.#socket?.readyState !== 1) return;
    this.#socket.send('ping');
    this.#answer ??= setTimeout(() => this.restart(), patience);
  }

  /** The network is back, or somebody looks at the page again: no reason to wait any longer. */
  #listen(): void {
    const signal = this.#page.signal;
    const wake = () => this.#wake();
    const online = () => {
      // Perhaps another network, that lets sockets through: one is tried before polling again.
      this.#silent = Math.min(this.#silent, BLOCKED - 1);
      wake();
    };
    globalThis.addEventListener?.('online', online, { signal });
    globalThis.document?.addEventListener(
      'visibilitychange',
      () => document.visibilityState === 'visible' && wake(),
      { signal },
    );
  }

  /** A socket got through beside the polling. */
  #free(): void {
    this.#silent = 0;
    this.restart();
  }

  /** Lets go of the socket: a dead one may take minutes to say that it is closed. */
  #hangUp(): void {
    this.#dials += 1;
    this.#wake = () => {};
    clearInterval(this.#pings);
    for (const timer of [this.#turn, this.#silence, this.#answer, this.#stable]) {
      clearTimeout(timer);
    }
    this.#answer = undefined;
    const socket = this.#socket;
    if (!socket) return;
    // Polling that is silent, too, is no better than a WebSocket: they take turns.
    if (!this.#heard) this.#silent = this.#polls ? BLOCKED - 1 : this.#silent + 1;
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
    const same = before.is === state.is && isBlocked(before) === isBlocked(state);
    if (before.is === 'stopped' || same) return;
    this.#state = state;
    this.#options.onState(state);
  }
}

function isBlocked(state: ConnectionState): boolean {
  return state.is === 'offline' && state.blocked === true;
}

type Timer = ReturnType<typeof setTimeout> | undefined;
