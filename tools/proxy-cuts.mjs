// `npm run proxy-cuts`: the real client behind a proxy that cuts its connection after every byte
// of every frame, in both directions, and lets lines go dead and slow. Exits 1 when anything that
// was shown is lost, doubled, out of order or seen differently.

import { build } from './build.mjs';
import { numbers } from './lib/numbers.mjs';
import { tool } from './lib/problem.mjs';
import { showViolations, table } from './lib/table.mjs';
import { setupNode } from './setup-node.mjs';

const HELP = 'npm run proxy-cuts -- [--every 1]';
/** Silences take seconds each, so they come after every so many bytes only. */
const SILENCE_EVERY = 16;
/** So many at a time, to say how far it is. */
const PORTION = 500;

await tool(async (args) => {
  await setupNode();
  const { every = 1 } = numbers(args, ['every'], HELP);
  await build();
  const { carryOut, cutsAt, places, silencesAt } = await import('../tests/chaos/breaks.ts');
  const { Cuts } = await import('../tests/chaos/cuts.ts');
  const { hurry } = await import('../tests/support/page.ts');
  hurry();
  const since = Date.now();
  const cuts = await Cuts.begin();
  const results = [];
  try {
    const all = await places(cuts);
    const some = all.filter((_, at) => at % every === 0);
    const silent = all.filter((_, at) => at % (every * SILENCE_EVERY) === 0);
    const breaks = [...cutsAt(some), ...silencesAt(silent)];
    console.log(`· ${all.length} bytes in both directions, ${breaks.length} breaks`);
    for (let at = 0; at < breaks.length; at += PORTION) {
      results.push(...(await carryOut(cuts, breaks.slice(at, at + PORTION))));
      console.log(`· ${results.length} breaks, ${Math.round((Date.now() - since) / 1000)} s`);
    }
  } finally {
    await cuts.end();
  }
  const groups = [...new Set(results.map(({ group }) => group))].sort();
  const rows = groups.map((name) => {
    const its = results.filter(({ group }) => group === name);
    const wrong = its.filter(({ violations }) => violations.length > 0).length;
    return [name, `${its.length} breaks, ${wrong} with violations`];
  });
  const violations = results.flatMap((one) => one.violations);
  showViolations(violations);
  console.log(
    table([...rows, ['all', `${results.length} breaks, ${violations.length} violations`]]),
  );
  if (violations.length > 0 || results.length === 0) process.exitCode = 1;
});
process.exit();
