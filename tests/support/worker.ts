// The built worker for a test file: started before its tests, ended after them, its data in a
// folder of its own that is gone afterwards.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';

/** A running worker, as tools/lib/server.mjs has it. */
interface Running {
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly log: string;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

export interface Options {
  /** Whether to make the demo site and its team. */
  seed?: boolean;
  /** Of the worker; `undefined` takes one away. */
  vars?: Record<string, string | undefined>;
  /** Whether there is a bucket for attachments; there is unless told otherwise. */
  files?: boolean;
  /** The answer of `/healthz` that counts as started. */
  health?: number;
}

// The tools are plain JavaScript, of which the compiler knows no types.
const tools = new URL('../../tools/lib/server.mjs', import.meta.url).href;

function start(options: object): Promise<Running> {
  return import(tools).then(({ startServer }) => startServer(options));
}

/** A worker that can be started again on the same data and port. */
export class Worker {
  readonly state = mkdtempSync(join(tmpdir(), 'edgewise-'));
  private readonly options: Options;
  private running: Running | undefined;
  private port: number | undefined;

  constructor(options: Options = {}) {
    this.options = options;
  }

  async start(): Promise<void> {
    const { state, options, port } = this;
    this.running = await start({ ...options, state, port, demo: false });
    this.port = this.running.port;
  }

  /** Ends it like a power cut. */
  async kill(): Promise<void> {
    await this.running?.kill();
    this.running = undefined;
  }

  async end(): Promise<void> {
    await this.running?.stop();
    rmSync(this.state, { recursive: true, force: true });
  }

  get url(): string {
    if (!this.port) throw new Error('the worker was never started');
    return `http://127.0.0.1:${this.port}`;
  }

  get token(): string {
    if (!this.running) throw new Error('the worker does not run');
    return this.running.token;
  }
}

/** The worker of this file or `describe`; `ready` is what its tests need besides. */
export function serve(ready?: () => Promise<void>, options: Options = {}): Worker {
  const worker = new Worker(options);
  // One hook, not two: those of a file do not wait for each other.
  before(async () => {
    await worker.start();
    await ready?.();
  });
  after(() => worker.end());
  return worker;
}
