// A reconnect storm: many sockets are lost at once, and their clients come back as the real ones
// do, with client/connection.ts and its waiting. None may be left out, and no second may get much
// more than its share.

import { type Connection, connect } from '../../client/connection.ts';
import type { ServerFrame } from '../../client/frames.ts';
import { Bare } from '../support/bare.ts';
import { until, Visitor } from '../support/live.ts';
import { becomePage } from '../support/page.ts';

export type StormReport = {
  sockets: number;
  /** From the loss to the moment the last one had all of its conversation again. */
  seconds: number;
  /** How many came back in each second after the loss. */
  perSecond: number[];
  /** The busiest second, as a multiple of the mean. */
  peak: number;
};

/** Sockets that are opened side by side at first, when there is no storm yet. */
const SIDE_BY_SIDE = 20;
const PATIENCE_MS = 90_000;

class Guest {
  joined = 0;
  readonly #connection: Connection;

  constructor(url: string) {
    const visitor = new Visitor(url);
    this.#connection = connect({
      url: `${url.replace('http', 'ws')}/ws/conversation`,
      ticket: async () => (await visitor.ticket()).ticket,
      onOpen: () => this.#connection.send({ t: 'hello', after: 0 }),
      onFrame: (frame) => {
        if ((frame as ServerFrame).t === 'batch') this.joined = performance.now();
      },
      onState: () => {},
    });
  }

  stop(): void {
    this.#connection.stop();
  }
}

export async function storm(sockets: number): Promise<StormReport> {
  becomePage();
  const server = new Bare();
  const guests: Guest[] = [];
  try {
    await server.begin();
    while (guests.length < sockets) {
      const more = Math.min(SIDE_BY_SIDE, sockets - guests.length);
      for (let count = 0; count < more; count += 1) guests.push(new Guest(server.url));
      await until('all to join', () => guests.every(({ joined }) => joined > 0));
    }
    await server.kill();
    const lost = performance.now();
    await server.start();
    const back = () => guests.every(({ joined }) => joined > lost);
    await until('all to come back', back, PATIENCE_MS);
    return report(guests.map(({ joined }) => joined - lost));
  } finally {
    for (const guest of guests) guest.stop();
    await server.end();
  }
}

function report(times: number[]): StormReport {
  const seconds = Math.max(...times) / 1000;
  const perSecond = Array.from({ length: Math.ceil(seconds) }, (_, second) => {
    return times.filter((time) => Math.floor(time / 1000) === second).length;
  });
  const peak = (Math.max(...perSecond) * perSecond.length) / times.length;
  return { sockets: times.length, seconds, perSecond, peak };
}
