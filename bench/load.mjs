// The load: many conversations of two sockets each, both sending a burst at once. A message counts
// when it is done: for Edgewise when its sender has the ack and the other side the event, for the
// room when both sockets have its copy. Both servers send two frames for each message.

import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import WebSocket from 'ws';
import { SETUP_TOKEN } from '../tools/lib/workerd.mjs';

const TEXT = 'Good morning! Is the oak lamp still on stock, and how long does the shipping take?';
const ORIGIN = 'http://localhost';

async function post(url, path, body, origin = url) {
  const headers = { 'content-type': 'application/json', origin };
  const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

async function connect(url, protocols) {
  const socket = new WebSocket(url.replace('http', 'ws'), protocols, {
    origin: ORIGIN,
    perMessageDeflate: false,
  });
  await once(socket, 'open');
  return socket;
}

/** How to open a conversation and count what is done, for each of the two. */
export const PEERS = {
  edgewise: {
    prepare: (url) =>
      post(url, '/api/setup', {
        token: SETUP_TOKEN,
        site: 'bench',
        site_name: 'Bench',
        origins: [ORIGIN],
        name: 'Owner',
        email: 'owner@example.com',
        password: 'bench-bench',
      }),
    async open(url) {
      const hello = { site: 'bench', secret: randomBytes(32).toString('base64url') };
      const tab = async () => {
        const { ticket } = await post(url, '/api/visitors', hello, ORIGIN);
        const socket = await connect(`${url}/ws/conversation`, ['edgewise.v1', ticket.token]);
        // Both answers may come in one tick, so they are counted rather than awaited one by one.
        const joined = new Promise((done) => {
          socket.on('message', (data) => String(data).startsWith('{"t":"batch"') && done());
        });
        socket.send('{"t":"hello","after":0}');
        await joined;
        socket.removeAllListeners('message');
        return socket;
      };
      return [await tab(), await tab()];
    },
    message: () => JSON.stringify({ t: 'send', client_id: randomUUID(), text: TEXT }),
    counts: (frame) => frame.startsWith('{"t":"ack"') || frame.includes('"kind":"message"'),
  },
  room: {
    prepare: () => {},
    async open(url) {
      const room = `${url}/${randomUUID()}`;
      return [await connect(room), await connect(room)];
    },
    message: () => TEXT,
    counts: () => true,
  },
};

/** Runs one round; resolves to {messages, seconds, cpu}, cpu in milliseconds by `cpuNow`. */
export async function round(peer, url, { conversations, burst }, cpuNow) {
  const pairs = [];
  for (let n = 0; n < conversations; n += 1) pairs.push(await peer.open(url));
  const sockets = pairs.flat();
  const messages = sockets.length * burst;
  const letters = sockets.map(() => Array.from({ length: burst }, peer.message));
  let left = messages * 2;
  const done = new Promise((resolve, reject) => {
    for (const socket of sockets) {
      socket.on('message', (data) => {
        if (peer.counts(String(data))) left -= 1;
        if (left === 0) resolve();
      });
      socket.on('close', (code) => reject(new Error(`closed with ${code}`)));
    }
  });
  const [since, before] = [performance.now(), cpuNow()];
  sockets.forEach((socket, at) => {
    for (const letter of letters[at]) socket.send(letter);
  });
  await done;
  const [seconds, cpu] = [(performance.now() - since) / 1000, cpuNow() - before];
  for (const socket of sockets) {
    socket.removeAllListeners('close');
    socket.terminate();
  }
  return { messages, seconds, cpu };
}
