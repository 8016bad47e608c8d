// `npm run bench`: Edgewise beside a room that only stores and broadcasts, in the same workerd, by
// the same client, in the same run and in turns; and the weight of what travels. Prints ratios,
// keeps the raw numbers in .edgewise/bench.json. Exits 1 when a weight is over its bound.

import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { build } from '../tools/build.mjs';
import { local } from '../tools/lib/paths.mjs';
import { tool } from '../tools/lib/problem.mjs';
import { setupNode } from '../tools/setup-node.mjs';

const REPEATS = 5;
// With its hello, the burst that Edgewise lets a session send at once.
const LOAD = { conversations: 50, burst: 39 };

const sorted = (list) => [...list].sort((a, b) => a - b);
const median = (list) => sorted(list)[Math.floor(list.length / 2)];
const spread = (list) => `${sorted(list)[0].toFixed(2)}–${sorted(list).at(-1).toFixed(2)}`;

async function speeds() {
  const { cpuOf, start } = await import('./server.mjs');
  const { PEERS, round } = await import('./load.mjs');
  const names = ['room', 'edgewise'];
  const servers = {};
  const runs = { room: [], edgewise: [] };
  try {
    for (const name of names) {
      servers[name] = await start(name);
      await PEERS[name].prepare(servers[name].url);
    }
    for (let repeat = 0; repeat <= REPEATS; repeat += 1) {
      for (const name of names) {
        const { url, pid } = servers[name];
        const { messages, seconds, cpu } = await round(PEERS[name], url, LOAD, () => cpuOf(pid));
        // The first round warms both up.
        if (repeat === 0) continue;
        runs[name].push({ perSecond: messages / seconds, cpu: cpu / messages });
      }
    }
  } finally {
    for (const name of names) await servers[name]?.stop();
  }
  return runs;
}

function table(runs) {
  const pick = (name, key) => runs[name].map((run) => run[key]);
  const ratios = (key) => runs.edgewise.map((run, at) => run[key] / runs.room[at][key]);
  const row = (what, key, digits) =>
    `| ${what} | ${median(pick('edgewise', key)).toFixed(digits)} | ` +
    `${median(pick('room', key)).toFixed(digits)} | ${median(ratios(key)).toFixed(2)} | ` +
    `${spread(ratios(key))} |`;
  return [
    '| | Edgewise | room | ratio, median | ratio, range |',
    '| --- | --- | --- | --- | --- |',
    row('messages a second', 'perSecond', 0),
    row('processor time a message, ms', 'cpu', 3),
  ].join('\n');
}

await tool(async () => {
  await setupNode();
  await build();
  const { weigh } = await import('./weight.mjs');
  const runs = await speeds();
  const weights = weigh();
  const { conversations, burst } = LOAD;
  const size = `${conversations} conversations × 2 sockets × ${burst} messages`;
  console.log(`\n${size}, ${REPEATS} rounds`);
  console.log(`${cpus()[0].model}, workerd on one core\n`);
  console.log(`${table(runs)}\n\n| weight, gzipped | bytes | bound |\n| --- | --- | --- |`);
  for (const { what, bytes, bound } of weights) console.log(`| ${what} | ${bytes} | ${bound} |`);
  mkdirSync(local, { recursive: true });
  const file = join(local, 'bench.json');
  writeFileSync(file, JSON.stringify({ load: LOAD, runs, weights }, null, 2));
  console.log(`\nRaw numbers: ${file}`);
  if (weights.some(({ bytes, bound }) => bytes > bound)) process.exitCode = 1;
});
