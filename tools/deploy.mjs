// `npm run deploy`: builds and deploys to the Cloudflare account that wrangler is signed in to. The
// first time it also makes the set-up token, with which the owner of the new deployment signs up.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bin, local, root } from './lib/paths.mjs';
import { Problem, tool } from './lib/problem.mjs';
import { capture, exited } from './lib/run.mjs';
import { setupNode } from './setup-node.mjs';

const wrangler = join(bin, 'wrangler');

/** Deploys, with the terminal wrangler's own: it may want to sign in. Resolves to the address. */
async function deploy(args) {
  mkdirSync(local, { recursive: true });
  const told = join(local, `deploy-${process.pid}.jsonl`);
  const env = { ...process.env, WRANGLER_OUTPUT_FILE_PATH: told, EDGEWISE_DEMO: '0' };
  try {
    const child = spawn(wrangler, ['deploy', ...args], { cwd: root, env, stdio: 'inherit' });
    if ((await exited(child)) !== 0) throw new Problem('wrangler did not deploy; see above.');
    const text = existsSync(told) ? readFileSync(told, 'utf8') : '';
    const entries = text
      .split('\n')
      .filter(Boolean)
      .map((entry) => JSON.parse(entry));
    return entries.find((entry) => entry.type === 'deploy')?.targets?.[0];
  } finally {
    rmSync(told, { force: true });
  }
}

async function hasToken() {
  const { code, out } = await capture(wrangler, ['secret', 'list', '--format', 'json']);
  if (code !== 0) throw new Problem(`wrangler cannot list the secrets:\n${out.trim()}`);
  return out.includes('"SETUP_TOKEN"');
}

async function putToken(token) {
  const stdio = ['pipe', 'inherit', 'inherit'];
  const child = spawn(wrangler, ['secret', 'put', 'SETUP_TOKEN'], { cwd: root, stdio });
  child.stdin.end(token);
  if ((await exited(child)) !== 0) throw new Problem('wrangler did not store SETUP_TOKEN.');
}

await tool(async (args) => {
  await setupNode();
  const target = await deploy(args);
  if (args.includes('--dry-run') || (await hasToken())) return;
  const token = randomBytes(24).toString('base64url');
  await putToken(token);
  const url = /^https?:/.test(target ?? '') ? target : `https://${target ?? '<your worker>'}`;
  console.log(`\nFinish the set-up here, once:\n${url.replace(/\/$/, '')}/setup#token=${token}`);
});
