// `npm run chaos`: kills the runtime under load again and again, and holds what is stored in the
// end against everything that was acknowledged or shown. Exits 1 when anything is lost, doubled,
// out of order or seen differently, when nothing was acknowledged, and when starts take too long,
// which a busy machine is enough for.
//
// `--storm N` drops N sockets at once; `--sleeps N` puts an object to sleep N times in one talk.

import { build } from './build.mjs';
import { numbers } from './lib/numbers.mjs';
import { root } from './lib/paths.mjs';
import { tool } from './lib/problem.mjs';
import { show } from './lib/run.mjs';
import { percentile, showViolations, table } from './lib/table.mjs';
import { setupNode } from './setup-node.mjs';

const HELP = `npm run chaos -- [--kills 100] [--conversations 24] [--seed N]
npm run chaos -- --storm 2000
npm run chaos -- --sleeps 1000`;

/** From a kill to the first answer, for all but one of a hundred. */
const RESTART_MS = 500;

async function cuts({ kills = 100, ...options }) {
  const { Chaos } = await import('../tests/chaos/chaos.ts');
  const { VIOLATIONS, countViolations } = await import('../tests/chaos/oracle.ts');
  const since = Date.now();
  const chaos = await Chaos.begin(options);
  let report;
  try {
    console.log(`· ${chaos.chats.length} conversations, ${kills} kills`);
    for (let kill = 1; kill <= kills; kill += 1) {
      await chaos.strike();
      const seconds = Math.round((Date.now() - since) / 1000);
      if (kill % 25 === 0) console.log(`· ${kill} kills, ${chaos.acked} acked, ${seconds} s`);
    }
    report = await chaos.finish();
  } finally {
    const keep = report?.violations.length !== 0;
    await chaos.end({ keep });
    if (keep) console.error(`Its data and log are kept in ${chaos.server.folder}`);
  }
  const { violations, restarts, acked } = report;
  showViolations(violations);
  const counts = countViolations(violations);
  console.log(
    table([
      ['seed', report.seed],
      ['kills', report.kills],
      ['acked', acked],
      ['sent again', report.resent],
      ['refused', report.refused],
      ['told to slow down', report.slowed],
      ...Object.entries(counts).map(([is, count]) => [`${is} (${VIOLATIONS[is]})`, count]),
      ['restart to first answer, p50, ms', percentile(restarts, 0.5)],
      ['restart to first answer, p99, ms', percentile(restarts, 0.99)],
    ]),
  );
  const late = percentile(restarts, 0.99) > RESTART_MS;
  if (late) console.error(`restart to first answer, p99: more than ${RESTART_MS} ms`);
  return violations.length === 0 && acked > 0 && !late;
}

/** All back within half a minute, and no second far above its share. */
async function comeBack(sockets) {
  const { storm } = await import('../tests/chaos/storm.ts');
  console.log(`· ${sockets} sockets, dropped at once`);
  const { seconds, perSecond, peak, rush } = await storm(sockets);
  console.log(
    table([
      ['sockets', sockets],
      ['until the last was back, s', seconds.toFixed(1)],
      ['tries in each second', perSecond.join(' ')],
      ['busiest second, × mean', peak.toFixed(2)],
      ['busiest quarter of the first tries, × mean', rush.toFixed(2)],
    ]),
  );
  return seconds <= 30 && peak <= 3 && rush <= 3;
}

/** A talk of two whose object sleeps between any two frames. */
async function sleep(times) {
  console.log(`· an object that is put to sleep ${times} times in one talk`);
  const env = { ...process.env, EDGEWISE_SLEEPS: String(times) };
  const test = ['--no-warnings', '--test', 'tests/worker/hibernation.test.ts'];
  return (await show(process.execPath, test, { env, cwd: root })) === 0;
}

await tool(async (args) => {
  await setupNode();
  const known = ['kills', 'conversations', 'seed', 'storm', 'sleeps'];
  const { storm, sleeps, ...options } = numbers(args, known, HELP);
  await build();
  let ok;
  if (storm !== undefined) ok = await comeBack(storm);
  else if (sleeps !== undefined) ok = await sleep(sleeps);
  else ok = await cuts(options);
  if (!ok) process.exitCode = 1;
});
process.exit();
