// Ports for servers that are told theirs and listen a while later, some many times.

import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const HOST = '127.0.0.1';
/** Systems give ports above these to connections, at random: such a one may be gone by then. */
const FIRST = 20_000;
const LAST = 32_000;
const TRIES = 100;

/** Rejects if somebody listens on the port. */
export function tryPort(port) {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen({ port, host: HOST, exclusive: true }, () => server.close(done));
  });
}

/**
 * Takes the UDP port of this number for as long as this process lives: a mark for others who look
 * for a port, which is gone with us however we end.
 */
function mark(port) {
  return new Promise((done, fail) => {
    const socket = createSocket('udp4').unref();
    socket.once('error', fail);
    socket.bind({ port, address: HOST, exclusive: true }, done);
  });
}

/** A port nobody listens on, and that no other process gets from here before we end. */
export async function freePort() {
  for (let left = TRIES; ; left -= 1) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    try {
      await mark(port);
      await tryPort(port);
      return port;
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}
