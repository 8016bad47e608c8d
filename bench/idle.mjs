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

/** How many sockets the limit of open files allows. */
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

/** For each count of sockets {sockets, kb, pings, built, called}. */
export async function byIdleness(counts) {
  const { url, pid, stop } = await start('counted');
  const lines = [];
  const found = [];
  try {
    await setUp(url);
    // Some first, so that what the first visitors cause counts for nobody.
    await fillUp(url, lines, ABREAST);
    const [base, empty] = [lines.length, residentKb(pid)];
    for (const wanted of counts) {
      const sockets = Math.min(wanted, most() - base);
      console.log(`· ${sockets} idle conversations`);
      if (sockets < wanted)
        console.log(`  not ${wanted}: raise the limit of open files (ulimit -n)`);
      await fillUp(url, lines, base + sockets);
      const kb = (residentKb(pid) - empty) / sockets;
      const before = await countsOf(url);
      for (const line of lines) await line.ping();
      const { built, read, written, ...called } = between(before, await countsOf(url));
      const calls = Object.values(called).reduce((sum, count) => sum + count, 0);
      found.push({ sockets, kb, pings: lines.length, built, called: calls });
      await checkMeter(url, lines[0]);
    }
  } finally {
    for (const line of lines) line?.end();
    await stop();
  }
  return found;
}
