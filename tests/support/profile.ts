// A browser on a profile that stays, whose process a test can kill.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { FLAGS } from './browser.ts';

const READY = /DevTools listening on (ws:\S+)/;

export class Profile {
  private readonly folder = mkdtempSync(join(tmpdir(), 'edgewise-profile-'));
  private process: ChildProcess | undefined;

  /** Starts the browser on what the profile holds. */
  async start(): Promise<BrowserContext> {
    const { CHROMIUM } = process.env;
    assert(CHROMIUM, 'CHROMIUM must be the path of a Chromium');
    const own = ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${this.folder}`];
    // A group of its own, so that no process of it survives.
    const child = spawn(CHROMIUM, [...FLAGS, ...own, 'about:blank'], {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.process = child;
    const address = await new Promise<string>((ready, fail) => {
      let said = '';
      child.once('exit', () => fail(new Error(`Chromium did not start: ${said}`)));
      child.stderr.on('data', (data) => {
        said += data;
        const found = READY.exec(said)?.[1];
        if (found) ready(found);
      });
    });
    const browser = await chromium.connectOverCDP(address);
    const [context] = browser.contexts();
    assert(context, 'a browser has a context');
    return context;
  }

  /** Ends every process of the browser at once, as a power cut would. */
  async kill(): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (child?.pid === undefined) return;
    const gone = once(child, 'exit');
    process.kill(-child.pid, 'SIGKILL');
    await gone;
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
