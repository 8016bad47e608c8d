// Plain workerd, without wrangler: for benchmarks, which measure the runtime alone, and for power
// cuts, which need one that starts in milliseconds and again on the same data. Static files are not
// served.

import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import workerd from 'workerd';
import { root } from './paths.mjs';
import { freePort } from './port.mjs';

const HOST = '127.0.0.1';
const POLL_MS = 5;
const READY_MS = 30_000;
const settings = readFileSync(join(root, 'wrangler.toml'), 'utf8');
const [, date] = /compatibility_date = "([^"]+)"/.exec(settings);

/** Of every worker that is started here. */
export const SETUP_TOKEN = 'of-this-run-only';

const object = (name) => `(className = "${name}", uniqueKey = "${name}", enableSql = true)`;
export const namespace = (binding, name) =>
  `(name = "${binding}", durableObjectNamespace = "${name}")`;

/** The parts of a configuration that differ between workers. */
export const EDGEWISE = {
  modules: [
    ['index.js', 'esModule', 'build/index.js'],
    ['index_bg.wasm', 'wasm', 'build/index_bg.wasm'],
  ],
  objects: ['ConversationObject', 'RouterObject', 'SiteObject', 'DeploymentObject'],
  bindings: [
    namespace('CONVERSATION', 'ConversationObject'),
    namespace('ROUTER', 'RouterObject'),
    namespace('SITE', 'SiteObject'),
    namespace('DEPLOYMENT', 'DeploymentObject'),
    `(name = "SETUP_TOKEN", text = "${SETUP_TOKEN}")`,
  ],
};

function config({ modules, objects, bindings }, port, folder) {
  // Files are embedded by paths relative to the configuration.
  const module = ([name, kind, path]) =>
    `(name = "${name}", ${kind} = embed "${relative(folder, join(root, path))}")`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main),
    (name = "data", disk = (path = "${join(folder, 'data')}", writable = true))],
  sockets = [(name = "http", address = "${HOST}:${port}", http = (), service = "main")]
);
const main :Workerd.Worker = (
  modules = [${modules.map(module).join(', ')}],
  compatibilityDate = "${date}",
  durableObjectNamespaces = [${objects.map(object).join(', ')}],
  durableObjectStorage = (localDisk = "data"),
  bindings = [${bindings.join(',\n    ')}]
);
`;
}

// The pipe is written to once the runtime has ended as it should. That it closes without a word
// means that we are gone, however we ended, and the runtime goes, too.
const GUARD = '(read -r _ || kill -9 $$) <&3 3<&- & exec "$@" 3<&-';

/**
 * Starts a worker and resolves when it answers.
 *
 * folder: of all its data, kept between starts · port: a free one by default · pin: whether to keep
 * it on one core · answers(url): whether it has started; by default any answer of /healthz counts,
 * for without static files Edgewise says what it lacks.
 *
 * Resolves to {url, port, pid, log, kill()}; kill() is a power cut and resolves when it is gone.
 */
export async function startWorkerd(worker, { folder, port, pin = false, answers = answersAtAll }) {
  mkdirSync(join(folder, 'data'), { recursive: true });
  port ??= await freePort();
  const file = join(folder, 'config.capnp');
  writeFileSync(file, config(worker, port, folder));
  const log = join(folder, 'workerd.log');
  const out = openSync(log, 'a');
  const command = [...(pin ? ['taskset', '-c', '0'] : []), workerd.default ?? workerd];
  const args = ['-c', GUARD, 'guard', ...command, 'serve', file];
  const child = spawn('/bin/sh', args, { stdio: ['ignore', out, out, 'pipe'] });
  closeSync(out);
  let exited = false;
  const gone = new Promise((done) => child.once('exit', done)).then(() => {
    exited = true;
    child.stdio[3].end('\n');
  });
  child.stdio[3].on('error', () => {}); // The guard may be gone first.
  const kill = () => {
    child.kill('SIGKILL');
    return gone;
  };
  const url = `http://${HOST}:${port}`;
  for (const end = Date.now() + READY_MS; !(await answers(url)); ) {
    if (exited || Date.now() > end) {
      await kill();
      throw new Error(`workerd does not start:\n${readFileSync(log, 'utf8').slice(-2_000)}`);
    }
    await new Promise((wake) => setTimeout(wake, POLL_MS));
  }
  return { url, port, pid: child.pid, log, kill };
}

const answersAtAll = (url) =>
  fetch(`${url}/healthz`).then(
    () => true,
    () => false,
  );
