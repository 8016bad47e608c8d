// Edgewise with a meter, for benchmarks only: the built worker, unchanged, between counters of what
// is billed. Rows are what the platform's own cursors say; setting an alarm is one more row.
// `GET /counts` answers with the sums of each kind of object since the start.

import * as edgewise from '../build/index.js';

const HANDLERS = ['fetch', 'alarm', 'webSocketMessage', 'webSocketClose', 'webSocketError'];
const counts = {};

function meterRows(storage, count) {
  const { sql } = storage;
  const exec = sql.exec.bind(sql);
  sql.exec = (...asked) => {
    const cursor = exec(...asked);
    // Rows count when they are read, so all are; the worker reads them like this.
    const rows = [...cursor.raw()];
    count.read += cursor.rowsRead;
    count.written += cursor.rowsWritten;
    return { raw: () => ({ toArray: () => rows }) };
  };
}

function meterAlarms(storage, count) {
  const setAlarm = storage.setAlarm.bind(storage);
  storage.setAlarm = (moment) => {
    count.written += 1;
    return setAlarm(moment);
  };
}

/** The same class; it counts how often an object is built and each of its handlers called. */
function counted(name, original) {
  const count = { read: 0, written: 0, built: 0 };
  for (const handler of HANDLERS) count[handler] = 0;
  counts[name] = count;
  const get = (object, key) => {
    const found = Reflect.get(object, key);
    if (!HANDLERS.includes(key)) return found;
    return (...args) => {
      count[key] += 1;
      return found.apply(object, args);
    };
  };
  return new Proxy(original, {
    construct(_, [state, env]) {
      count.built += 1;
      meterRows(state.storage, count);
      meterAlarms(state.storage, count);
      return new Proxy(new original(state, env), { get });
    },
  });
}

export const ConversationObject = counted('ConversationObject', edgewise.ConversationObject);
export const RouterObject = counted('RouterObject', edgewise.RouterObject);
export const SiteObject = counted('SiteObject', edgewise.SiteObject);
export const DeploymentObject = counted('DeploymentObject', edgewise.DeploymentObject);

export default {
  fetch(request, env, context) {
    if (new URL(request.url).pathname === '/counts') return Response.json(counts);
    return new edgewise.default(context, env).fetch(request);
  },
};
