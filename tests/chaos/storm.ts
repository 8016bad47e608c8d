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
  /** How many tries there were in each second from the loss on. */
  perSecond: number[];
  /**
   * The busiest of these seconds, as a multiple of the mean until all but one of twenty were made:
   * who comes back late leaves the others' second no busier.
   */
  peak: number;
  /** The same of the first tries, in the quarters of the time that their waiting spreads over. */
  rush: number;
};

/** Sockets that are opened side by side at first, when there is no storm yet. */
const SIDE_BY_SIDE = 20;
const PATIENCE_MS = 90_000;
/** As client/backoff.ts has it. */
const FIRST_WAIT_MS = 1_500;

class Guest {
  readonly tries: number[] = [];
  joined = 0;
  readonly #connection: Connection;

  constructor(url: string) {
    const visitor = new Visitor(url);
    this.#connection = connect({
      url: `${url.replace('http', 'ws')}/ws/conversation`,
      ticket: async () => {
        this.tries.push(performance.now());
        return (await visitor.ticket()).ticket;
      },
      onOpen: () => {
        this.#connection.send({ t: 'hello', after: 0 });
      },
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
    return report(guests, lost);
  } finally {
    for (const guest of guests) guest.stop();
    await server.end();
  }
}

function report(guests: Guest[], lost: number): StormReport {
  const seconds = (Math.max(...guests.map(({ joined }) => joined)) - lost) / 1000;
  const tries = guests.map((guest) => guest.tries.filter((time) => time > lost));
  const perSecond = histogram(tries.flat().map((time) => (time - lost) / 1000));
  const first = tries.map(([time = lost]) => ((time - lost) / FIRST_WAIT_MS) * 4);
  const quarters = histogram(first.map((quarter) => Math.min(3, quarter)));
  return {
    sockets: guests.length,
    seconds,
    perSecond,
    peak: peakOf(perSecond, secondsOfMost(perSecond)),
    rush: peakOf(quarters, 4),
  };
}

function histogram(values: number[]): number[] {
  const whole = values.map(Math.floor);
  const length = Math.max(...whole) + 1;
  return Array.from({ length }, (_, at) => whole.filter((value) => value === at).length);
}

/** After how many seconds all but one of twenty are through. */
function secondsOfMost(perSecond: number[]): number {
  const within = (seconds: number) => sumOf(perSecond.slice(0, seconds));
  const seconds = perSecond.map((_, at) => at + 1);
  return seconds.find((some) => within(some) >= 0.95 * sumOf(perSecond)) ?? seconds.length;
}

/** The largest of the counts, as a multiple of the mean over the first `slots`. */
function peakOf(counts: number[], slots: number): number {
  return (Math.max(...counts) * slots) / sumOf(counts.slice(0, slots));
}

function sumOf(counts: number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
