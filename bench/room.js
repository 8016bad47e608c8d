// The baseline: a chat room as short as it can be. It stores each message and sends it on; no ids,
// no acknowledgement, no order that survives a restart, no protection against doubles.

import { DurableObject } from 'cloudflare:workers';

export class Room extends DurableObject {
  constructor(state, env) {
    super(state, env);
    state.storage.sql.exec('CREATE TABLE IF NOT EXISTS message(id INTEGER PRIMARY KEY, text TEXT)');
  }

  async fetch() {
    const [client, server] = Object.values(new WebSocketPair());
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  async webSocketMessage(_, text) {
    this.ctx.storage.sql.exec('INSERT INTO message(text) VALUES(?)', text);
    for (const socket of this.ctx.getWebSockets()) socket.send(text);
  }

  async webSocketClose(socket, code) {
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }
}

export default {
  fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === '/healthz') return new Response('ok');
    return env.ROOM.get(env.ROOM.idFromName(pathname)).fetch(request);
  },
};
