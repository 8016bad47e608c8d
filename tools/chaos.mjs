// `npm run chaos`: kills the runtime under load again and again, and holds what is stored in the
// end against everything that was acknowledged or shown. Exits 1 when anything is lost, doubled,
// out of order or seen differently, and when nothing was acknowledged.

import { build } from './build.mjs';
import { numbers } from './lib/numbers.mjs';
import { tool } from './lib/problem.mjs';
import { percentile, showViolations, table } from './lib/table.mjs';
import { setupNode } from './setup-node.mjs';

const HELP = `npm run chaos -- [--kills 100] [--conversations 24] [--seed N]
npm run chaos -- --storm 2000`;

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
  return violations.length === 0 && acked > 0;
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
      ['connects in each second', perSecond.join(' ')],
      ['busiest second, × mean', peak.toFixed(2)],
      ['busiest quarter of the first second of tries, × mean', rush.toFixed(2)],
    ]),
  );
  return seconds <= 30 && peak <= 3 && rush <= 3;
}

await tool(async (args) => {
  await setupNode();
  const { storm, ...options } = numbers(args, ['kills', 'conversations', 'seed', 'storm'], HELP);
  await build();
  const ok = storm === undefined ? await cuts(options) : await comeBack(storm);
  if (!ok) process.exitCode = 1;
});
process.exit();
