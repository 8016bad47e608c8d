// `npm run bench:desk`: how much one router takes, and what conversations ask of it. Visitors
// write, get an agent, end the conversation and write again, as fast as one core does all of it:
// the entry, the conversations and the router. A router with a core to itself takes more.

import { parseArgs } from 'node:util';
import { build } from '../tools/build.mjs';
import { tool } from '../tools/lib/problem.mjs';
import { setupNode } from '../tools/setup-node.mjs';
import { median } from './median.mjs';

const AGENTS = 20;
const CAPACITY = 20;
/** Fewer than there are places, and as many more that half of them wait. */
const CROWDS = { 'nobody waits': 200, '400 wait': 800 };
/** Each takes a few frames of those that a visitor may send at once. */
const CYCLES = 6;
const PING_MS = 20_000;

async function measure({ repeats, visitors }) {
  const { between, countsOf, settled } = await import('./counts.mjs');
  const { cpuOf, start } = await import('./server.mjs');
  const { hire, openAsAgent, setUp, status, Visitor } = await import('./people.mjs');
  const { url, pid, stop } = await start('counted');
  const rounds = [];
  const desks = [];
  // A console that gives no sign of life is taken for lost.
  const pings = setInterval(() => {
    for (const desk of desks) desk.send('ping');
  }, PING_MS);
  try {
    const owner = await setUp(url);
    for (let number = 0; number < AGENTS; number += 1) {
      const cookie = await hire(url, owner, `agent${number}@example.com`, CAPACITY);
      const desk = await openAsAgent(url, cookie);
      await desk.ask({ t: 'hello' }, (frame) => frame.t === 'desk');
      await desk.ask({ t: 'accept', on: true }, (frame) => frame.t === 'agent');
      desks.push(desk);
    }
    const cycle = async (line) => {
      await Promise.all([line.next(status('assigned')), line.say()]);
      await line.ask({ t: 'close' }, status('closed'));
    };
    for (let repeat = 0; repeat <= repeats; repeat += 1) {
      const lines = [];
      for (let count = 0; count < visitors; count += 1) {
        const line = await new Visitor().open(url);
        await line.join();
        lines.push(line);
      }
      const before = await settled(url);
      const [since, used] = [performance.now(), cpuOf(pid)];
      await Promise.all(
        lines.map(async (line) => {
          for (let count = 0; count < CYCLES; count += 1) await cycle(line);
        }),
      );
      const seconds = (performance.now() - since) / 1_000;
      const cpu = cpuOf(pid) - used;
      const after = await countsOf(url);
      const only = (kind) => between({ [kind]: before[kind] }, { [kind]: after[kind] });
      const [asked, told] = [only('RouterObject'), only('ConversationObject').fetch];
      for (const line of lines) line.end();
      // The first round warms up.
      if (repeat > 0) rounds.push({ seconds, cpu, asked, told, all: visitors * CYCLES });
    }
  } finally {
    clearInterval(pings);
    await stop();
  }
  return rounds;
}

await tool(async (args) => {
  const { values } = parseArgs({ args, options: { repeats: { type: 'string', default: '3' } } });
  await setupNode();
  await build();
  const turns = ({ fetch, alarm, webSocketMessage }) => fetch + alarm + webSocketMessage;
  const figures = [
    ['conversations begun and ended a second', (one) => one.all / one.seconds, 0],
    ['processor time of one, all objects, ms', (one) => one.cpu / one.all, 2],
    ['turns of the router for one', (one) => turns(one.asked) / one.all, 2],
    ['rows it writes for one', (one) => one.asked.written / one.all, 1],
    ['deliveries to conversations for one', (one) => one.told / one.all, 2],
    ['turns of the router a second', (one) => turns(one.asked) / one.seconds, 0],
    ['deliveries to conversations a second', (one) => one.told / one.seconds, 0],
  ];
  const columns = [];
  for (const [name, visitors] of Object.entries(CROWDS)) {
    console.log(`· ${name}: ${visitors} visitors, ${AGENTS} agents, ${CYCLES} conversations each`);
    const rounds = await measure({ repeats: Number(values.repeats), visitors });
    columns.push(figures.map(([, of, digits]) => median(rounds.map(of)).toFixed(digits)));
  }
  console.log(`\n| one core for everything | ${Object.keys(CROWDS).join(' | ')} |`);
  console.log('| --- | --- | --- |');
  for (const [at, [what]] of figures.entries()) {
    console.log(`| ${[what, ...columns.map((column) => column[at])].join(' | ')} |`);
  }
});
process.exit();
