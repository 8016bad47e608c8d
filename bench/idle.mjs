// Many conversations in which nobody writes: the memory each takes while its object sleeps, and
// whether pings wake any.

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { between, countsOf } from './counts.mjs';
import { setUp, Visitor } from './people.mjs';
import { start } from './server.mjs';

/** Visitors who come at the same time. */
const ABREAST = 16;
/** The runtime puts an object to sleep after 10 s. */
const ASLEEP_MS = 15_000;
/** Conversations opened before the next ones come: an object that is awake keeps its files open. */
const AWAKE = 1_000;
/** The runtime's files: two of each connection, and three of each object that is awake. */
const FILES_OF_SOCKET = 2;
const SPARE_FILES = AWAKE * 3 + 500;

/** How many sockets the limit of open files allows one runtime. */
function most() {
  const [, files] =
    /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return files ? Math.floor((Number(files) - SPARE_FILES) / FILES_OF_SOCKET) : Infinity;
}

/** Its resident memory, in KB. */
function residentKb(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)[1]);
}

async function fillUp(url, lines, count) {
  for (let next = lines.length; next < count; ) {
    next = Math.min(count, next + AWAKE);
    await openMore(url, lines, next);
    await pause(ASLEEP_MS);
  }
}

async function openMore(url, lines, count) {
  const one = async () => {
    while (lines.length < count) {
      // The place is taken first: others wait for theirs meanwhile.
      const at = lines.push(undefined) - 1;
      const line = await new Visitor().open(url);
      await line.join();
      lines[at] = line;
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, one));
}

/** Proves that sleeping objects were counted: the one that gets a frame is built anew. */
async function checkMeter(url, line) {
  const before = await countsOf(url);
  await line.join();
  const { built, webSocketMessage } = between(before, await countsOf(url));
  if (built !== 1 || webSocketMessage !== 1) {
    throw new Error(`a frame has built ${built} objects and called ${webSocketMessage} handlers`);
  }
}

/** A runtime with its first visitors, so that what those cause counts for nobody. */
async function begin() {
  const runtime = { ...(await start('counted')), lines: [] };
  await setUp(runtime.url);
  await fillUp(runtime.url, runtime.lines, ABREAST);
  return { ...runtime, empty: residentKb(runtime.pid) };
}

/** Has as many more conversations as said; resolves to {kb of all, pings, built, called}. */
async function idle({ url, pid, lines, empty }, more) {
  await fillUp(url, lines, ABREAST + more);
  const kb = residentKb(pid) - empty;
  const before = await countsOf(url);
  for (const line of lines) await line.ping();
  const { built, read, written, ...called } = between(before, await countsOf(url));
  await checkMeter(url, lines[0]);
  return { kb, pings: lines.length, built, called: sum(Object.values(called)) };
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/**
 * For each count of sockets {sockets, runtimes, kb, pings, built, called}, `kb` of each. They are
 * spread over as many runtimes as the limit of open files makes necessary.
 */
export async function byIdleness(counts) {
  const runtimes = [];
  const found = [];
  try {
    for (const wanted of counts) {
      const needed = Math.ceil(wanted / (most() - ABREAST));
      while (runtimes.length < needed) runtimes.push(await begin());
      const each = Math.ceil(wanted / needed);
      const sockets = each * needed;
      console.log(`· ${sockets} idle conversations, runtimes: ${needed}`);
      const all = await Promise.all(runtimes.map((runtime) => idle(runtime, each)));
      const of = (key) => sum(all.map((one) => one[key]));
      const counted = { pings: of('pings'), built: of('built'), called: of('called') };
      found.push({ sockets, runtimes: needed, kb: of('kb') / sockets, ...counted });
    }
  } finally {
    for (const { lines, stop } of runtimes) {
      for (const line of lines) line?.end();
      await stop();
    }
  }
  return found;
}
