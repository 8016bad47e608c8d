// Files that are made: a compiler goes by their times, and a running wrangler looks at them, so
// those that are as they should be are not touched.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Writes a file, unless it has this content. */
export function place(file, content) {
  const bytes = Buffer.from(content);
  if (existsSync(file) && readFileSync(file).equals(bytes)) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

/** Makes the folder `to` hold the files of the folder `from`, and no others. */
export function mirror(from, to) {
  const names = readdirSync(from);
  if (existsSync(to)) {
    for (const name of readdirSync(to)) if (!names.includes(name)) rmSync(join(to, name));
  }
  for (const name of names) place(join(to, name), readFileSync(join(from, name)));
}
