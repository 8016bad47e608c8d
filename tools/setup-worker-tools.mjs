// What turns the compiled worker into what the platform takes: worker-build, and the three programs
// it runs, given by path so that it downloads nothing. The wasm-bindgen of the command line must be
// the very version of the crate in Cargo.lock.

import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './lib/cached.mjs';
import { bin, cache, root } from './lib/paths.mjs';
import { Problem } from './lib/problem.mjs';
import { step } from './lib/run.mjs';

const WORKER_BUILD = '0.8.7';

/** Tools of the build are compiled quickly rather than well: they run for seconds. */
const QUICK = {
  CARGO_PROFILE_RELEASE_OPT_LEVEL: '1',
  CARGO_PROFILE_RELEASE_LTO: 'off',
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
};

/** Where both tools are compiled: nearly a gigabyte, gone when they are there. */
const SCRATCH = join(cache, 'cargo-target');

async function cargoInstall(name, version, flags = []) {
  const folder = await cached(`${name}-${version}`, async (draft) => {
    // Both tools share most of their dependencies, so they share the folder of the compilation.
    const env = { ...process.env, ...QUICK, CARGO_TARGET_DIR: SCRATCH };
    const args = ['install', `${name}@${version}`, '--root', draft, ...flags];
    await step(`${name} ${version}, compiled once`, 'cargo', args, {
      env,
      hint: 'Check the network and run it again.',
    });
  });
  return join(folder, 'bin');
}

function lockedVersion(crate) {
  const file = join(root, 'Cargo.lock');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const version = new RegExp(`^name = "${crate}"\\nversion = "([^"]+)"`, 'm').exec(text)?.[1];
  if (!version) throw new Problem(`Cargo.lock does not name ${crate}: run \`cargo update -w\`.`);
  return version;
}

/** For stamps: known without installing anything. */
export const workerToolVersions = () =>
  `worker-build ${WORKER_BUILD} wasm-bindgen ${lockedVersion('wasm-bindgen')}`;

/** Paths and the variables that make worker-build use them. */
export async function setupWorkerTools() {
  const bindgen = lockedVersion('wasm-bindgen');
  const workerBuild = await cargoInstall('worker-build', WORKER_BUILD, ['--locked']);
  // Without --locked: the lock file of the tool can name a crate version that was withdrawn.
  const bindgenBin = await cargoInstall('wasm-bindgen-cli', bindgen);
  rmSync(SCRATCH, { recursive: true, force: true });
  return {
    workerBuild: join(workerBuild, 'worker-build'),
    env: {
      WASM_BINDGEN_BIN: join(bindgenBin, 'wasm-bindgen'),
      WASM_OPT_BIN: realpathSync(join(bin, 'wasm-opt')),
      ESBUILD_BIN: realpathSync(join(bin, 'esbuild')),
    },
  };
}
