// A visitor's tab that talks without a socket (docs/protocol.md, B).

import assert from 'node:assert/strict';
import type { ClientFrame, Event, PollAnswer, ServerFrame } from '../../client/frames.ts';
import { post, SHOP, type Visitor } from './live.ts';

/** A tab that polls: asks by hand, and keeps what it was answered. */
export class Poller {
  readonly frames: ServerFrame[] = [];
  session: string | undefined;
  close: PollAnswer['close'];
  private readonly base: string;
  private readonly token: string;

  private constructor(base: string, token: string) {
    this.base = base;
    this.token = token;
  }

  static async of(visitor: Visitor): Promise<Poller> {
    return new Poller(visitor.base, (await visitor.ticket()).ticket.token);
  }

  ask(frames: string[], origin = SHOP, token = this.token): Promise<Response> {
    const body = { session: this.session, frames };
    return post(this.base, '/api/poll', body, { origin, authorization: `Bearer ${token}` });
  }

  /** Sends frames, or waits for some. */
  async turn(...frames: ClientFrame[]): Promise<PollAnswer> {
    const answer = await this.ask(frames.map((frame) => JSON.stringify(frame)));
    assert.equal(answer.status, 200, await answer.clone().text());
    const body: PollAnswer = await answer.json();
    this.session = body.session;
    this.close = body.close ?? this.close;
    this.frames.push(...body.frames.map((text) => JSON.parse(text)));
    return body;
  }

  events(): Event[] {
    return this.frames.flatMap((frame) => {
      if (frame.t === 'batch') return frame.events;
      return frame.t === 'event' ? [frame.event] : [];
    });
  }

  acks(): number[] {
    return this.frames.flatMap((frame) => (frame.t === 'ack' ? [frame.seq] : []));
  }
}
