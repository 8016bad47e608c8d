// Installs the npm packages when they are missing or the lock file changed, and goes on under the
// Node of this project (node_modules/.bin/node), because wrangler needs 22 and the machine's own
// may be older. Everything imported before that uses Node's built-ins only.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { locked } from './lib/lock.mjs';
import { bin, local, root } from './lib/paths.mjs';
import { Problem } from './lib/problem.mjs';
import { capture, exited, step } from './lib/run.mjs';
import { fresh, hashOf } from './lib/stamp.mjs';

const OLDEST = [22, 12];
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

function newEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

async function packages() {
  if (!existsSync(join(root, 'package-lock.json'))) throw new Problem('package-lock.json is gone.');
  const hash = hashOf(['package-lock.json', '.npmrc'], process.platform, process.arch);
  await fresh('packages', hash, ['node_modules/.bin/wrangler'], async () => {
    // npm itself runs on the machine's Node, about which it warns with every package.
    await step('npm packages', 'npm', ['ci', '--loglevel=error'], {
      hint: 'Check the network and run it again.',
    });
    const node = await capture(join(bin, 'node'), ['--version']);
    if (node.code !== 0 || !newEnough(node.out.trim().slice(1))) {
      throw new Problem(
        'npm did not install Node 22: install Node 22.12 or newer yourself (https://nodejs.org).',
      );
    }
  });
}

/** Runs this very command again under the project's Node and ends with its exit code. */
async function again() {
  const child = spawn(join(bin, 'node'), process.argv.slice(1), { stdio: 'inherit' });
  for (const signal of SIGNALS) {
    // The other one answers the signal; we only pass it on and wait.
    process.removeAllListeners(signal);
    process.on(signal, () => child.kill(signal));
  }
  process.exit(await exited(child));
}

/** To be awaited first by every command. */
export async function setupNode() {
  await locked(join(local, 'packages.lock'), packages);
  if (!newEnough(process.versions.node)) await again();
  const path = process.env.PATH ?? '';
  if (!path.startsWith(bin)) process.env.PATH = `${bin}${delimiter}${path}`;
  for (const [name, value] of Object.entries(QUIET)) process.env[name] ??= value;
}

/** Local runs talk to nobody: no telemetry, no update check, no look-up of the request's place. */
const QUIET = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_NO_SKILLS_UPDATE_PROMPTS: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
};

/** The pinned version of an installed package. */
export function versionOf(name) {
  return JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
}
