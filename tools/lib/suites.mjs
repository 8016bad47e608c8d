// The test suites as they run in a copy of the sources, file by file, until one file fails.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { setupHostRust } from '../setup-rust.mjs';
import { build } from './copies.mjs';
import { Problem } from './problem.mjs';
import { capture, FILE_MS } from './run.mjs';

/** The files in these folders whose names end so. */
function filesIn(folder, below, ending) {
  const found = below.filter((name) => existsSync(join(folder, name)));
  const named = (name) => readdirSync(join(folder, name), { recursive: true });
  const paths = found.flatMap((name) => named(name).map((path) => join(name, path)));
  return paths.filter((path) => path.endsWith(ending)).sort();
}

/** Runs one file's tests: undefined when they pass, else {test, out}, the first that fails. */
async function run(folder, command, args, failure) {
  const env = { ...process.env, EDGEWISE_BUILT: '1' };
  const { code, out } = await capture(command, args, { cwd: folder, env, limit: FILE_MS });
  if (code === 0) return undefined;
  const found = failure.exec(out)?.[1];
  // Without a name it is hardly a test that failed: the end of the output says what it was.
  return { test: found ?? `no test by name: ${out.trimEnd().split('\n').at(-1)}`, out };
}

async function cargo(folder, file) {
  const name = /^tests\/(.+)\.rs$/.exec(file)?.[1];
  const target = name ? ['--test', name] : ['--lib'];
  const args = ['test', '--quiet', '--color=never', ...target];
  const built = await capture('cargo', [...args, '--no-run'], { cwd: folder });
  if (built.code !== 0) throw new Problem(`it does not compile:\n${built.out.trimEnd()}`);
  return run(folder, 'cargo', args, /^---- (\S+) stdout ----$/m);
}

function node(folder, file) {
  const args = ['--no-warnings', '--test', '--test-reporter=tap', file];
  return run(folder, process.execPath, args, /^\s*not ok \d+ - (.+)$/m);
}

/** Mistakes must be of meaning, not of grammar. */
async function checkGrammar(folder, files) {
  for (const file of files) {
    await transform(readFileSync(join(folder, file), 'utf8'), { loader: 'ts' });
  }
}

/**
 * Cheap ones first. `concerns` says whether a change of a source file can make a difference to the
 * suite; `prepare` gets the copy and its changed files.
 */
export const SUITES = [
  {
    name: 'rust',
    concerns: (file) => file.startsWith('src/') && !file.startsWith('src/edge/'),
    prepare: setupHostRust,
    // tidy.rs looks at how the sources are written, not at what they do.
    files: (folder) => [
      'src/lib.rs',
      ...filesIn(folder, ['tests'], '.rs').filter((path) => /^tests\/(?!tidy)\w+\.rs$/.test(path)),
    ],
    run: cargo,
  },
  {
    name: 'unit',
    concerns: (file) => file.startsWith('client/'),
    prepare: checkGrammar,
    files: (folder) => filesIn(folder, ['client', 'widget', 'console', 'tests/unit'], '.test.ts'),
    run: node,
  },
  {
    name: 'worker',
    concerns: () => true,
    prepare: build,
    // start.test.ts looks at the command, which sets up a whole machine.
    files: (folder) =>
      filesIn(folder, ['tests/worker'], '.test.ts').filter(
        (path) => !path.endsWith('/start.test.ts'),
      ),
    run: node,
  },
];

/**
 * Runs a suite in a copy. Resolves to undefined when it passes, else to {file, test, out}, the
 * first that fails. `changed` are the files in which the copy differs; `first` names a file to
 * begin with, `only` the files to run.
 */
export async function firstFailure(suite, folder, { changed = [], first, only } = {}) {
  await suite.prepare(folder, changed);
  const files = suite.files(folder).filter((file) => !only || only.includes(file));
  if (files.length === 0) throw new Problem(`The suite ${suite.name} has no tests to run.`);
  for (const file of files.sort((a, b) => (b === first) - (a === first))) {
    const failure = await suite.run(folder, file);
    if (failure) return { file, ...failure };
  }
  return undefined;
}
