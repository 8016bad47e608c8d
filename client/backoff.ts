/** How long to wait before the next socket: full jitter, so that dropped clients spread out. */

const FIRST_MS = 1_000;
const MAX_MS = 30_000;

export class Backoff {
  #tries = 0;
  #notBefore = 0;
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** The wait before the next try, anywhere between nothing and a ceiling that doubles to 30 s. */
  next(now: number): number {
    const ceiling = Math.min(MAX_MS, FIRST_MS * 2 ** this.#tries);
    this.#tries += 1;
    return Math.max(this.#random() * ceiling, this.ordered(now));
  }

  /** What the server ordered to wait (close code 4429) and is still to go; nothing shortens it. */
  ordered(now: number): number {
    return Math.max(0, this.#notBefore - now);
  }

  order(now: number, wait: number): void {
    this.#notBefore = now + Math.min(Math.max(wait, 0), 10 * MAX_MS);
  }

  /** The last socket proved stable. */
  reset(): void {
    this.#tries = 0;
  }
}
