// Tools kept in the user's cache, one folder per name and version. A tool is made in a folder
// beside its place and renamed into it when complete: an interrupted set-up leaves nothing that
// could be taken for a whole one.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { locked } from './lock.mjs';
import { cache } from './paths.mjs';

/** The folder of the tool `key` (name and version), made by `make(folder)` when it is missing. */
export async function cached(key, make) {
  const tools = join(cache, 'tools');
  const place = join(tools, key);
  if (existsSync(place)) return place;
  return locked(join(cache, `${key}.lock`), async () => {
    if (existsSync(place)) return place;
    mkdirSync(tools, { recursive: true });
    for (const name of readdirSync(tools)) {
      if (name.startsWith(`.${key}.`)) rmSync(join(tools, name), { recursive: true });
    }
    const draft = join(tools, `.${key}.${process.pid}`);
    mkdirSync(draft);
    try {
      await make(draft);
      renameSync(draft, place);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
    return place;
  });
}
