// `npm start`: sets everything up, builds, runs the worker on this machine and makes the demo site.
// PORT (8787) and EDGEWISE_STATE (.edgewise/state) may be given. Ends by SIGINT, SIGTERM or SIGHUP,
// and when the npm that started it is gone, and leaves no process behind.

import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from './build.mjs';
import { hold } from './lib/lock.mjs';
import { local } from './lib/paths.mjs';
import { Problem, tool } from './lib/problem.mjs';
import { AGENT, OWNER, PASSWORD } from './lib/seed.mjs';
import { startServer } from './lib/server.mjs';
import { broken } from './lib/watch.mjs';
import { setupNode } from './setup-node.mjs';

function portOf(text = '8787') {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Problem(`PORT=${text} is no port: PORT=8788 npm start`);
}

/**
 * Makes the demo site at the first start, on a port nobody knows: whoever gets an answer on the
 * real one, of /healthz above all, finds everything in place.
 */
async function seed(state) {
  const done = join(state, 'seeded');
  if (existsSync(done)) return;
  const server = await startServer({ state, demo: true });
  await server.stop();
  writeFileSync(done, '');
}

function welcome({ url, log }) {
  console.log(`
Edgewise runs at ${url}

  Demo page   ${url}/demo
  Console     ${url}/console
  Sign in     ${AGENT.email} or ${OWNER.email}, password ${PASSWORD}

The log is ${log}. Ctrl-C ends it.`);
}

// A set-up that is asked to end ends at once; a running server is stopped first.
let ask = () => process.exit(0);
const onSignal = () => ask();

await tool(
  async () => {
    await setupNode();
    const port = portOf(process.env.PORT || undefined);
    const state = resolve(process.env.EDGEWISE_STATE || join(local, 'state'));
    const release = hold(join(state, 'in-use'));
    if (!release)
      throw new Problem(`${state} is in use: stop the other one or set EDGEWISE_STATE.`);
    await build({ demo: true });
    const asked = new Promise((done) => {
      ask = () => done('asked');
    });
    await seed(state);
    const options = { port, state, demo: true, built: false, seed: false };
    for (let server = await startServer(options), first = true; ; first = false) {
      if (first) welcome(server);
      const ended = await Promise.race([asked, server.exit, broken(server)]);
      if (ended !== 'broken') {
        await server.stop();
        if (ended === 'asked') return;
        throw new Problem(`The worker ended by itself; see ${server.log}.`);
      }
      console.log('· the runtime died: starting it again on the same data');
      await server.kill();
      server = await startServer(options);
    }
  },
  { onSignal },
);
process.exit();
