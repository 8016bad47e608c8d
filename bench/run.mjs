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
/** After ten seconds without a frame workerd puts an object out of memory. */
const ASLEEP_MS = 12_000;
const BASELINE = join(root, 'bench/baseline.json');
const DOC = join(root, 'docs/performance.md');

/**
 * One of them in a process of its own, for two processes of the same program differ by some percent
 * as long as they live.
 *
 * All conversations are opened first: what opening leaves to collect would fall into the bursts,
 * and how much of it there is depends on how one is opened, not on what a message costs.
 */
async function subject(name, { bursts, pacedBy }) {
  const { cpuOf, settled, start } = await import('./server.mjs');
  const { PEERS, burst, closeAll, greet, openAll, paced } = await import('./load.mjs');
  const [server, peer] = [await start(name), PEERS[name]];
  const cpu = () => cpuOf(server.pid);
  const waves = [];
  return {
    async bursts() {
      await peer.prepare(server.url);
      for (let count = 0; count < WARM + bursts + pacedBy; count += 1) {
        waves.push(await openAll(peer, server, CONVERSATIONS));
      }
      const sum = { messages: 0, seconds: 0, cpu: 0 };
      for (const [at, pairs] of waves.slice(0, WARM + bursts).entries()) {
        const done = await burst(peer, pairs, cpu);
        for (const key of Object.keys(sum)) if (at >= WARM) sum[key] += done[key];
        await settled(server.pid);
      }
      return { perSecond: sum.messages / sum.seconds, cpu: sum.cpu / sum.messages };
    },
    async paced(perSecond) {
      const pairs = waves.slice(WARM + bursts).flat();
      const asleep = cpu();
      await greet(peer, server, pairs);
      const awake = cpu();
      const times = await paced(peer, pairs, perSecond);
      const [wake, alone] = [(awake - asleep) / pairs.length, (cpu() - awake) / times.length];
      times.sort((a, b) => a - b);
      const at = (share) => times[Math.floor(share * (times.length - 1))];
      return { wake, alone, p50: at(0.5), p99: at(0.99), p999: at(0.999), start: server.startMs };
    },
    stop() {
      waves.forEach(closeAll);
      return server.stop();
    },
  };
}

/**
 * A round of all, each part in turns, so that whatever else the machine does meets all of them.
 * All are paced alike: a third of what the slowest of them can take.
 */
async function round(order, size) {
  const subjects = [];
  const found = {};
  try {
    for (const name of order) {
      subjects.push([name, await subject(name, size)]);
      found[name] = await subjects.at(-1)[1].bursts();
    }
    const pace = Math.min(...order.map((name) => found[name].perSecond)) / 3;
    await new Promise((wake) => setTimeout(wake, ASLEEP_MS));
    for (const [name, one] of subjects) Object.assign(found[name], await one.paced(pace));
  } finally {
    for (const [, one] of subjects) await one.stop();
  }
  return found;
}

async function measure({ repeats, ...size }) {
  const runs = Object.fromEntries(NAMES.map((name) => [name, []]));
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const order = NAMES.map((_, at) => NAMES[(at + repeat) % NAMES.length]);
    const found = await round(order, size);
    for (const name of NAMES) runs[name].push(found[name]);
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
