// What every command of package.json loads before it has set anything up needs no package: on a
// fresh machine there is none yet.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const ours = Object.values<string>(scripts).flatMap(
  (script) => /^(?:exec )?node (\S+\.mjs)/.exec(script)?.[1] ?? [],
);
const files = [...new Set(ours)];

/** The packages below `file` that load with it; what it imports later on is not followed. */
function packagesOf({ inputs }: Metafile, file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const loads = inputs[file]?.imports.filter((one) => one.kind === 'import-statement') ?? [];
  return loads.flatMap(({ path, external }) => {
    if (!external) return packagesOf({ inputs, outputs: {} }, path, seen);
    return path.startsWith('node:') ? [] : [`${file} loads ${path}`];
  });
}

test('no command loads a package before it has installed them', async () => {
  assert.ok(files.includes('tools/start.mjs') && files.includes('tools/test.mjs'));
  const options = { bundle: true, format: 'esm', packages: 'external', platform: 'node' } as const;
  const { metafile } = await build({
    ...options,
    absWorkingDir: root,
    entryPoints: files,
    outdir: 'nowhere',
    write: false,
    metafile: true,
  });
  for (const file of files) assert.deepEqual(packagesOf(metafile, file), [], file);
});
