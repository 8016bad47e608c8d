// The yardstick: the durable part of Edgewise's work in plain JavaScript, written for speed. Frames
// are checked, ids are unique per participant for ever, seqs are dense, the sender gets an ack and
// everybody else the event, sockets hibernate and keep their identity. What it leaves out: rules,
// rights, pace, status, read marks, queue, catching up, epochs and the outbox.

import { DurableObject } from 'cloudflare:workers';

const TEXT_CHARS = 8_000;
const FRAME_BYTES = 32 * 1024;
const CLIENT_ID = /^[\w-]{1,48}$/;

const SCHEMA = `CREATE TABLE IF NOT EXISTS message(seq INTEGER PRIMARY KEY, at INTEGER NOT NULL,
  author TEXT NOT NULL, client_id TEXT NOT NULL, text TEXT NOT NULL, UNIQUE(client_id, author))`;
const INSERT = 'INSERT INTO message(seq, at, author, client_id, text) VALUES(?, ?, ?, ?, ?)';
const FIND = 'SELECT seq, at, text FROM message WHERE client_id = ? AND author = ?';

/** A frame `send` with nothing wrong in it, or undefined. */
function decode(data) {
  if (typeof data !== 'string' || data.length > FRAME_BYTES) return undefined;
  try {
    const frame = JSON.parse(data);
    const { t, client_id: id, text, ...others } = frame;
    if (t !== 'send' || Object.keys(others).length > 0) return undefined;
    if (typeof id !== 'string' || !CLIENT_ID.test(id) || typeof text !== 'string') return undefined;
    if (text.length > 2 * TEXT_CHARS || text.trim() === '') return undefined;
    return text.length > TEXT_CHARS && [...text].length > TEXT_CHARS ? undefined : frame;
  } catch {
    return undefined;
  }
}

export class Durable extends DurableObject {
  #sql;
  #seq;

  constructor(state, env) {
    super(state, env);
    this.#sql = state.storage.sql;
    this.#sql.exec(SCHEMA);
    this.#seq = this.#sql.exec('SELECT coalesce(max(seq), 0) AS seq FROM message').one().seq;
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'));
  }

  async fetch(request) {
    const [client, server] = Object.values(new WebSocketPair());
    this.ctx.acceptWebSocket(server);
    server.serializeAttachment(new URL(request.url).searchParams.get('author'));
    return new Response(null, { status: 101, webSocket: client });
  }

  async webSocketMessage(socket, data) {
    const frame = decode(data);
    if (!frame) {
      socket.close(4400, 'bad_frame');
      return;
    }
    const { client_id, text } = frame;
    const author = socket.deserializeAttachment();
    const seq = this.#seq + 1;
    const at = Date.now();
    try {
      this.#sql.exec(INSERT, seq, at, author, client_id, text);
    } catch (error) {
      const stored = this.#sql.exec(FIND, client_id, author).toArray()[0];
      // Not a repeat, so the write itself has failed: the client keeps its message.
      if (!stored) throw error;
      const again = { t: 'ack', client_id, seq: stored.seq, at: stored.at };
      const reused = { t: 'rejected', client_id, code: 'id_reused' };
      socket.send(JSON.stringify(stored.text === text ? again : reused));
      return;
    }
    this.#seq = seq;
    socket.send(JSON.stringify({ t: 'ack', client_id, seq, at }));
    const body = { kind: 'message', client_id, text };
    const event = { seq, at, author: { role: author }, body };
    const shown = JSON.stringify({ t: 'event', event });
    for (const other of this.ctx.getWebSockets()) if (other !== socket) other.send(shown);
  }

  async webSocketClose(socket, code) {
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }
}

export default {
  fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === '/healthz') return new Response('ok');
    return env.DURABLE.get(env.DURABLE.idFromName(pathname)).fetch(request);
  },
};
