// The two ways to reach a conversation: a WebSocket, and requests that wait (docs/protocol.md, B).
// Both ask for a ticket each time.

import type { PollAnswer } from '../../client/frames.ts';
import { open, post } from '../support/live.ts';
import type { Dial, Hear } from './peer.ts';

type Ticket = () => Promise<string>;

const LOST = 1006;
/** Frames of one request (B7). */
const FRAMES = 16;

export function socket(url: string, origin: string, ticket: Ticket): Dial {
  return async (hear) => {
    const socket = await open(`${url}/ws/conversation`, await ticket(), origin);
    socket.on('error', () => {}); // A lost connection is told once more when it closes.
    socket.on('message', (data) => hear.text(String(data)));
    socket.on('close', (code, reason) => hear.closed(code, String(reason)));
    return { send: (text) => socket.send(text), cut: () => socket.terminate() };
  };
}

export function polling(url: string, origin: string, ticket: Ticket): Dial {
  return async (hear) => {
    const poller = new Poller(url, { origin, authorization: `Bearer ${await ticket()}` }, hear);
    return { send: (text) => poller.send(text), cut: () => poller.end(LOST, '') };
  };
}

class Poller {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #hear: Hear;
  #session: string | undefined;
  #unsent: string[] = [];
  #sends = false;
  #over = false;

  constructor(url: string, headers: Record<string, string>, hear: Hear) {
    this.#url = url;
    this.#headers = headers;
    this.#hear = hear;
  }

  send(text: string): void {
    this.#unsent.push(text);
    if (!this.#sends) void this.#try(() => this.#pump());
  }

  end(code: number, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#hear.closed(code, reason);
  }

  /** Any request that fails ends the session (B6). */
  async #try(work: () => Promise<void>): Promise<void> {
    await work().catch(() => this.end(LOST, ''));
  }

  async #pump(): Promise<void> {
    this.#sends = true;
    while (this.#unsent.length > 0 && !this.#over) {
      const opens = this.#session === undefined;
      await this.#ask(this.#unsent.splice(0, FRAMES));
      if (opens) void this.#try(() => this.#wait());
    }
    this.#sends = false;
  }

  async #wait(): Promise<void> {
    while (!this.#over) await this.#ask([]);
  }

  async #ask(frames: string[]): Promise<void> {
    const body = { session: this.#session, frames };
    const answer = await post(this.#url, '/api/poll', body, this.#headers);
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const said: PollAnswer = await answer.json();
    if (this.#over) return;
    this.#session = said.session;
    for (const text of said.frames) this.#hear.text(text);
    if (said.close) this.end(said.close.code, said.close.reason);
  }
}
