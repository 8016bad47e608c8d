// The compilers. The host's is whatever rustup gave; the worker's is one fixed version with its
// library source, because the worker is built with panic=unwind and so needs a standard library
// of its own (-Zbuild-std). It comes from rustup, into the cache, or else from Debian.
//
// worker-build asks for `cargo +nightly` and for rustup's list of components. Three small wrappers,
// first on its PATH, answer with our compiler instead; RUSTC_BOOTSTRAP lets a stable one take -Z.

import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { apt, canApt } from './lib/apt.mjs';
import { cached } from './lib/cached.mjs';
import { cache } from './lib/paths.mjs';
import { Problem } from './lib/problem.mjs';
import { capture, step, which } from './lib/run.mjs';

const VERSION = '1.96.0';
/** What the worker is compiled with, for stamps. */
export const WASM_RUST = `rust ${VERSION}`;
const TARGET = 'wasm32-unknown-unknown';
const GET_RUSTUP = 'Install Rust: https://rustup.rs, or https://sh.rustup.rs piped into sh.';
const DEBIAN = ['rustc-web', 'cargo-web', 'rust-web-src', 'rust-web-clippy', 'lld-19'];
const PROBE_S = 8;

/** Checks the host's compiler, which runs the tests. */
export async function setupHostRust() {
  for (const name of ['cargo', 'rustc']) {
    if (!which(name)) throw new Problem(`${name} is missing. ${GET_RUSTUP}`);
  }
  const { code, out } = await capture('rustc', ['--version']);
  const minor = Number(/^rustc 1\.(\d+)/.exec(out)?.[1]);
  if (code !== 0) throw new Problem(`rustc does not run. ${GET_RUSTUP}`);
  if (minor < 95) throw new Problem(`${out.trim()} is too old: run \`rustup update stable\`.`);
}

/** Whether rustup's server answers; a download that cannot work should fail in seconds. */
async function rustupReachable() {
  if (!which('rustup') || !which('curl')) return false;
  const server = process.env.RUSTUP_DIST_SERVER || 'https://static.rust-lang.org';
  const url = `${server}/dist/channel-rust-${VERSION}.toml.sha256`;
  const { code } = await capture('curl', ['-sfIL', '--max-time', `${PROBE_S}`, url]);
  return code === 0;
}

function installRustup(folder) {
  const args = ['toolchain', 'install', VERSION, '--profile', 'minimal', '--no-self-update'];
  args.push('-c', 'rust-src', '-c', 'clippy', '-t', TARGET);
  const env = { ...process.env, RUSTUP_HOME: folder };
  return step(`Rust ${VERSION} for WebAssembly (rustup)`, 'rustup', args, { env });
}

const key = `rust-${VERSION}`;

async function fromRustup() {
  const known = existsSync(join(cache, 'tools', key));
  if (!known && !(await rustupReachable())) return undefined;
  try {
    const toolchains = join(await cached(key, installRustup), 'toolchains');
    return { bin: join(toolchains, readdirSync(toolchains)[0], 'bin'), env: {} };
  } catch (error) {
    if (!(error instanceof Problem) || !canApt()) throw error;
    console.log("· rustup failed: trying Debian's compiler");
    return undefined;
  }
}

async function debianVersion() {
  const source = existsSync('/usr/lib/rustlib/src/rust/library/Cargo.lock');
  const found = ['cargo', 'rustc', 'clippy-driver'].every((name) => existsSync(`/usr/bin/${name}`));
  if (!source || !found || !which('wasm-ld-19')) return undefined;
  return (await capture('/usr/bin/rustc', ['--version'])).out.trim();
}

async function fromDebian() {
  if (!(await debianVersion())) {
    if (!which('apt-get')) {
      const where = which('rustup') ? 'is not reachable' : 'is missing';
      throw new Problem(`Rust ${VERSION} for WebAssembly: rustup ${where}. ${GET_RUSTUP}`);
    }
    await apt('Rust for WebAssembly', DEBIAN);
  }
  return { bin: '/usr/bin', env: { CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: 'wasm-ld-19' } };
}

function script(folder, name, text) {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${text}`);
  chmodSync(file, 0o755);
}

function writeWrappers(folder, place, bin) {
  const drop = 'case "$1" in +*) shift ;; esac\n';
  const as = 'export RUSTC_BOOTSTRAP=1\n';
  script(folder, 'cargo', `${drop}${as}exec '${bin}/cargo' "$@"\n`);
  for (const name of ['clippy-driver', 'cargo-clippy']) {
    script(folder, name, `${as}exec '${bin}/${name}' "$@"\n`);
  }
  // The folder of a ready-made library, which worker-build wants to see, stays empty: we build it.
  const empty = join('libdir', TARGET);
  mkdirSync(join(folder, empty), { recursive: true });
  const asked = '*"--print target-libdir"*|*"--print=target-libdir"*';
  const answer = `case "$*" in *wasm32*) case "$*" in ${asked}) echo '${place}/${empty}'; exit ;;`;
  script(folder, 'rustc', `${drop}${as}${answer} esac ;; esac\nexec '${bin}/rustc' "$@"\n`);
  script(folder, 'rustup', 'echo "rust-src (installed)"\n');
}

/** The environment in which `cargo` builds for the worker, and the compiler's version. */
export async function setupWasmRust() {
  const { bin, env } = (await fromRustup()) ?? (await fromDebian());
  const version = (await capture(join(bin, 'rustc'), ['--version'])).out.trim();
  const name = `wrappers-2-${version.split(' ').slice(0, 2).join('-')}`;
  const place = join(cache, 'tools', name);
  const wrappers = await cached(name, (folder) => writeWrappers(folder, place, bin));
  const path = `${wrappers}${delimiter}${process.env.PATH}`;
  return { version, env: { ...process.env, ...env, PATH: path } };
}
