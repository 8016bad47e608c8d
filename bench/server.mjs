// Plain workerd, without wrangler, so that only the runtime and the object are measured. Pinned to
// one core where the machine can do that; the client stays on the others.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import workerd from 'workerd';
import { freePort } from '../tools/lib/server.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const settings = readFileSync(join(root, 'wrangler.toml'), 'utf8');
const [, date] = /compatibility_date = "([^"]+)"/.exec(settings);
export const SETUP_TOKEN = 'bench';

const object = (name) => `(className = "${name}", uniqueKey = "${name}", enableSql = true)`;
const namespace = (binding, name) => `(name = "${binding}", durableObjectNamespace = "${name}")`;

/** The parts of a workerd configuration that differ between the two. */
export const SUBJECTS = {
  edgewise: {
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
  },
  room: {
    modules: [['room.js', 'esModule', 'bench/room.js']],
    objects: ['Room'],
    bindings: [namespace('ROOM', 'Room')],
  },
};

function config({ modules, objects, bindings }, port, folder) {
  // Files are embedded by paths relative to the configuration.
  const module = ([name, kind, path]) =>
    `(name = "${name}", ${kind} = embed "${relative(folder, join(root, path))}")`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), 
    (name = "data", disk = (path = "${join(folder, 'data')}", writable = true))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
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

/** Starts one of the two; resolves when it answers. */
export async function start(subject) {
  const folder = mkdtempSync(join(tmpdir(), 'edgewise-bench-'));
  mkdirSync(join(folder, 'data'));
  const port = await freePort();
  const file = join(folder, 'config.capnp');
  writeFileSync(file, config(SUBJECTS[subject], port, folder));
  const pin = process.platform === 'linux' && cpus().length > 1 ? ['taskset', '-c', '0'] : [];
  const [command, ...args] = [...pin, workerd.default ?? workerd, 'serve', file];
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const gone = new Promise((done) => child.once('exit', done));
  const stop = async () => {
    child.kill('SIGKILL');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', () => child.kill('SIGKILL'));
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries += 1) {
    // 503 is an answer, too: without set-up and static files Edgewise says what it lacks.
    if (
      await fetch(`${url}/healthz`).then(
        () => true,
        () => false,
      )
    )
      break;
    if (tries > 300) throw new Error(`${subject} does not start`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
  return { url, pid: child.pid, stop };
}

/** Processor time the process has used, in milliseconds. */
export function cpuOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) * 10; // in ticks of 10 ms
}
