/**
 * A socket by other means (docs/protocol.md, B), for networks that let no WebSocket through: what
 * one would carry goes over `POST /api/poll`. To the connection it looks like a WebSocket; any
 * request that fails closes it, and all else is as with a lost socket.
 */
import type { Sockets, Wire } from './connection.ts';
import type { Poll, PollAnswer, Ticket } from './frames.ts';

export type PollingOptions = Sockets & {
  /** Of the socket. */
  url: string;
  first: Ticket;
  ticket: () => Promise<Ticket>;
};

/** Of one request; the server takes no more, and twice the bytes. */
const FRAMES = 16;
const BYTES = 48 * 1024;
/** How often a WebSocket is tried beside the polling, and how long it may take to answer. */
const RETRY_MS = 10 * 60_000;
const SOCKET_MS = 15_000;
/** After an answer without frames: a server that does not let wait must not be asked in a rush. */
const REST_MS = 500;
/** What a browser says when a socket is lost. */
const LOST = 1006;

export class Polling implements Wire {
  readyState = 0;
  onopen: Wire['onopen'] = null;
  onmessage: Wire['onmessage'] = null;
  onclose: Wire['onclose'] = null;
  readonly #options: PollingOptions;
  readonly #url: URL;
  readonly #requests = new AbortController();
  readonly #retry: ReturnType<typeof setInterval>;
  #token: Promise<string>;
  #renewAt = 0;
  #session: string | undefined;
  #unsent: string[] = [];
  #sending = false;
  /** Ends with the newest waiting request, after all before it. */
  #waiting: Promise<void> = Promise.resolve();

  constructor(options: PollingOptions) {
    this.#options = options;
    this.#url = new URL('/api/poll', options.url.replace(/^ws/, 'http'));
    this.#token = this.#hold(options.first);
    this.#retry = setInterval(() => void this.#trySocket(), RETRY_MS);
    setTimeout(() => {
      if (this.readyState !== 0) return;
      this.readyState = 1;
      this.onopen?.();
    }, 0);
  }

  send(text: string): void {
    // A ping is one more request to wait: the worker then answers the one before it.
    if (text === 'ping') this.#wait();
    else {
      this.#unsent.push(text);
      void this.#pump();
    }
  }

  close(): void {
    this.readyState = 3;
    clearInterval(this.#retry);
    this.#requests.abort();
  }

  #end(code: number, reason: string): void {
    if (this.readyState === 3) return;
    this.close();
    this.onclose?.({ code, reason });
  }

  /** Sends what is to be sent, one request after the other: frames arrive in their order. */
  async #pump(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    try {
      // What is sent in one go travels together.
      await null;
      while (this.readyState === 1 && this.#unsent.length > 0) {
        const answer = await this.#post(this.#nextFrames());
        const opens = this.#session === undefined;
        this.#session = answer.session;
        this.#take(answer);
        if (opens) this.#wait();
      }
    } catch {
      this.#end(LOST, '');
    }
    this.#sending = false;
  }

  #nextFrames(): string[] {
    const bytes = (frames: string[]) => new Blob([JSON.stringify(frames)]).size;
    let count = 1;
    while (count < FRAMES && bytes(this.#unsent.slice(0, count + 1)) <= BYTES) {
      if (count === this.#unsent.length) break;
      count += 1;
    }
    return this.#unsent.splice(0, count);
  }

  /** Waits for frames, and then for the next ones. Answers count in the order of their requests. */
  #wait(): void {
    if (this.readyState !== 1 || this.#session === undefined) return;
    const before = this.#waiting;
    const turn = Promise.all([this.#post([]), before]).then(async ([answer]) => {
      // Each answer shows that the line is alive.
      this.onmessage?.({ data: 'pong' });
      this.#take(answer);
      if (this.#waiting !== turn) return;
      if (answer.frames.length === 0) await new Promise((rested) => setTimeout(rested, REST_MS));
      if (this.#waiting === turn) this.#wait();
    });
    this.#waiting = turn;
    turn.catch(() => this.#end(LOST, ''));
  }

  #take({ frames, close }: PollAnswer): void {
    for (const data of frames) this.onmessage?.({ data });
    if (close) this.#end(close.code, close.reason);
  }

  async #post(frames: string[]): Promise<PollAnswer> {
    if (Date.now() >= this.#renewAt) {
      // One request for all that wait for it.
      this.#renewAt = Number.POSITIVE_INFINITY;
      this.#token = this.#options.ticket().then((ticket) => this.#hold(ticket));
    }
    const body: Poll = { frames };
    if (this.#session !== undefined) body.session = this.#session;
    const answer = await fetch(this.#url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await this.#token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
      signal: this.#requests.signal,
    });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const said: PollAnswer = await answer.json();
    this.#requests.signal.throwIfAborted();
    return said;
  }

  /** Well before it expires, the next one is asked for. */
  async #hold({ token, expires_in_ms: life }: Ticket): Promise<string> {
    this.#renewAt = Date.now() + life / 2;
    return token;
  }

  /** A WebSocket that answers a ping shows that the network has changed its mind. */
  async #trySocket(): Promise<void> {
    try {
      const socket = this.#options.dial(await this.#options.ticket());
      setTimeout(() => socket.close(), SOCKET_MS);
      socket.onopen = () => socket.send('ping');
      socket.onmessage = () => {
        socket.close();
        if (this.readyState === 1) this.#options.free();
      };
    } catch {
      // No ticket: polling itself finds out what that means.
    }
  }
}
