// Where things are. The cache is per user, so that a second clone finds the tools of the first.

import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const bin = join(root, 'node_modules/.bin');

/** Stamps, logs and the local state of this checkout. */
export const local = join(root, '.edgewise');

const { env } = process;
export const cache =
  env.EDGEWISE_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'edgewise');
