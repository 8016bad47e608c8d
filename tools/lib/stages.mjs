// The stages of `npm test`, in the order of their cost. Each resolves to {ok, passed, failed}.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, WASM_TARGET_DIR } from '../build.mjs';
import { mutants } from '../mutants.mjs';
import { setupBrowser } from '../setup-browser.mjs';
import { setupWasmRust } from '../setup-rust.mjs';
import { bin, local, root } from './paths.mjs';
import { capture, FILE_MS, show } from './run.mjs';

const DENY = ['--', '-D', 'warnings'];

/** A check that has no tests: it holds or it counts as one failure. */
async function check(running) {
  const ok = (await running) === 0;
  return { ok, passed: 0, failed: ok ? 0 : 1 };
}

/** Counts are believed only if they agree with the exit code, and nothing run is a failure. */
function believe(code, { passed, failed }) {
  const ok = code === 0 && failed === 0 && passed > 0;
  return { ok, passed, failed: ok ? 0 : Math.max(failed, 1) };
}

async function wasmClippy() {
  const rust = await setupWasmRust();
  // The flags of worker-build, so that the code is checked as it is built.
  const env = { ...rust.env, CARGO_TARGET_DIR: WASM_TARGET_DIR, RUSTFLAGS: '-Cpanic=unwind' };
  const target = ['--target', 'wasm32-unknown-unknown', '-Zbuild-std=std,panic_unwind'];
  return check(show('cargo', ['clippy', '--release', '--lib', ...target, ...DENY], { env }));
}

async function cargoTest() {
  const { code, out } = await capture('cargo', ['test', '--color=never'], { echo: true });
  const counts = { passed: 0, failed: 0 };
  for (const [, passed, failed] of out.matchAll(
    /^test result: \w+\. (\d+) passed; (\d+) failed;/gm,
  )) {
    counts.passed += Number(passed);
    counts.failed += Number(failed);
  }
  return believe(code, counts);
}

function* testFiles(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules') yield* testFiles(path);
    else if (entry.name.endsWith('.test.ts')) yield path;
  }
}

/** Runs the *.test.ts files below the folders; `abreast` of them at a time. */
async function nodeTest(folders, { env = process.env, abreast } = {}) {
  const files = folders.flatMap((folder) => [...testFiles(join(root, folder))]);
  const counts = join(local, `counts-${process.pid}.json`);
  mkdirSync(local, { recursive: true });
  const args = ['--no-warnings', '--test', ...(abreast ? [`--test-concurrency=${abreast}`] : [])];
  // Side by side they take longer.
  args.push(`--test-timeout=${2 * FILE_MS}`);
  args.push('--test-reporter=spec', '--test-reporter-destination=stdout');
  args.push(`--test-reporter=${join(root, 'tools/lib/count-reporter.mjs')}`);
  args.push(`--test-reporter-destination=${counts}`, ...files);
  try {
    const none = files.length === 0;
    if (none) console.error(`no *.test.ts below ${folders.join(', ')}`);
    const code = none ? 1 : await show(process.execPath, args, { env });
    const found = existsSync(counts) ? readFileSync(counts, 'utf8') : '';
    return believe(code, found ? JSON.parse(found) : { passed: 0, failed: 1 });
  } finally {
    rmSync(counts, { force: true });
  }
}

async function dryRun() {
  const out = join(local, 'dry-run');
  const env = { ...process.env, EDGEWISE_BUILT: '1', NO_COLOR: '1' };
  const wrangler = join(bin, 'wrangler');
  const run = await capture(wrangler, ['deploy', '--dry-run', '--outdir', out], {
    env,
    echo: true,
  });
  const warned = run.out.includes('WARNING');
  if (warned) console.error('wrangler warns, which counts as a failure');
  return check(warned ? 1 : run.code);
}

async function buildAll(demo) {
  await build({ demo });
  return { ok: true, passed: 0, failed: 0 };
}

async function browserTests() {
  const env = { ...process.env, CHROMIUM: await setupBrowser() };
  return nodeTest(['tests/browser'], { env, abreast: 3 });
}

const vueTsc = () => show(join(bin, 'vue-tsc'), ['--noEmit', '-p', 'console']);

export const STAGES = [
  { group: 'rust', name: 'rustfmt', run: () => check(show('cargo', ['fmt', '--check'])) },
  {
    group: 'rust',
    name: 'clippy, host',
    run: () => check(show('cargo', ['clippy', '--all-targets', ...DENY])),
  },
  { group: 'rust', name: 'clippy, worker', run: wasmClippy },
  { group: 'rust', name: 'cargo test', run: cargoTest },
  { group: 'unit', name: 'biome', run: () => check(show(join(bin, 'biome'), ['check', '.'])) },
  { group: 'unit', name: 'tsc', run: () => check(show(join(bin, 'tsc'), ['--noEmit'])) },
  { group: 'unit', name: 'vue-tsc', run: () => check(vueTsc()) },
  {
    group: 'unit',
    name: 'unit tests',
    run: () => nodeTest(['client', 'widget', 'console', 'tests/unit'].filter(inTree)),
  },
  { group: 'mutants', name: 'seeded mistakes', run: () => mutants({ quick: true }) },
  { group: 'worker', name: 'build', run: () => buildAll(false) },
  { group: 'worker', name: 'deploy --dry-run', run: dryRun },
  // Some of these tests start what has the demo page: with it there already, nothing changes under
  // the others.
  { group: 'worker', name: 'build with the demo page', run: () => buildAll(true) },
  {
    group: 'worker',
    name: 'worker tests',
    // They wait for clocks more than they work.
    run: () => nodeTest(['tests/worker'], { abreast: 4 }),
  },
  { group: 'browser', name: 'build with the demo page', run: () => buildAll(true) },
  { group: 'browser', name: 'browser tests', run: browserTests },
];

function inTree(folder) {
  return existsSync(join(root, folder));
}
