// One who reads a conversation, and may write in it, through every loss of its connection: says
// hello with what it holds, and sends again what has no ack. It tells the oracle all it sees. It
// shares no code with the real client, so that a fault there cannot hide one of the worker.

import type { Author, ClientFrame, Epoch, Event, ServerFrame } from '../../client/frames.ts';
import type { Ledger, Sender, View } from './oracle.ts';
import type { Random } from './random.ts';

/** Where a connection tells what happens to it. */
export type Hear = { text(text: string): void; closed(code: number, reason: string): void };
export type Pipe = { send(text: string): void; cut(): void };
/** Opens a connection; rejects when it cannot. */
export type Dial = (hear: Hear) => Promise<Pipe>;

export type PeerOptions = {
  name: string;
  dial: Dial;
  ledger: Ledger;
  random: Random;
  /** Whether it writes, or looks on only. */
  writes: boolean;
};

/** Messages under way at a time: enough that each power cut hits some. */
const UNDER_WAY = 4;
/** Below the worker's own bounds, 40 at once and then 10 a second, so that none is cut off. */
const BURST = 30;
const PACE_MS = 110;
/** How often a message that has its ack is sent once more. */
const REPEATS = 0.05;
/** How often one who loses the connection forgets what it has no ack of, like a closed page. */
const FORGETS = 0.02;
const LONG_TEXT = 8_000;

export class Peer {
  readonly name: string;
  /** Whether all that was said so far is there. */
  live = false;
  resent = 0;
  refused = 0;
  slowed = 0;
  readonly #options: PeerOptions;
  readonly #sender: Sender;
  readonly #done: Promise<void>;
  /** Sent and not acknowledged, in order. */
  readonly #kept = new Map<string, string>();
  #last: { id: string; text: string } | undefined;
  #view: View;
  #epoch: Epoch | undefined;
  #chain: number | undefined;
  #you: Author | undefined;
  #pipe: Pipe | undefined;
  #writing = false;
  #stopped = false;
  #count = 0;
  /** Frames this connection may still send, as of `#filled`. */
  #room = BURST;
  #filled = 0;
  #later: ReturnType<typeof setTimeout> | undefined;
  #wake: () => void = () => {};

  constructor(options: PeerOptions) {
    this.#options = options;
    this.name = options.name;
    this.#sender = options.ledger.sender(options.name);
    this.#view = options.ledger.view(options.name, 0);
    this.#done = this.#run();
  }

  /** Whether anything new is written from now on. */
  set writing(on: boolean) {
    this.#writing = on && this.#options.writes;
    this.#pump();
  }

  get acked(): number {
    return this.#sender.acked;
  }

  get last(): number {
    return this.#view.last;
  }

  /** Whether it is live and every message it keeps has its ack. */
  get settled(): boolean {
    return this.live && this.#kept.size === 0;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#pipe?.cut();
    this.#wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { random } = this.#options;
    for (let pause = 0; !this.#stopped; pause = random.between(5, 60)) {
      await this.#rest(pause);
      if (this.#stopped) return;
      // No connection while the worker is down is what this is about: it tries again.
      pause = await this.#life().catch(() => 0);
      await this.#rest(pause);
    }
  }

  #rest(ms: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, ms);
      this.#wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  /** One connection from its hello to its end; resolves to how long it was told to wait. */
  async #life(): Promise<number> {
    const { dial, ledger, random } = this.#options;
    const end = new Promise<number>((done, fail) => {
      const closed = (code: number, reason: string) => done(this.#closed(code, reason));
      const text = (text: string) => this.#hear(text);
      dial({ text, closed }).then((pipe) => {
        this.#pipe = pipe;
        if (this.#stopped) pipe.cut();
        else this.#hello();
      }, fail);
    });
    this.#view = ledger.view(this.name, this.#view.last);
    this.#room = BURST;
    this.#filled = Date.now();
    try {
      return await end;
    } finally {
      this.live = false;
      this.#pipe = undefined;
      clearTimeout(this.#later);
      if (random.chance(FORGETS)) this.#kept.clear();
    }
  }

  #hello(): void {
    const after = this.#view.last;
    const mark = after > 0 ? { epoch: this.#epoch, chain: this.#chain } : {};
    this.#send({ t: 'hello', after, ...mark });
  }

  #send(frame: ClientFrame): void {
    this.#room -= 1;
    this.#pipe?.send(JSON.stringify(frame));
  }

  #hear(text: string): void {
    const frame: ServerFrame = JSON.parse(text);
    if (frame.t === 'welcome') this.#welcome(frame);
    else if (frame.t === 'batch') this.#batch(frame);
    else if (frame.t === 'event') this.#show(frame.event);
    else if (frame.t === 'ack') this.#ack(frame);
    else if (frame.t === 'rejected') this.#rejected(frame);
  }

  #welcome(frame: Extract<ServerFrame, { t: 'welcome' }>): void {
    if (frame.reset || frame.last_seq < this.#view.last) {
      const what = `${this.name} holds ${this.#view.last}, the log ${frame.last_seq}`;
      this.#options.ledger.violated('lost', `${what}, reset ${frame.reset}`);
    }
    this.#epoch = frame.epoch;
    this.#you = frame.you;
  }

  #batch({ events, done }: Extract<ServerFrame, { t: 'batch' }>): void {
    for (const event of events) this.#show(event);
    if (!done) {
      this.#hello();
      return;
    }
    this.live = true;
    this.resent += this.#kept.size;
    for (const [client_id, text] of this.#kept) this.#send({ t: 'send', client_id, text });
    this.#pump();
  }

  #show(event: Event): void {
    this.#view.show(event);
    this.#chain = event.chain;
  }

  #ack({ t: _, ...ack }: Extract<ServerFrame, { t: 'ack' }>): void {
    const { client_id: id, seq } = ack;
    this.#sender.acknowledged(id, seq);
    const text = this.#sender.sends.get(id)?.text ?? '';
    if (seq > this.#view.last) this.#chain = ack.chain;
    if (this.#you) this.#view.acknowledged({ ...ack, text }, this.#you);
    if (this.#kept.delete(id)) this.#last = { id, text };
    this.#pump();
  }

  #rejected(frame: Extract<ServerFrame, { t: 'rejected' }>): void {
    this.refused += 1;
    if (frame.client_id === undefined) return;
    this.#sender.refused(frame.client_id);
    this.#kept.delete(frame.client_id);
    this.#pump();
  }

  /** Writes as much as may be under way. */
  #pump(): void {
    clearTimeout(this.#later);
    const now = Date.now();
    const more = Math.floor((now - this.#filled) / PACE_MS);
    this.#room = Math.min(BURST, this.#room + more);
    this.#filled += more * PACE_MS;
    while (this.live && this.#writing && this.#kept.size < UNDER_WAY && this.#room > 0) {
      this.#write();
    }
    if (this.#room <= 0) this.#later = setTimeout(() => this.#pump(), PACE_MS);
  }

  #write(): void {
    const { random } = this.#options;
    if (this.#last && random.chance(REPEATS)) {
      this.#send({ t: 'send', client_id: this.#last.id, text: this.#last.text });
      this.#last = undefined;
      return;
    }
    this.#count += 1;
    const client_id = `${this.name}-${this.#count}`;
    const length = random.chance(0.01) ? LONG_TEXT : random.between(20, 200);
    const text = `${client_id} “说” `.padEnd(length, 'more words ');
    this.#kept.set(client_id, text);
    this.#sender.sent(client_id, text);
    this.#send({ t: 'send', client_id, text });
  }

  /** 4429 is ours to avoid, so it is counted, and obeyed: the wait in its reason. */
  #closed(code: number, reason: string): number {
    if (code !== 4429) return 0;
    this.slowed += 1;
    return Number.parseInt(reason.split('-').at(-1) ?? '', 10) || 0;
  }
}
