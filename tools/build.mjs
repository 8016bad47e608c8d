// Builds what is deployed: the worker into build/, the pages and scripts into dist/. Each part is
// skipped while its inputs are what they were. Wrangler runs this before `dev` and `deploy`.
//
// EDGEWISE_DEMO=1 adds the demo page, which is for local runs only.
// EDGEWISE_BUILT=1 trusts what is there: for tests, which build once and start many servers.

import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { direct } from './lib/imports.mjs';
import { locked } from './lib/lock.mjs';
import { local, root } from './lib/paths.mjs';
import { mirror, place } from './lib/place.mjs';
import { tool } from './lib/problem.mjs';
import { step } from './lib/run.mjs';
import { fresh, hashOf } from './lib/stamp.mjs';
import { setupNode } from './setup-node.mjs';
import { setupHostRust, setupWasmRust, WASM_RUST } from './setup-rust.mjs';
import { setupWorkerTools, workerToolVersions } from './setup-worker-tools.mjs';

/** The worker has its own target folder: host builds in target/ would evict its artefacts. */
export const WASM_TARGET_DIR = join(root, 'target/wasm');

const at = (...parts) => join(root, ...parts);
const wasmOpt = at('node_modules/binaryen/bin/wasm-opt');
const STRIP = ['--strip-debug', '--strip-producers', '--all-features'];

async function worker() {
  const ours = ['tools/build.mjs', 'tools/lib/imports.mjs'];
  const inputs = ['src', 'Cargo.toml', 'Cargo.lock', '.cargo', ...ours];
  const hash = hashOf(inputs, WASM_RUST, workerToolVersions());
  return fresh('worker', hash, ['build/index.js', 'build/index_bg.wasm'], async () => {
    await setupHostRust();
    const rust = await setupWasmRust();
    const tools = await setupWorkerTools();
    const env = { ...rust.env, ...tools.env, CARGO_TARGET_DIR: WASM_TARGET_DIR };
    await step('worker', tools.workerBuild, ['--release', '--panic-unwind'], { env });
    // worker-build keeps the names of functions, a third of the module; nothing here reads them.
    const wasm = at('build/index_bg.wasm');
    await step('worker without names', process.execPath, [wasmOpt, wasm, '-o', wasm, ...STRIP]);
    const glue = at('build/index.js');
    writeFileSync(glue, direct(readFileSync(glue, 'utf8')));
  });
}

async function widget() {
  const hash = hashOf(['widget', 'client', 'brand', 'package-lock.json']);
  return fresh(
    'widget',
    hash,
    ['dist/widget.js', 'dist/widget.json', 'dist/c.html', 'dist/widget'],
    () => step('widget', process.execPath, ['widget/build.mjs']),
  );
}

async function agentConsole() {
  const hash = hashOf(['console', 'client', 'brand', 'package-lock.json']);
  return fresh('console', hash, ['dist/console/index.html', 'dist/setup.html'], async () => {
    const vite = at('node_modules/vite/bin/vite.js');
    await step('console', process.execPath, [vite, 'build', '--config', 'console/vite.config.ts']);
    // The set-up page is a route of the console at an address of its own.
    cpSync(at('dist/console/index.html'), at('dist/setup.html'));
  });
}

/**
 * The chat as a page of its own has one file for all sites. A link into the console is answered
 * with its page; the routes below it are the page's own.
 */
const REDIRECTS = [
  '/c/* /c 200',
  '/console/assets/* /console/assets/:splat 200',
  '/console/* /console 200',
];

/** The demo page, the headers and the routes of all parts: copies, cheap enough for each time. */
function copies(demo) {
  if (demo) mirror(at('demo'), at('dist/demo'));
  else rmSync(at('dist/demo'), { recursive: true, force: true });
  const parts = ['widget/_headers', 'console/_headers'].map((part) => at(part));
  const headers = parts.filter(existsSync).map((part) => readFileSync(part, 'utf8').trim());
  place(at('dist/_headers'), `${headers.join('\n\n')}\n`);
  place(at('dist/_redirects'), `${REDIRECTS.join('\n')}\n`);
}

/** Builds all parts that are not fresh; without `pages` the worker alone. */
export function build({ demo = process.env.EDGEWISE_DEMO === '1', pages = true } = {}) {
  return locked(join(local, 'build.lock'), async () => {
    const built = [await worker()];
    if (pages) built.push(await widget(), await agentConsole());
    copies(demo);
    return built.some(Boolean);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await tool(async () => {
    if (process.env.EDGEWISE_BUILT === '1') return;
    await setupNode();
    if (!(await build())) console.log('✓ everything is built already');
  });
}
