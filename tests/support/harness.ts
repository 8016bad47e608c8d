// The built worker in wrangler's harness, which can put an object to sleep at a given moment.

import { after, before } from 'node:test';
import { createTestHarness } from 'wrangler';

const root = new URL('../..', import.meta.url);
const SETUP_TOKEN = 'of-this-test-only';

// What is built is tested: the harness has no other way to skip the build.
process.env.EDGEWISE_BUILT = '1';
process.env.WRANGLER_SEND_METRICS = 'false';
process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false';

type Harness = ReturnType<typeof createTestHarness>;

export class Harnessed {
  url = '';
  /** How often an object was put to sleep. */
  sleeps = 0;
  private harness: Harness | undefined;

  async start(folder: URL): Promise<void> {
    const configPath = new URL('wrangler.toml', folder);
    this.harness = createTestHarness({ workers: [{ configPath, secrets: { SETUP_TOKEN } }] });
    this.url = (await this.harness.listen()).url.origin;
    const { seedDemo } = await import(new URL('tools/lib/seed.mjs', root).href);
    await seedDemo(this.url, SETUP_TOKEN);
  }

  async end(): Promise<void> {
    await this.harness?.close();
  }

  /** Has an object sleep; the answer is whether it was awake. */
  async sleep(kind: 'CONVERSATION' | 'ROUTER', name: string): Promise<boolean> {
    try {
      const worker = this.harness?.getWorker();
      await worker?.evictDurableObject(kind, { name, webSockets: 'hibernate' });
      this.sleeps += 1;
      return true;
    } catch (error) {
      if (String(error).includes('not currently running')) return false;
      throw error;
    }
  }
}

/** The worker of a test file, with the demo site; `made` makes the folder of what is built. */
export function harnessed(made: () => Promise<URL> = async () => root): Harnessed {
  const worker = new Harnessed();
  before(async () => worker.start(await made()));
  after(() => worker.end());
  return worker;
}
