// `npm run bench:rows`: rows written and read, requests and frames for each thing that people do,
// counted in the objects themselves. Exits 1 when anything writes more rows than bench/rows.json
// says; `-- --accept` writes that file anew.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from '../tools/build.mjs';
import { root } from '../tools/lib/paths.mjs';
import { tool } from '../tools/lib/problem.mjs';
import { setupNode } from '../tools/setup-node.mjs';

const FILE = join(root, 'bench/rows.json');
/** Often enough that a row now and then would show. */
const TIMES = 10;
const LOOK_MS = 250;
const PATIENCE_MS = 45_000;

async function repeat(act) {
  for (let time = 0; time < TIMES; time += 1) await act(time);
}

/** The counts when the router's alarm rings next. */
async function atNextLook(url, countsOf) {
  const rung = async () => {
    const counts = await countsOf(url);
    return [counts, counts.RouterObject.alarm];
  };
  const [, before] = await rung();
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
    const [counts, now] = await rung();
    if (now > before) return counts;
    await new Promise((wake) => setTimeout(wake, LOOK_MS));
  }
  throw new Error('the desk does not look who is there');
}

async function measure() {
  const { between, countsOf, settled } = await import('./counts.mjs');
  const { start } = await import('./server.mjs');
  const { openAsAgent, setUp, status, Visitor } = await import('./people.mjs');
  const { url, stop } = await start('counted');
  const rows = {};
  const note = (what, counts, times = 1) => {
    const { written, read, fetch, alarm, webSocketMessage } = counts;
    const each = { written, read, requests: fetch + alarm, frames: webSocketMessage };
    rows[what] = Object.fromEntries(Object.entries(each).map(([key, sum]) => [key, sum / times]));
  };
  const step = async (what, act, times) => {
    const before = await settled(url);
    const result = await act();
    note(what, between(before, await settled(url)), times);
    return result;
  };
  try {
    const cookie = await setUp(url);
    // What a site pays once is paid by those who come first.
    const first = await new Visitor().open(url);
    await first.join();
    const desk = await openAsAgent(url, cookie);
    await desk.ask({ t: 'hello' }, (frame) => frame.t === 'desk');
    await desk.ask({ t: 'accept', on: true }, (frame) => frame.t === 'agent');

    const visitor = new Visitor();
    const open = async () => {
      const opened = await visitor.open(url);
      await opened.join();
      return opened;
    };
    const line = await step('panelOpened', open);
    await step('firstMessage', () => {
      const assigned = line.next(status('assigned'));
      return Promise.all([line.say(), assigned]);
    });
    const agent = await step('agentJoins', async () => {
      const opened = await openAsAgent(url, cookie, visitor.conversation);
      await opened.join();
      return opened;
    });
    await step('visitorMessage', () => repeat(() => line.say()), TIMES);
    await step('agentMessage', () => repeat(() => agent.say()), TIMES);
    const seen = (from, to, base) => (time) =>
      Promise.all([
        to.next((frame) => frame.t === 'seen'),
        from.send({ t: 'seen', seq: base + time }),
      ]);
    await step('readMark', () => repeat(seen(agent, line, 2)), TIMES);
    const typing = () =>
      Promise.all([
        agent.next((frame) => frame.t === 'typing'),
        line.send({ t: 'typing', on: true }),
      ]);
    await step('typing', () => repeat(typing), TIMES);
    await step('closed', () => agent.ask({ t: 'close' }, status('closed')));
    await step('reopened', () => Promise.all([line.next(status('assigned')), line.say()]));
    await step('panelOpenedAgain', open);
    await step('pings', () =>
      repeat(() => Promise.all([line, agent, desk].map((one) => one.ping()))),
    );

    // Between two looks of the desk there is nothing else: this is all that idleness costs.
    const before = await atNextLook(url, countsOf);
    const after = await atNextLook(url, countsOf);
    note('deskLooks', between(before, after));
    const idle = ({ ConversationObject }) => ({ ConversationObject });
    note('idleConversation', between(idle(before), idle(after)));
  } finally {
    await stop();
  }
  return rows;
}

function table(rows) {
  const lines = Object.entries(rows).map(
    ([what, { written, read, requests, frames }]) =>
      `| ${what} | ${written} | ${read} | ${requests} | ${frames} |`,
  );
  const head = '| | rows written | rows read | requests to objects | frames |';
  return [head, '| --- | --- | --- | --- | --- |', ...lines].join('\n');
}

/** What writes more than is recorded, in words. */
function excess(rows, recorded) {
  return Object.entries(rows)
    .filter(([what, { written }]) => !(written <= recorded[what]?.written))
    .map(([what, { written }]) => `${what}: ${written} rows, not ${recorded[what]?.written}`);
}

await tool(async (args) => {
  await setupNode();
  const { values } = parseArgs({ args, options: { accept: { type: 'boolean' } } });
  await build();
  console.log('· counting, which takes a little over a minute');
  const rows = await measure();
  console.log(`\n${table(rows)}\n`);
  if (values.accept) {
    writeFileSync(FILE, `${JSON.stringify(rows, null, 2)}\n`);
    console.log(`Written to ${FILE}`);
    return;
  }
  const wrong = excess(rows, JSON.parse(readFileSync(FILE, 'utf8')));
  for (const one of wrong) console.error(one);
  if (wrong.length > 0) process.exitCode = 1;
});
process.exit();
