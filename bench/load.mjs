// The load, the same for all that are compared: conversations of two sockets each, both sending. A
// message counts when it is done: its sender has the ack and the other side the event, or, from
// the room, when both sockets have its copy. All send the same bytes in and two frames out.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import WebSocket from 'ws';
import { SHOP, setUp, TEXT, Visitor } from './people.mjs';
import { settled } from './server.mjs';

/** Frames Edgewise takes from a session at once, less its hello and the message that opens. */
const BURST = 38;

async function connect(url, protocols) {
  const options = { origin: SHOP, perMessageDeflate: false };
  const socket = new WebSocket(url.replace('http', 'ws'), protocols, options);
  await once(socket, 'open');
  return socket;
}

/** Resolves with the first frame that `wanted` accepts. */
function frame(socket, wanted) {
  return new Promise((done, fail) => {
    const look = (data) => {
      if (!wanted(String(data))) return;
      socket.off('message', look);
      done();
    };
    socket.on('message', look);
    socket.once('close', (code) => fail(new Error(`closed with ${code}`)));
  });
}

const message = (id = randomUUID()) => JSON.stringify({ t: 'send', client_id: id, text: TEXT });
const isAck = (text) => text.startsWith('{"t":"ack"');
const isShown = (text) => text.includes('"kind":"message"');

async function tab(url, visitor) {
  const protocols = ['edgewise.v1', await visitor.token(url)];
  const socket = await connect(`${url}/ws/conversation`, protocols);
  const joined = frame(socket, (text) => text.startsWith('{"t":"batch"'));
  socket.send('{"t":"hello","after":0}');
  await joined;
  return socket;
}

/**
 * How to open a conversation, and which frames tell its sender (`own`) and the other side (`shown`)
 * that a message is done.
 */
export const PEERS = {
  edgewise: {
    prepare: setUp,
    async open(url) {
      const visitor = new Visitor();
      return [await tab(url, visitor), await tab(url, visitor)];
    },
    own: isAck,
    shown: isShown,
  },
  durable: {
    prepare: () => {},
    async open(url) {
      const place = `${url}/${randomUUID()}?author=`;
      return [await connect(`${place}visitor`), await connect(`${place}agent`)];
    },
    own: isAck,
    shown: isShown,
  },
  room: {
    prepare: () => {},
    async open(url) {
      const place = `${url}/${randomUUID()}`;
      return [await connect(place), await connect(place)];
    },
    own: () => true,
    shown: () => true,
  },
};

/** Opens conversations; each has its first message, so that what only the first costs is over. */
export async function openAll(peer, server, count) {
  const pairs = await Promise.all(Array.from({ length: count }, () => peer.open(server.url)));
  await greet(peer, server, pairs);
  return pairs;
}

/** A message in each conversation, which wakes those that sleep. */
export async function greet(peer, { pid }, pairs) {
  const greeted = pairs.map(async ([one, other]) => {
    const done = [frame(one, peer.own), frame(other, peer.shown)];
    one.send(message());
    await Promise.all(done);
  });
  await Promise.all(greeted);
  await settled(pid);
  for (const socket of pairs.flat()) socket.removeAllListeners('message');
}

export function closeAll(pairs) {
  for (const socket of pairs.flat()) {
    socket.removeAllListeners('close');
    socket.terminate();
  }
}

/** Each socket sends a burst at once. Resolves to {messages, seconds, cpu in ms}. */
export async function burst(peer, pairs, cpuNow) {
  const sockets = pairs.flat();
  const messages = sockets.length * BURST;
  const letters = sockets.map(() => Array.from({ length: BURST }, () => message()));
  let left = messages * 2;
  const done = new Promise((resolve, reject) => {
    for (const socket of sockets) {
      socket.on('message', (data) => {
        const text = String(data);
        if (peer.own(text) || peer.shown(text)) left -= 1;
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
  return { messages, seconds: (performance.now() - since) / 1000, cpu: cpuNow() - before };
}

/**
 * Sends at a steady pace, in turns; resolves to the milliseconds to the other side. The two of a
 * conversation are half a round apart: each message comes alone.
 */
export async function paced(peer, pairs, perSecond) {
  const sent = new Map();
  const times = [];
  const turns = [0, 1].flatMap((side) => pairs.map((pair) => pair[side]));
  const total = turns.length * BURST;
  const done = new Promise((resolve, reject) => {
    for (const socket of turns) {
      socket.on('message', (data) => {
        const text = String(data);
        const letter = sent.get(/"client_id":"([^"]+)"/.exec(text)?.[1]);
        if (!letter || letter.by === socket || !peer.shown(text)) return;
        times.push(performance.now() - letter.at);
        if (times.length === total) resolve();
      });
      socket.on('close', (code) => reject(new Error(`closed with ${code}`)));
    }
  });
  const since = performance.now();
  for (let count = 0; count < total; ) {
    const due = Math.min(total, ((performance.now() - since) / 1000) * perSecond);
    for (; count < due; count += 1) {
      const id = randomUUID();
      const by = turns[count % turns.length];
      sent.set(id, { by, at: performance.now() });
      by.send(message(id));
    }
    await new Promise((wake) => setTimeout(wake, 1));
  }
  await done;
  return times;
}
