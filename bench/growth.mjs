// `npm run bench:growth`: what grows with the length of a conversation, and what an idle one costs.
//
// Long conversations are written into the objects' SQLite files while the runtime is stopped: over
// the wire their pace would take hours. All that is compared takes turns in one run. Exits 1 when
// a message costs a tenth more in the longest conversation than in the shortest, when a newcomer
// waits or loads a tenth more there, and when an object wakes for a ping.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../tools/build.mjs';
import { numbers } from '../tools/lib/numbers.mjs';
import { local } from '../tools/lib/paths.mjs';
import { tool } from '../tools/lib/problem.mjs';
import { setupNode } from '../tools/setup-node.mjs';
import { median } from './median.mjs';

const HELP = 'npm run bench:growth -- [--rounds 12] [--sockets 10000]';
const SIZES = [100, 10_000, 100_000];
const BOUND = 1.1;

/** The median over the rounds of each size's ratio to the size at `base`, taken round by round. */
const ratios = (rounds, key, base) =>
  SIZES.map((_, at) => median(rounds.map((round) => round[at][key] / round[base][key])));

function lengthTable({ messages, joins, woken }) {
  const each = (rounds, key) => SIZES.map((_, at) => median(rounds.map((round) => round[at][key])));
  const row = (what, values, digits) =>
    `| ${what} | ${values.map((value) => value.toFixed(digits)).join(' | ')} |`;
  const sizes = SIZES.map((size) => size.toLocaleString('en'));
  return [
    `| events in the conversation | ${sizes.join(' | ')} |`,
    `| --- |${' --- |'.repeat(SIZES.length)}`,
    row('processor time a message, ms', each(messages, 'cpu'), 3),
    row('ratio to the first', ratios(messages, 'cpu', 0), 2),
    row('first message after sleep: processor time, ms', woken, 1),
    row('joining: ms until the first batch', each(joins, 'ms'), 2),
    row('joining: processor time, ms', each(joins, 'cpu'), 2),
    row('joining: KB of the first batch', each(joins, 'kb'), 1),
    row('joining: processor time, ratio to the second', ratios(joins, 'cpu', 1), 2),
  ].join('\n');
}

function idleTable(idle) {
  const head = ['idle conversations', 'runtimes', 'KB of memory each', 'pings answered'];
  const rows = idle.map(({ sockets, runtimes, kb, pings, built, called }) => {
    return [sockets.toLocaleString('en'), runtimes, kb.toFixed(1), pings, called, built];
  });
  const all = [[...head, 'handlers called', 'objects woken'], Array(6).fill('---'), ...rows];
  return all.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** What is worse than promised, in words. */
function broken({ messages, joins, idle }) {
  const wrong = [];
  const longest = ratios(messages, 'cpu', 0).at(-1);
  if (longest > BOUND) wrong.push(`a message costs ${longest.toFixed(2)} times as much`);
  const [, , bytes] = ratios(joins, 'kb', 1);
  if (bytes > BOUND) wrong.push(`a first batch has ${bytes.toFixed(2)} times as many bytes`);
  const [, , cpu] = ratios(joins, 'cpu', 1);
  if (cpu > BOUND) wrong.push(`joining costs ${cpu.toFixed(2)} times as much`);
  for (const { sockets, built, called } of idle) {
    if (built + called > 0) wrong.push(`${sockets} sockets: pings have woken objects`);
  }
  return wrong;
}

await tool(async (args) => {
  await setupNode();
  const { rounds = 12, sockets = 10_000 } = numbers(args, ['rounds', 'sockets'], HELP);
  await build();
  const { byLength } = await import('./length.mjs');
  const { byIdleness } = await import('./idle.mjs');
  const lengths = await byLength(SIZES, rounds);
  console.log(`\n${lengthTable(lengths)}\n`);
  const idle = await byIdleness([Math.ceil(sockets / 10), sockets]);
  console.log(`\n${idleTable(idle)}\n`);
  const found = { sizes: SIZES, ...lengths, idle };
  mkdirSync(local, { recursive: true });
  const file = join(local, 'growth.json');
  writeFileSync(file, JSON.stringify(found, null, 2));
  console.log(`Raw numbers: ${file}`);
  for (const one of broken(found)) {
    console.error(one);
    process.exitCode = 1;
  }
});
process.exit();
