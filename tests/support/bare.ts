// The built worker in plain workerd: it starts in milliseconds, and again on the same data and
// port after a power cut. It has no static files.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Running {
  readonly url: string;
  readonly port: number;
  readonly log: string;
  kill(): Promise<void>;
}

// The tools are plain JavaScript, of which the compiler knows no types.
const tool = (name: string) => import(new URL(`../../tools/lib/${name}.mjs`, import.meta.url).href);

export class Bare {
  readonly folder = mkdtempSync(join(tmpdir(), 'edgewise-bare-'));
  #running: Running | undefined;
  #port: number | undefined;

  /** Starts it for the first time and makes the demo site. */
  async begin(): Promise<void> {
    await this.start();
    const [{ seedDemo }, { SETUP_TOKEN }] = await Promise.all([tool('seed'), tool('workerd')]);
    await seedDemo(this.url, SETUP_TOKEN);
  }

  /** `answers` tells whether it has started; any answer over HTTP counts when it is not given. */
  async start(answers?: (url: string) => Promise<boolean>): Promise<void> {
    const { EDGEWISE, startWorkerd } = await tool('workerd');
    const options = { folder: this.folder, port: this.#port, answers };
    const running: Running = await startWorkerd(EDGEWISE, options);
    this.#running = running;
    this.#port = running.port;
  }

  async kill(): Promise<void> {
    await this.#running?.kill();
    this.#running = undefined;
  }

  /** Ends it; its data stay for whoever wants to know what went wrong. */
  async end({ keep = false } = {}): Promise<void> {
    await this.kill();
    if (!keep) rmSync(this.folder, { recursive: true, force: true });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get port(): number {
    if (!this.#port) throw new Error('the worker was never started');
    return this.#port;
  }
}
