// How long the tasks of a page's main thread take, in processor time of that thread: what other
// programs of the machine do meanwhile counts for nothing, so a gate can stand on it.

/**
 * Watches what `act` makes the page do: {longest} in milliseconds. `client` is a CDP session of the
 * page; a processor slowed by Emulation.setCPUThrottlingRate is slow here, too.
 *
 * @param {import('playwright-core').CDPSession} client
 * @param {() => Promise<void>} act
 * @returns {Promise<{longest: number}>}
 */
export async function watchTasks(client, act) {
  /** @type {any[]} */
  const seen = [];
  const keep = ({ value }) => seen.push(...value);
  client.on('Tracing.dataCollected', keep);
  await client.send('Tracing.start', { transferMode: 'ReportEvents', categories: 'toplevel' });
  await act();
  const complete = new Promise((done) => client.once('Tracing.tracingComplete', done));
  await client.send('Tracing.end');
  await complete;
  client.off('Tracing.dataCollected', keep);
  const thread = ({ pid, tid }) => `${pid} ${tid}`;
  const named = seen.filter(({ name, args }) => {
    return name === 'thread_name' && args.name === 'CrRendererMain';
  });
  const mains = new Set(named.map(thread));
  const tasks = seen.filter((event) => /RunTask$/.test(event.name) && mains.has(thread(event)));
  if (tasks.length === 0) throw new Error('the trace holds no tasks');
  return { longest: Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000 };
}
