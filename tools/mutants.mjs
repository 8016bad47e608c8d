// `npm run mutants`: makes one mistake after the other in a copy of the sources and runs the suites
// until a test notices. A mistake that no test notices is a promise that no test holds.
//
// `npm run mutants -- NAME …` makes some only; `-- --quick` those that the cheapest suites notice,
// as `npm test` does.

import { fileURLToPath } from 'node:url';
import { checkEdits, copy } from './lib/copies.mjs';
import { Problem, tool } from './lib/problem.mjs';
import { setupNode } from './setup-node.mjs';

const COPY = 'mutants';

const filesOf = ({ edits }) => [...new Set(edits.map((edit) => edit.file))];
const since = (start) => `${Math.round((Date.now() - start) / 1000)} s`;

function chosen(mistakes, names, quick) {
  const unknown = names.find((name) => !mistakes.some((mistake) => mistake.name === name));
  if (unknown) {
    const known = mistakes.map((mistake) => mistake.name).join('\n');
    throw new Problem(`${unknown} is none of the mistakes:\n${known}`);
  }
  return mistakes.filter((one) =>
    names.length > 0 ? names.includes(one.name) : !quick || one.quick,
  );
}

/** Without a mistake everything must pass, or a failure would mean nothing. */
async function control({ firstFailure }, suites, only) {
  const folder = copy(COPY);
  for (const suite of suites) {
    const start = Date.now();
    const failure = await firstFailure(suite, folder, { only });
    if (failure) {
      const { file, test, out } = failure;
      throw new Problem(`${out.trimEnd()}\nWithout a mistake ${file} fails: ${test}`);
    }
    console.log(`✓ without a mistake ${suite.name} passes (${since(start)})`);
  }
}

/** Makes one mistake; resolves to {file, test} or undefined. */
async function notice({ firstFailure }, mistake, suites) {
  const folder = copy(COPY, mistake.edits);
  for (const suite of suites) {
    const options = { changed: filesOf(mistake), first: mistake.first };
    const failure = await firstFailure(suite, folder, options);
    if (failure) return failure;
  }
  return undefined;
}

function table(rows) {
  const all = [['mistake', 'breaks', 'noticed by', 'time'], ...rows];
  const widths = all[0].map((_, at) => Math.max(...all.map((row) => row[at].length)));
  const line = (row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]))
      .join('  ')
      .trimEnd();
  return all.map(line).join('\n');
}

/** Resolves to {ok, passed, failed}: how many mistakes were noticed and how many were not. */
export async function mutants({ names = [], quick = false } = {}) {
  // Only now: they import packages, which may have been installed a moment ago.
  const { SUITES, ...lib } = await import('./lib/suites.mjs');
  const { MISTAKES } = await import('../tests/mutants/mistakes.mjs');
  for (const mistake of MISTAKES) checkEdits(mistake.edits);
  const some = chosen(MISTAKES, names, quick);
  const suitesOf = (mistake) => {
    const concerned = SUITES.filter((suite) => filesOf(mistake).some(suite.concerns));
    return quick ? concerned.slice(0, 1) : concerned;
  };
  const needed = SUITES.filter((suite) => some.some((one) => suitesOf(one).includes(suite)));
  await control(lib, needed, quick ? some.map((mistake) => mistake.first) : undefined);
  const rows = [];
  let missed = 0;
  for (const mistake of some) {
    const start = Date.now();
    const noticed = await notice(lib, mistake, suitesOf(mistake));
    if (!noticed) missed += 1;
    const by = noticed ? `${noticed.file}: ${noticed.test}` : 'NOBODY';
    rows.push([mistake.name, mistake.breaks, by, since(start)]);
    console.log(`${noticed ? '✓' : '✗'} ${mistake.name}: ${by} (${since(start)})`);
  }
  console.log(`\n${table(rows)}\n\n${rows.length - missed} of ${rows.length} mistakes noticed`);
  return { ok: missed === 0, passed: rows.length - missed, failed: missed };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await tool(async (args) => {
    await setupNode();
    const names = args.filter((arg) => arg !== '--quick');
    const { ok } = await mutants({ names, quick: args.includes('--quick') });
    if (!ok) process.exitCode = 1;
  });
}
