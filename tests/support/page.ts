// What the real client needs of a browser, in Node: sockets and requests that tell the origin of
// a page.

import WebSocket from 'ws';
import { SHOP } from './live.ts';

class PageSocket extends WebSocket {
  constructor(url: string, protocols: string[]) {
    super(url, protocols, { origin: SHOP, perMessageDeflate: false });
    // A browser's socket never throws what it also tells by closing.
    this.on('error', () => {});
  }
}

const withOrigin = (ask: typeof fetch): typeof fetch => {
  return (where, options) => {
    const headers = new Headers(options?.headers);
    if (!headers.has('origin')) headers.set('origin', SHOP);
    return ask(where, { ...options, headers });
  };
};

/** Makes this process a page of the demo shop. */
export function becomePage(): void {
  Object.assign(globalThis, { WebSocket: PageSocket, fetch: withOrigin(fetch) });
}

/** Times that a client waits for the network, rather than for its own work. */
const PATIENT_MS = 5_000;
/** How much shorter they become. */
const HURRY = 20;

/** Has the client's long waits pass twenty times as fast: pings, and how long it believes. */
export function hurry(): void {
  const { setTimeout, setInterval } = globalThis;
  type Act = (...args: unknown[]) => void;
  const soon = (ms = 0) => (ms >= PATIENT_MS ? ms / HURRY : ms);
  Object.assign(globalThis, {
    setTimeout: (act: Act, ms?: number, ...args: unknown[]) => setTimeout(act, soon(ms), ...args),
    setInterval: (act: Act, ms?: number, ...args: unknown[]) => setInterval(act, soon(ms), ...args),
  });
}
