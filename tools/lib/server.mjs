// Runs the built worker on this machine, for people (`npm start`) and for tests: wrangler and the
// workerd processes under it, in a process group of their own, on 127.0.0.1 only.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { bin, root } from './paths.mjs';
import { freePort, tryPort } from './port.mjs';
import { Problem } from './problem.mjs';
import { dropGroup, endGroup, processesOf } from './processes.mjs';
import { seedDemo } from './seed.mjs';

const HOST = '127.0.0.1';
const READY_MS = 90_000;
const POLL_MS = 100;
const TAIL_LINES = 15;

async function checkPort(port) {
  try {
    await tryPort(port);
  } catch (error) {
    if (error.code === 'EACCES') throw new Problem(`Port ${port} needs root: PORT=8788 npm start`);
    if (error.code !== 'EADDRINUSE') throw error;
    const other = port === 8788 ? 8789 : 8788;
    throw new Problem(`Port ${port} is taken: PORT=${other} npm start`);
  }
}

/** The set-up token of this state folder, made at the first start and kept. */
function setupToken(state) {
  const file = join(state, 'setup-token');
  if (!existsSync(file)) {
    writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  }
  return readFileSync(file, 'utf8').trim();
}

/** Variables go in a file, not on the command line, where every user of the machine reads them. */
function writeVars(state, vars) {
  const file = join(state, 'vars.env');
  const given = Object.entries(vars).filter(([, value]) => value !== undefined);
  const lines = given.map(([name, value]) => `${name}=${JSON.stringify(value)}\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  return file;
}

/**
 * The settings with the bucket for attachments, which as delivered is commented out. They lie
 * beside the delivered ones, for the paths in them. Servers that start at once see a whole file;
 * those that run look at it, and would start anew if it were touched.
 */
function settingsWithFiles() {
  const delivered = readFileSync(join(root, 'wrangler.toml'), 'utf8');
  const lines = /^# (?=\[\[r2_buckets\]\]$|binding = "FILES"$|bucket_name = )/gm;
  const file = join(root, '.wrangler-with-files.toml');
  const wanted = delivered.replace(lines, '');
  if (existsSync(file) && readFileSync(file, 'utf8') === wanted) return file;
  const own = `${file}.${process.pid}`;
  writeFileSync(own, wanted);
  renameSync(own, file);
  return file;
}

function spawnWrangler({ port, state, vars, demo, built, files, log }) {
  const wrangler = join(root, 'node_modules/wrangler/wrangler-dist/cli.js');
  const args = ['--no-warnings', wrangler, 'dev', '--ip', HOST, '--port', `${port}`];
  args.push('--inspector-ip', HOST, '--inspector-port', '0', '--persist-to', state);
  if (files) args.push('--config', settingsWithFiles());
  args.push('--env-file', writeVars(state, vars), '--show-interactive-dev-session=false');
  const env = {
    ...process.env,
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_SEND_ERROR_REPORTS: 'false',
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_WRITE_LOGS: 'false',
    // Servers that run side by side have the same name and must not find each other.
    WRANGLER_REGISTRY_PATH: join(state, 'registry'),
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    EDGEWISE_DEMO: demo ? '1' : '0',
    EDGEWISE_BUILT: built ? '1' : '0',
    NO_COLOR: '1',
  };
  const out = openSync(log, 'w');
  // The pipe is never written to; the guard ends the group when it closes, however we end.
  const stdio = ['pipe', out, out];
  const node = join(bin, 'node');
  const guard = join(root, 'tools/lib/guard.mjs');
  const child = spawn(node, [guard, node, ...args], { cwd: root, env, stdio, detached: true });
  closeSync(out);
  return child;
}

const tail = (log) => readFileSync(log, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');

async function ready(url, server, health) {
  let seen = 'no answer';
  for (const until = Date.now() + READY_MS; Date.now() < until; ) {
    if (server.exited) throw new Problem(`The worker did not start:\n${tail(server.log)}`);
    try {
      const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(10_000) });
      if (answer.status === health) return;
      seen = `${answer.status} ${await answer.text()}`;
    } catch {
      // Not listening yet.
    }
    await new Promise((wake) => setTimeout(wake, POLL_MS));
  }
  throw new Problem(`The worker is not healthy (${seen}):\n${tail(server.log)}`);
}

/**
 * Starts the worker and resolves when it answers.
 *
 * port: a free one by default · state: the folder of all data, kept between starts · vars: of the
 * worker, added to the set-up token, `undefined` takes one away · seed: whether to make the demo
 * site and its team · demo: whether the build includes the demo page · built: whether to trust
 * build/ and dist/ as they are · files: whether there is a bucket for attachments · health: the
 * status of /healthz that counts as started.
 *
 * Resolves to {url, port, token, log, exit, pids(), stop(), kill()}: `exit` settles when wrangler
 * ends; pids() are those of workerd; stop() ends all gently, kill() like a power cut.
 */
export async function startServer(options) {
  const { vars = {}, seed = true, demo = true, built = true } = options;
  const { files = true, health = 200 } = options;
  const state = resolve(options.state);
  mkdirSync(state, { recursive: true });
  const port = options.port ?? (await freePort());
  if (options.port) await checkPort(port);
  const token = setupToken(state);
  const log = join(state, 'worker.log');
  const all = { SETUP_TOKEN: token, ...vars };
  const child = spawnWrangler({ port, state, vars: all, demo, built, files, log });
  const drop = () => dropGroup(child.pid);
  process.once('exit', drop);
  const server = { url: `http://${HOST}:${port}`, port, token, log, exited: false };
  server.exit = new Promise((done) => child.once('exit', done)).then(() => {
    server.exited = true;
  });
  const end = async (gently) => {
    await endGroup(child.pid, { gently });
    process.removeListener('exit', drop);
  };
  server.stop = () => end(true);
  server.kill = () => end(false);
  server.pids = () =>
    processesOf(child.pid)
      .filter((one) => one.command.includes('workerd serve'))
      .map((one) => one.pid);
  try {
    await ready(server.url, server, health);
    if (seed) await seedDemo(server.url, token);
  } catch (error) {
    await server.kill();
    throw error;
  }
  return server;
}
