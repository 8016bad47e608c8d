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
const BASELINE = join(root, 'bench/baseline.json');
const DOC = join(root, 'docs/performance.md');

/** Rounds in turns, so that whatever else the machine does meets all of them. */
async function measure({ repeats, waves }) {
  const { cpuOf, start } = await import('./server.mjs');
  const { PEERS, burst, closeAll, openAll, paced } = await import('./load.mjs');
  const servers = {};
  const runs = Object.fromEntries(NAMES.map((name) => [name, []]));
  const wave = async (name, act) => {
    const pairs = await openAll(PEERS[name], servers[name], CONVERSATIONS);
    const result = await act(pairs);
    closeAll(pairs);
    return result;
  };
  try {
    for (const name of NAMES) {
      servers[name] = await start(name);
      await PEERS[name].prepare(servers[name].url);
    }
    for (let repeat = 0; repeat <= repeats; repeat += 1) {
      for (const name of NAMES) {
        const sum = { messages: 0, seconds: 0, cpu: 0 };
        for (let count = 0; count < waves; count += 1) {
          const done = await wave(name, (pairs) =>
            burst(PEERS[name], pairs, () => cpuOf(servers[name].pid)),
          );
          for (const key of Object.keys(sum)) sum[key] += done[key];
        }
        const perSecond = sum.messages / sum.seconds;
        const times = await wave(name, (pairs) => paced(PEERS[name], pairs, perSecond / 3));
        times.sort((a, b) => a - b);
        const at = (share) => times[Math.floor(share * (times.length - 1))];
        const late = { p50: at(0.5), p99: at(0.99), p999: at(0.999) };
        // The first round warms all of them up.
        if (repeat === 0) continue;
        runs[name].push({ perSecond, cpu: sum.cpu / sum.messages, ...late });
      }
    }
  } finally {
    for (const server of Object.values(servers)) await server.stop();
  }
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    for (const name of NAMES) {
      const { startMs, stop } = await start(name);
      await stop();
      runs[name][repeat].start = startMs;
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
  const size = values.quick ? { repeats: 2, waves: 1 } : { repeats: 5, waves: 5 };
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
