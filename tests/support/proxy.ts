// A TCP proxy between a client and the worker that knows where each frame begins and ends, so that
// it can break the stream after any byte of any of them, in either direction.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** From the client to the worker, or back. */
export type Way = 'up' | 'down';
/**
 * What happens at the point: `end` closes both connections, `reset` does so without a goodbye,
 * `hole` swallows all that comes later this way while both sides believe in the connection,
 * `stall` holds it up for so long.
 */
export type Fault = 'end' | 'reset' | 'hole' | { stall: number };
/** After `offset` bytes of the nth frame of its kind; the opening handshake counts as a frame. */
export type Point = { way: Way; kind: string; nth: number; offset: number };
export type Plan = { point: Point; fault: Fault };
export type Frame = { way: Way; kind: string; nth: number; bytes: number };
export type Manners = {
  /** How long each frame travels, in ms. */
  latency?: number;
  /** Whether every byte is written by itself. */
  sliced?: boolean;
};

export class CuttingProxy {
  /** The frames since the last fault, in the order they came. */
  frames: Frame[] = [];
  /** Settles when all faults have happened. */
  readonly struck: Promise<void>;
  readonly manners: Manners;
  #plans: Plan[] = [];
  #strike: () => void = () => {};
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #streams: Stream[] = [];

  private constructor(target: number, manners: Manners) {
    this.manners = manners;
    this.struck = new Promise((done) => {
      this.#strike = done;
    });
    this.#server = createServer((client) => {
      const worker = connect({ port: target, host: '127.0.0.1', noDelay: true });
      client.setNoDelay();
      for (const socket of [client, worker]) {
        this.#sockets.add(socket);
        socket.on('error', () => {}); // A lost connection is told once more when it closes.
        socket.on('close', () => this.#sockets.delete(socket));
      }
      this.#streams.push(new Stream(this, 'up', client, worker));
      this.#streams.push(new Stream(this, 'down', worker, client));
    });
  }

  static async open(target: number, manners: Manners = {}): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(target, manners);
    proxy.#server.listen({ port: 0, host: '127.0.0.1' });
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Has these faults happen one after the other, each once, on whatever connection it is. */
  plan(plans: Plan[]): void {
    this.#plans = plans;
  }

  /** The fault to do in this frame, if it is the next one. */
  take(frame: Frame): { offset: number; fault: Fault } | undefined {
    const [next] = this.#plans;
    const { way, kind, nth, offset } = next?.point ?? {};
    if (!next || way !== frame.way || kind !== frame.kind || nth !== frame.nth) {
      this.frames.push(frame);
      return undefined;
    }
    this.frames = [];
    this.#plans = this.#plans.slice(1);
    if (this.#plans.length === 0) this.#strike();
    return { offset: Math.min(offset ?? 0, frame.bytes), fault: next.fault };
  }

  /** Settles when all that was held up so far has gone on. */
  async quiet(): Promise<void> {
    await Promise.all(this.#streams.map((stream) => stream.tail));
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** One direction of one connection. */
class Stream {
  readonly #proxy: CuttingProxy;
  readonly #way: Way;
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #counts = new Map<string, number>();
  #held = Buffer.alloc(0);
  #speaks: 'handshake' | 'frames' | 'http' = 'handshake';
  #lost = false;
  /** Settles when everything that has arrived is passed on. */
  tail: Promise<void> = Promise.resolve();

  constructor(proxy: CuttingProxy, way: Way, from: Socket, to: Socket) {
    this.#proxy = proxy;
    this.#way = way;
    this.#from = from;
    this.#to = to;
    from.on('data', (chunk: Buffer) => this.#feed(chunk));
    from.on('close', () => this.#then(() => this.#end()));
  }

  #feed(chunk: Buffer): void {
    this.#held = Buffer.concat([this.#held, chunk]);
    const due = Date.now() + (this.#proxy.manners.latency ?? 0);
    for (let frame = this.#cut(); frame; frame = this.#cut()) {
      const { kind, bytes } = frame;
      this.#then(() => this.#pass(kind, bytes, due));
    }
  }

  /** The next whole frame of what has arrived. What is no WebSocket goes on as it comes. */
  #cut(): { kind: string; bytes: Buffer } | undefined {
    const length = this.#lengthOf(this.#held);
    if (length === 0 || this.#held.length < length) return undefined;
    const bytes = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    const kind = this.#speaks === 'frames' ? frameKind(bytes) : this.#speaks;
    if (kind === 'handshake') this.#speaks = UPGRADE.test(String(bytes)) ? 'frames' : 'http';
    return { kind: this.#speaks === 'http' ? 'http' : kind, bytes };
  }

  #lengthOf(held: Buffer): number {
    if (this.#speaks === 'handshake') return headLength(held);
    return this.#speaks === 'frames' ? frameLength(held) : held.length;
  }

  #then(act: () => void | Promise<void>): void {
    this.tail = this.tail.then(act);
  }

  async #pass(kind: string, bytes: Buffer, due: number): Promise<void> {
    const nth = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, nth);
    if (this.#lost || this.#to.destroyed) return;
    if (due > Date.now()) await sleep(due - Date.now());
    const cut = this.#proxy.take({ way: this.#way, kind, nth, bytes: bytes.length });
    if (!cut) {
      await this.#write(bytes);
      return;
    }
    await this.#write(bytes.subarray(0, cut.offset));
    await this.#fail(cut.fault, bytes.subarray(cut.offset));
  }

  async #fail(fault: Fault, rest: Buffer): Promise<void> {
    if (typeof fault === 'object') {
      await sleep(fault.stall);
      await this.#write(rest);
      return;
    }
    this.#lost = true;
    for (const socket of [this.#from, this.#to]) {
      if (fault === 'end') socket.destroy();
      else if (fault === 'reset') socket.resetAndDestroy();
    }
  }

  async #write(bytes: Buffer): Promise<void> {
    const parts = this.#proxy.manners.sliced ? Array.from(bytes, (_, at) => at) : [0];
    const size = this.#proxy.manners.sliced ? 1 : bytes.length;
    for (const at of parts) {
      if (this.#to.destroyed || bytes.length === 0) return;
      // Waits until the kernel has it, so that what is cut off later was sent before.
      await new Promise<void>((done) => {
        this.#to.write(bytes.subarray(at, at + size), () => done());
      });
    }
  }

  /** A hole swallows the goodbye as well. */
  #end(): void {
    if (!this.#lost) this.#to.destroySoon();
  }
}

const UPGRADE = /^upgrade: websocket/im;

/** Length of an HTTP head, 0 while it is not whole. */
function headLength(bytes: Buffer): number {
  const end = bytes.indexOf('\r\n\r\n');
  return end < 0 ? 0 : end + 4;
}

/** Where the payload of a WebSocket frame begins and ends (RFC 6455, 5.2). */
function payload(bytes: Buffer): { mask: number; start: number; end: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  const mask = bytes.readUInt8(1) & 0x80 ? 4 : 0;
  if (bytes.length < 2 + extra) return undefined;
  const long = () => (extra === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2)));
  const start = 2 + extra + mask;
  return { mask, start, end: start + (extra === 0 ? short : long()) };
}

function frameLength(bytes: Buffer): number {
  return payload(bytes)?.end ?? 0;
}

/** What a frame says it is; `ping`, `pong` and `close` by themselves. */
function frameKind(bytes: Buffer): string {
  const place = payload(bytes);
  if (!place || (bytes.readUInt8(0) & 0x0f) !== 1) return 'close';
  const { mask, start, end } = place;
  const keys = bytes.subarray(start - mask, start);
  const text = Buffer.from(bytes.subarray(start, end));
  const plain = mask > 0 ? text.map((byte, at) => byte ^ (keys[at % 4] ?? 0)) : text;
  const said = String(Buffer.from(plain));
  return said.startsWith('{') ? JSON.parse(said).t : said;
}
