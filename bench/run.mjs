// `npm run bench`: Edgewise beside a durable object in plain JavaScript that does the same durable
// work, and beside a room that only stores and sends on; in the same workerd, by the same client,
// in the same run and in turns. Prints ratios, keeps the raw numbers in .edgewise/bench.json.
//
// --quick: fewer rounds · --accept: what is measured becomes bench/baseline.json · --write-docs:
// the table and the chart go into docs/. Exits 1 when something is clearly worse than the baseline.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from '../tools/build.mjs';
import { local, root } from '../tools/lib/paths.mjs';
import { tool } from '../tools/lib/problem.mjs';
import { setupNode } from '../tools/setup-node.mjs';

const NAMES = ['edgewise', 'durable', 'room'];
const CONVERSATIONS = 50;
/** Bursts that tune the compilers and do not count. */
const WARM = 8;
const BASELINE = join(root, 'bench/baseline.json');
const DOC = join(root, 'docs/performance.md');

/**
 * Rounds in turns, so that whatever else the machine does meets all of them; each in a process of
 * its own, for two processes of the same program differ by some percent as long as they live.
 *
 * All conversations are opened first: what opening leaves to collect would fall into the bursts,
 * and how much of it there is depends on how one is opened, not on what a message costs.
 */
async function measure({ repeats, bursts, pacedBy }) {
  const { cpuOf, settled, start } = await import('./server.mjs');
  const { PEERS, burst, closeAll, openAll, paced } = await import('./load.mjs');
  const runs = Object.fromEntries(NAMES.map((name) => [name, []]));
  const round = async (name) => {
    const [server, peer] = [await start(name), PEERS[name]];
    const cpu = () => cpuOf(server.pid);
    try {
      await peer.prepare(server.url);
      const waves = [];
      for (let count = 0; count < WARM + bursts + pacedBy; count += 1) {
        waves.push(await openAll(peer, server, CONVERSATIONS));
      }
      const sum = { messages: 0, seconds: 0, cpu: 0 };
      for (const [at, pairs] of waves.slice(0, WARM + bursts).entries()) {
        const done = await burst(peer, pairs, cpu);
        for (const key of Object.keys(sum)) if (at >= WARM) sum[key] += done[key];
        await settled(server.pid);
      }
      const perSecond = sum.messages / sum.seconds;
      const times = await paced(peer, waves.slice(WARM + bursts).flat(), perSecond / 3);
      times.sort((a, b) => a - b);
      const at = (share) => times[Math.floor(share * (times.length - 1))];
      const late = { p50: at(0.5), p99: at(0.99), p999: at(0.999) };
      waves.forEach(closeAll);
      return { perSecond, cpu: sum.cpu / sum.messages, ...late, start: server.startMs };
    } finally {
      await server.stop();
    }
  };
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    for (const [at] of NAMES.entries()) {
      const name = NAMES[(at + repeat) % NAMES.length];
      runs[name].push(await round(name));
    }
  }
  return runs;
}

await tool(async (args) => {
  const options = Object.fromEntries(
    ['quick', 'accept', 'write-docs'].map((name) => [name, { type: 'boolean', default: false }]),
  );
  const { values } = parseArgs({ args, options });
  await setupNode();
  await build();
  const { weigh } = await import('./weight.mjs');
  const { check, summary } = await import('./gate.mjs');
  const { renew } = await import('./document.mjs');
  const { chart, table, weights } = await import('./report.mjs');
  const size = values.quick
    ? { repeats: 2, bursts: 4, pacedBy: 2 }
    : { repeats: 7, bursts: 10, pacedBy: 6 };
  console.log(`· ${CONVERSATIONS} conversations × 2 sockets, ${size.repeats} rounds in turns`);
  const runs = await measure(size);
  const found = summary(runs, weigh());
  mkdirSync(local, { recursive: true });
  const raw = join(local, 'bench.json');
  writeFileSync(raw, JSON.stringify({ machine: cpus()[0].model, size, runs, found }, null, 2));
  const text = `${cpus()[0].model}, workerd on one core\n\n${table(found)}\n\n${weights(found)}`;
  console.log(`\n${text}\n\nRaw numbers: ${raw}`);
  if (values.accept) writeFileSync(BASELINE, `${JSON.stringify(found, null, 2)}\n`);
  if (values['write-docs']) {
    writeFileSync(DOC, renew(readFileSync(DOC, 'utf8'), { measured: text }));
    writeFileSync(join(root, 'docs/images/bench.svg'), chart(found));
  }
  const worse = check(found, JSON.parse(readFileSync(BASELINE, 'utf8')));
  for (const line of worse) console.error(`✗ ${line}`);
  if (worse.length > 0) process.exitCode = 1;
});
