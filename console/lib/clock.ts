// What the time is at the server: deadlines come in its time, and a laptop's clock may be off.

import type { Millis } from '../../client/frames.ts';

/** Less is the way of the answer, or the whole seconds in which a `Date` header counts. */
const NOISE_MS = 2_000;
let ahead = 0;

/** `date` is the header of an answer that has just come. */
export function hearDate(date: string | null, now: Millis = Date.now()): void {
  const server = Date.parse(date ?? '');
  if (Number.isNaN(server)) return;
  ahead = Math.abs(server - now) > NOISE_MS ? server - now : 0;
}

export function serverNow(now: Millis = Date.now()): Millis {
  return now + ahead;
}
