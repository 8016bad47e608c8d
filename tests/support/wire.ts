// The line between a page and the worker, in the hand of a test: frames can be held or lost, and
// the line can be cut.

import type { Page, WebSocketRoute } from 'playwright-core';

type Fits = (frame: { t: string }) => boolean;
const nothing: Fits = () => false;

function fits(test: Fits, message: string | Buffer): boolean {
  const text = String(message);
  return text !== 'ping' && text !== 'pong' && test(JSON.parse(text));
}

export class Wire {
  private readonly page: Page;
  private readonly ends: { page: WebSocketRoute; worker: WebSocketRoute }[] = [];
  private held: (() => void)[] = [];
  private holds = nothing;
  private loses = nothing;

  private constructor(page: Page) {
    this.page = page;
  }

  /** Takes the lines of a page in hand, before it opens any. */
  static async over(page: Page): Promise<Wire> {
    const wire = new Wire(page);
    await page.routeWebSocket(/\/ws\//, (end) => wire.join(end));
    return wire;
  }

  /** Keeps these frames of the page back, until they are released. */
  hold(which: Fits): void {
    this.holds = which;
  }

  release(): void {
    this.holds = nothing;
    for (const send of this.held) send();
    this.held = [];
  }

  /** These frames of the worker never arrive. */
  lose(which: Fits): void {
    this.loses = which;
  }

  /** The network is gone, and with it every line. */
  async cut(): Promise<void> {
    await this.page.context().setOffline(true);
    this.held = [];
    for (const { page, worker } of this.ends.splice(0)) {
      await worker.close();
      await page.close({ code: 1001, reason: 'cut' });
    }
  }

  async mend(): Promise<void> {
    await this.page.context().setOffline(false);
  }

  private join(page: WebSocketRoute): void {
    const worker = page.connectToServer();
    this.ends.push({ page, worker });
    page.onMessage((message) => {
      if (fits(this.holds, message)) this.held.push(() => worker.send(message));
      else worker.send(message);
    });
    worker.onMessage((message) => {
      if (!fits(this.loses, message)) page.send(message);
    });
  }
}
