// Copies of the sources with some places changed: mistakes and faults that are made on purpose, to
// see that they are noticed. They are edits of a copy, so the product holds no switch for any of
// them and no build of it can contain one.
//
// A copy is kept between runs, with what was compiled in it, and its first compilation starts from
// the product's: a change then costs as much as the same change in the project itself.

import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
import { local, root } from './paths.mjs';
import { place } from './place.mjs';
import { Problem } from './problem.mjs';
import { capture } from './run.mjs';

/** What is made from the sources, not part of them. */
const MADE = new Set(['.git', '.edgewise', '.wrangler', 'node_modules', 'target', 'build', 'dist']);
/** wasm-opt takes most of a build, and a copy need not be fast. It may be copied again. */
const [SLOW, QUICK] = ['wasm-opt = ["-O3", "-O3"]', 'wasm-opt = false'];

function quick(manifest) {
  const text = manifest.replace(SLOW, QUICK);
  if (!text.includes(QUICK)) throw new Problem(`Cargo.toml has no longer: ${SLOW}`);
  return text;
}

/** Paths of all files below `folder` that are sources. */
function* sources(folder, below = folder) {
  for (const entry of readdirSync(below, { withFileTypes: true })) {
    const path = join(below, entry.name);
    const name = relative(folder, path);
    if (MADE.has(name) || entry.isSymbolicLink()) continue;
    if (entry.isDirectory()) yield* sources(folder, path);
    else if (entry.isFile()) yield name;
  }
}

/** The text with one place changed. It must be there exactly once, else the edit is out of date. */
function edited(text, { file, find, replace }) {
  const found = text.split(find).length - 1;
  if (found === 1) return text.split(find).join(replace);
  throw new Problem(`${file} holds ${found} times, not once:\n${find}`);
}

/** The changed files: a map from path to text. */
function changes(edits) {
  const texts = new Map([['Cargo.toml', quick(readFileSync(join(root, 'Cargo.toml'), 'utf8'))]]);
  for (const edit of edits) {
    const { file } = edit;
    const before = texts.get(file) ?? readFileSync(join(root, file), 'utf8');
    texts.set(file, edited(before, edit));
  }
  return texts;
}

/** Fails when one of the edits does not fit the sources as they are. */
export const checkEdits = (edits) => void changes(edits);

/** What is compiled already, except the product itself, of which a copy has its own. */
function seed(folder) {
  const foreign = (path) => !/edgewise|^incremental$/.test(basename(path));
  for (const part of ['target/debug', 'target/wasm', 'dist']) {
    const [from, to] = [join(root, part), join(folder, part)];
    if (!existsSync(from) || (existsSync(to) && part !== 'dist')) continue;
    cpSync(from, to, { recursive: true, preserveTimestamps: true, filter: foreign });
  }
}

/**
 * Shares the installed packages, one link each: an installation in the copy would then remove
 * links. With their stamp it has no reason for one.
 */
function share(folder) {
  const [from, to] = [join(root, 'node_modules'), join(folder, 'node_modules')];
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to);
  for (const name of readdirSync(from)) symlinkSync(realpathSync(join(from, name)), join(to, name));
  const stamp = '.edgewise/stamps/packages';
  if (existsSync(join(root, stamp))) cpSync(join(root, stamp), join(folder, stamp));
}

/**
 * Makes or refreshes the copy `name`, with these edits and no others; returns its folder. It
 * shares the installed packages.
 */
export function copy(name, edits = []) {
  const folder = join(local, 'copies', name);
  const changed = changes(edits);
  mkdirSync(folder, { recursive: true });
  const kept = new Set();
  for (const file of sources(root)) {
    kept.add(file);
    place(join(folder, file), changed.get(file) ?? readFileSync(join(root, file)));
  }
  for (const file of sources(folder)) if (!kept.has(file)) rmSync(join(folder, file));
  seed(folder);
  share(folder);
  return folder;
}

/** Builds the worker of a copy; its pages are those of the project. Resolves to its folder. */
export async function build(folder) {
  const pages = !existsSync(join(folder, 'dist/console/index.html'));
  const make = `import('./tools/build.mjs').then(({ build }) => build({ pages: ${pages} }))`;
  const { code, out } = await capture(process.execPath, ['-e', make], { cwd: folder });
  if (code !== 0) throw new Problem(`The copy in ${folder} does not build:\n${out.trimEnd()}`);
  return folder;
}
