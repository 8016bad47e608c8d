// Who uses Edgewise in a benchmark of its cost: a site with an owner at the desk, and visitors.

import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import WebSocket from 'ws';
import { SETUP_TOKEN } from '../tools/lib/workerd.mjs';

const SITE = 'bench';
const PASSWORD = 'bench-bench';
export const SHOP = 'http://localhost';
export const TEXT =
  'Good morning! Is the oak lamp still on stock, and how long does the shipping take?';
const PATIENCE_MS = 60_000;

async function post(url, path, body, { origin = url, cookie } = {}) {
  const headers = { 'content-type': 'application/json', origin, ...(cookie && { cookie }) };
  const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return { body: await answer.json(), cookie: answer.headers.getSetCookie()[0]?.split(';')[0] };
}

/** Makes the site; resolves to the owner's cookie. */
export async function setUp(url) {
  const owner = { name: 'Owner', email: 'owner@example.com', password: PASSWORD };
  const site = { token: SETUP_TOKEN, site: SITE, site_name: 'Bench', origins: [SHOP] };
  return (await post(url, '/api/setup', { ...site, ...owner })).cookie;
}

/** Adds an agent of this capacity, who signs in; resolves to the cookie. */
export async function hire(url, owner, email, capacity) {
  const agent = { name: 'Agent', email, password: PASSWORD, role: 'agent', capacity };
  await post(url, '/api/agents', agent, { cookie: owner });
  return (await post(url, '/api/sign-in', { email, password: PASSWORD })).cookie;
}

/** Whether a frame says that the conversation stands so. */
export const status = (is) => (frame) => frame.t === 'status' && frame.status.is === is;

/** One socket. It keeps no frames: each is given to those who wait for one like it. */
export class Line {
  bytes = 0;
  #socket;
  #waiting = new Set();

  static async open(url, path, token, origin) {
    const options = { origin, perMessageDeflate: false };
    const address = url.replace('http', 'ws') + path;
    const line = new Line();
    line.#socket = new WebSocket(address, ['edgewise.v1', token], options);
    line.#socket.on('message', (data) => line.#take(data));
    line.#socket.on('close', (code) => line.#fail(new Error(`closed with ${code}`)));
    await once(line.#socket, 'open');
    return line;
  }

  #take(data) {
    this.bytes += data.length;
    const text = String(data);
    const frame = text === 'pong' ? { t: 'pong' } : JSON.parse(text);
    for (const one of this.#waiting) if (one.wanted(frame)) one.done(frame);
  }

  #fail(error) {
    for (const one of this.#waiting) one.fail(error);
  }

  /** Resolves to the first frame from now on that is wanted. */
  next(wanted) {
    return new Promise((resolve, reject) => {
      const fail = (error) => this.#end(one, () => reject(error));
      const timer = setTimeout(() => fail(new Error(`no frame: ${wanted}`)), PATIENCE_MS);
      const one = { wanted, timer, fail, done: (frame) => this.#end(one, () => resolve(frame)) };
      this.#waiting.add(one);
    });
  }

  #end(one, settle) {
    clearTimeout(one.timer);
    this.#waiting.delete(one);
    settle();
  }

  /** Sends a frame, or the bare text of a ping. */
  send(frame) {
    this.#socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Sends a frame and resolves to its answer. */
  ask(frame, wanted) {
    const answer = this.next(wanted);
    this.send(frame);
    return answer;
  }

  /** Sends a message and resolves once it is acknowledged. */
  say(text = TEXT) {
    const id = randomUUID();
    return this.ask({ t: 'send', client_id: id, text }, (frame) => frame.client_id === id);
  }

  ping() {
    return this.ask('ping', (frame) => frame.t === 'pong');
  }

  /** Says hello and resolves when the first batch is there. */
  join(hello = { after: 0 }) {
    return this.ask({ t: 'hello', ...hello }, (frame) => frame.t === 'batch');
  }

  end() {
    this.#socket.terminate();
  }
}

/** A visitor: the same secret is the same visitor in the same conversation. */
export class Visitor {
  secret = randomBytes(32).toString('base64url');

  /** A token for one socket. */
  async token(url) {
    const hello = { site: SITE, secret: this.secret };
    const { body } = await post(url, '/api/visitors', hello, { origin: SHOP });
    this.conversation = body.conversation;
    return body.ticket.token;
  }

  /** Opens a socket; resolves to its line, which has said nothing yet. */
  async open(url) {
    return Line.open(url, '/ws/conversation', await this.token(url), SHOP);
  }
}

/** Opens the desk, or a conversation of the desk. */
export async function openAsAgent(url, cookie, conversation) {
  const wish = conversation ? { for: 'conversation', conversation } : { for: 'desk' };
  const { body } = await post(url, '/api/tickets', wish, { cookie });
  return Line.open(url, conversation ? '/ws/conversation' : '/ws/desk', body.token, url);
}
