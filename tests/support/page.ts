// What the real client needs of a browser, in Node: sockets that tell the origin of a page.

import WebSocket from 'ws';
import { SHOP } from './live.ts';

class PageSocket extends WebSocket {
  constructor(url: string, protocols: string[]) {
    super(url, protocols, { origin: SHOP, perMessageDeflate: false });
    // A browser's socket never throws what it also tells by closing.
    this.on('error', () => {});
  }
}

/** Makes this process a page of the demo shop. */
export function becomePage(): void {
  Object.assign(globalThis, { WebSocket: PageSocket });
}
