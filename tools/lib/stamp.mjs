// Says whether something built from files is still fresh: by the content of its inputs, not by
// times, so a branch switch back and forth rebuilds nothing and a touched file neither.

import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { local, root } from './paths.mjs';

function* files(path) {
  if (!existsSync(path)) return;
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  for (const entry of readdirSync(path, { withFileTypes: true }).sort(byName)) {
    if (entry.name === 'node_modules') continue;
    yield* files(join(path, entry.name));
  }
}

const byName = (a, b) => (a.name < b.name ? -1 : 1);

/** A hash over the content of files and folders (relative to the project) and extra words. */
export function hashOf(paths, ...words) {
  const hash = createHash('sha256').update(words.join('\0'));
  for (const path of paths) {
    for (const file of files(join(root, path))) {
      const content = readFileSync(file);
      hash.update(`\0${relative(root, file)}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex');
}

/** Runs `make` unless the stamp `name` holds `hash` and all `outputs` exist. Says what it did. */
export async function fresh(name, hash, outputs, make) {
  const stamp = join(local, 'stamps', name);
  const whole = outputs.every((output) => existsSync(join(root, output)));
  if (whole && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return false;
  // What fails half-way has changed what an older stamp speaks of.
  rmSync(stamp, { force: true });
  await make();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
  return true;
}
