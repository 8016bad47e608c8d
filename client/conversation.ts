/**
 * One conversation, open: the socket, the thread and the outbox tied together. The widget opens
 * one as the visitor, the console several as an agent.
 */
import { type Connection, type ConnectionState, connect } from './connection.ts';
import {
  type ClientFrame,
  type ClientId,
  type Rejection,
  type Seq,
  type ServerFrame,
  type Ticket,
  textChars,
} from './frames.ts';
import { randomId } from './ids.ts';
import { type Attached, type Entry, MemoryOutbox, type Outbox } from './outbox.ts';
import * as thread from './thread.ts';

export type ConversationState = thread.Thread & {
  connection: ConnectionState;
  /** False when what is not sent would be lost with the page: warn before leaving. */
  durable: boolean;
};

export type OpenOptions = {
  /** `wss://…/ws/conversation` */
  url: string;
  ticket: () => Promise<Ticket>;
  outbox: Outbox | Promise<Outbox>;
  /** What a visitor tells about the page and of themselves; an agent tells nothing. */
  told?: () => thread.Told;
  onChange: (state: ConversationState) => void;
  /** A refusal that belongs to no message, e.g. of `close`. */
  onRejected?: (code: Rejection) => void;
  random?: () => number;
};

/** Why a message was not taken; null when it was. */
export type Refusal = 'text_empty' | 'text_too_long' | 'outbox_full' | null;

export type Conversation = {
  readonly state: ConversationState;
  /** Stores the message, shows it, and sends it as soon as it can be. */
  /** With a file, the text is its name. */
  send(text: string, file?: Attached): Promise<Refusal>;
  /** Something has become of a message that is not sent yet. */
  keep(entry: Entry): Promise<void>;
  /** Call it on each keystroke, and with false on blur or when the field is empty. */
  typing(on: boolean): void;
  /** What somebody has before their eyes; told again after a lost connection. */
  seen(seq: Seq): void;
  /** What is told has changed: an open connection tells it, a new one does anyway. */
  tell(): void;
  /** Sends a frame now or never: what counts at this moment only. */
  say(frame: ClientFrame): void;
  retry(id: ClientId): Promise<void>;
  discard(id: ClientId): Promise<void>;
  /** Ends it; resolves when what was sent until then is in the outbox. */
  stop(): Promise<unknown>;
};

const TYPING_EVERY_MS = 3_000;
/** Time for the tab that wrote a message to send it. */
const REREAD_MS = 2_000;
const ANSWER_MS = 25_000;

export function open(options: OpenOptions): Conversation {
  return new Opened(options);
}

/** The check of S6, before a message is stored; it counts characters, as the server does. */
export function checkText(text: string): Refusal {
  if (text.trim() === '') return 'text_empty';
  return [...text].length > textChars ? 'text_too_long' : null;
}

class Opened implements Conversation {
  readonly #options: OpenOptions;
  readonly #connection: Connection;
  #outbox: Outbox = new MemoryOutbox();
  #ready: Promise<void>;
  #thread = thread.emptyThread;
  #link: ConnectionState = { is: 'connecting' };
  #state: ConversationState;
  #seen: Seq = 0;
  #typingSent = 0;
  /** It has changed since the last hello, which is not answered yet. */
  #untold = false;
  /** Until then, not everything that was sent is in the outbox. */
  #sending: Promise<unknown> | undefined;
  #expiry: Timer;
  #reread: Timer;
  #watchdog: Timer;
  /** What the watchdog waits for. */
  #owed: string | undefined;
  /** Counts sockets, so that a slow read of the outbox cannot greet a later one. */
  #socket = 0;
  #stopped = false;

  constructor(options: OpenOptions) {
    this.#options = options;
    this.#state = this.#compose();
    this.#ready = this.#prepare();
    const { url, ticket, random } = options;
    this.#connection = connect({
      url,
      ticket,
      poll: async (first, sockets) => {
        // Loaded by those alone who need it.
        const { Polling } = await import('./polling.ts');
        return new Polling({ url, first, ticket, ...sockets });
      },
      ...(random && { random }),
      onOpen: () => void this.#opened(),
      onFrame: (frame) => this.#take(frame as ServerFrame),
      onState: (state) => this.#linked(state),
    });
  }

  get state(): ConversationState {
    return this.#state;
  }

  send(text: string, file?: Attached): Promise<Refusal> {
    const sent = this.#send(text, file);
    this.#sending = Promise.allSettled([this.#sending, sent]);
    return sent;
  }

  async #send(text: string, file?: Attached): Promise<Refusal> {
    const refusal = checkText(text);
    if (refusal !== null) return refusal;
    await this.#ready;
    const entry = fresh(text, file);
    if (!(await this.#outbox.put(entry))) return 'outbox_full';
    this.#typingSent = 0;
    this.#apply(thread.write(this.#thread, entry));
    return null;
  }

  async keep(entry: Entry): Promise<void> {
    await this.#outbox.put(entry);
    this.#apply(thread.write(this.#thread, entry));
  }

  typing(on: boolean): void {
    const now = Date.now();
    if (!this.#thread.live || (on && now - this.#typingSent < TYPING_EVERY_MS)) return;
    if (!on && this.#typingSent === 0) return;
    this.#typingSent = on ? now : 0;
    this.#connection.send({ t: 'typing', on } satisfies ClientFrame);
  }

  seen(seq: Seq): void {
    this.#seen = Math.max(this.#seen, seq);
    this.#apply(thread.markSeen(this.#thread, this.#seen));
  }

  tell(): void {
    this.#untold = !this.#thread.live;
    if (!this.#untold) this.#hello();
  }

  say(frame: ClientFrame): void {
    this.#connection.send(frame);
  }

  async retry(id: ClientId): Promise<void> {
    const old = this.#thread.pending.find((entry) => entry.client_id === id);
    if (old?.state !== 'failed') return;
    const entry = fresh(old.text, old.file);
    // Another tab may have done it already: then the outbox tells.
    if (await this.#outbox.put(entry, id)) this.#apply(thread.retry(this.#thread, id, entry));
    else await this.#restore();
  }

  async discard(id: ClientId): Promise<void> {
    await this.#outbox.drop([id]);
    this.#apply(thread.discard(this.#thread, id));
  }

  async stop(): Promise<unknown> {
    this.#stopped = true;
    this.#outbox.watch(null);
    for (const timer of [this.#expiry, this.#reread, this.#watchdog]) clearTimeout(timer);
    this.#connection.stop();
    return this.#sending;
  }

  async #prepare(): Promise<void> {
    this.#outbox = await this.#options.outbox;
    await this.#restore();
    if (!this.#stopped) this.#outbox.watch(() => this.#rereadSoon());
  }

  /** Entries of earlier pages and of other tabs. An outbox that cannot be read says nothing. */
  async #restore(): Promise<void> {
    const known = new Set(this.#thread.pending.map((entry) => entry.client_id));
    const stored = await this.#outbox.load().catch(() => null);
    if (stored) this.#apply(thread.restore(this.#thread, stored, known));
  }

  /**
   * Another tab has changed the outbox. What it writes, it sends itself; what is still there after
   * a while it could not send, and this tab does. Without connection there is nothing to wait for.
   */
  #rereadSoon(): void {
    this.#reread ??= setTimeout(
      () => {
        this.#reread = undefined;
        void this.#restore();
      },
      this.#thread.live ? REREAD_MS : 0,
    );
  }

  async #opened(): Promise<void> {
    this.#socket += 1;
    const socket = this.#socket;
    await this.#ready;
    await this.#restore();
    if (socket === this.#socket) this.#hello();
  }

  #hello(): void {
    this.#untold = false;
    this.#connection.send(thread.hello(this.#thread, this.#options.told?.()));
  }

  #linked(state: ConnectionState): void {
    this.#link = state;
    if (state.is !== 'live') this.#socket += 1;
    this.#update(state.is === 'live' ? this.#thread : thread.lost(this.#thread));
  }

  #take(frame: ServerFrame): void {
    const before = this.#thread;
    this.#apply(thread.receive(before, frame, Date.now()));
    if (frame.t === 'rejected' && frame.client_id === undefined) {
      this.#options.onRejected?.(frame.code);
    }
    if (frame.t === 'typing') this.#expire();
    // What was seen of another history says nothing of this one.
    if (frame.t === 'welcome' && frame.reset) this.#seen = 0;
    if (before.live || !this.#thread.live) return;
    if (this.#seen > 0) this.seen(this.#seen);
    if (this.#untold) this.#hello();
  }

  #expire(): void {
    clearTimeout(this.#expiry);
    const next = Math.min(...this.#thread.typing.map(({ until }) => until));
    if (!Number.isFinite(next)) return;
    this.#expiry = setTimeout(() => {
      this.#update(thread.expire(this.#thread, Date.now()));
      this.#expire();
    }, next - Date.now());
  }

  #apply(step: thread.Step): void {
    for (const entry of step.keep) void this.#outbox.put(entry);
    if (step.forget.length > 0) void this.#outbox.drop(step.forget);
    // Shown first, sent after: a send that fails changes the state once more, on top of this one.
    this.#update(step.thread);
    for (const frame of step.send) this.#connection.send(frame);
  }

  /**
   * Another socket when the server owes an answer for too long: to the message longest on its way,
   * or to a hello.
   */
  #watch(): void {
    const { live, pending, lastSeq } = this.#thread;
    const sending = pending.find(({ state }) => state === 'sending')?.client_id;
    const owed = this.#link.is === 'live' ? (live ? sending : `after ${lastSeq}`) : undefined;
    if (owed === this.#owed) return;
    this.#owed = owed;
    clearTimeout(this.#watchdog);
    if (owed) this.#watchdog = setTimeout(() => this.#connection.restart(), ANSWER_MS);
  }

  #update(next: thread.Thread): void {
    this.#thread = next;
    this.#watch();
    this.#state = this.#compose();
    if (!this.#stopped) this.#options.onChange(this.#state);
  }

  #compose(): ConversationState {
    return { ...this.#thread, connection: this.#link, durable: this.#outbox.durable };
  }
}

/** A new message, with its file once more to be sent. */
function fresh(text: string, file?: Attached): Entry {
  const entry = { client_id: randomId(16), text, at: Date.now(), failed: null };
  return file ? { ...entry, file: { ...file, ref: null } } : entry;
}

type Timer = ReturnType<typeof setTimeout> | undefined;
