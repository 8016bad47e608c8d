/** How long to wait before the next socket: full jitter, so that dropped clients spread out. */

/** Thousands that are dropped at once come back over this time. */
const FIRST_MS = 1_500;
const MAX_MS = 30_000;

export class Backoff {
  #tries = 0;
  #notBefore = 0;
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /**
   * The wait before the next try: what was ordered, else anywhere between nothing and a ceiling
   * that doubles to 30 s.
   */
  next(now: number): number {
    const ceiling = Math.min(MAX_MS, FIRST_MS * 2 ** this.#tries);
    this.#tries += 1;
    return this.ordered(now) || this.#random() * ceiling;
  }

  /** What the server ordered to wait and is still to go; nothing shortens it. */
  ordered(now: number): number {
    return Math.max(0, this.#notBefore - now);
  }

  /** C1: a random time in the window `from-to` that closed the socket, in milliseconds. */
  order(now: number, window: string): void {
    const [from = 0, to = 0] = window.split('-').map(Number);
    const wait = from + this.#random() * (to - from);
    // Not so for a reason that is no window: it orders nothing.
    if (wait > 0) this.#notBefore = now + Math.min(wait, 10 * MAX_MS);
  }

  /** The last socket proved stable. */
  reset(): void {
    this.#tries = 0;
  }
}
