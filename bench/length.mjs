// Conversations of several lengths, all in one runtime: processor time of a message, and what it
// takes to join.

import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EDGEWISE, startWorkerd } from '../tools/lib/workerd.mjs';
import { setUp, Visitor } from './people.mjs';
import { cpuOf, stateFolder } from './server.mjs';

/** Conversations of each length; together with their two tabs enough messages for a round. */
const CHATS = 10;
/** With its hello and the message that wakes the conversation, the burst a session may send. */
const BURST = 38;
/** Events whose ids are in one page, as src/limits.rs has it. */
const PAGE = 128;
const JOINS = 20;
const EPOCH = 'filled';
const TEXT = 'A line of the usual length, as people write them who want to know something.';

function fill(file, size) {
  const database = new DatabaseSync(file);
  database.exec('BEGIN; DELETE FROM event; DELETE FROM head; DELETE FROM outbox');
  // Assigned to somebody who is not there: what a visitor writes then stays in this object.
  database
    .prepare(
      `INSERT INTO head(id, epoch, standing, agent, name, generation, seen_visitor, seen_agent,
        locale, page) VALUES(1, ?, 'assigned', 'nobody', 'Nobody', 1, 0, 0, 'en', '')`,
    )
    .run(EPOCH);
  const insert = database.prepare(
    `INSERT INTO event(seq, at, chain, role, agent, kind, client_id, text)
      VALUES(?, ?, 0, 'visitor', '', 'message', ?, ?)`,
  );
  for (let seq = 1; seq <= size; seq += 1) insert.run(seq, seq, randomUUID(), TEXT);
  // Digests of ids that nobody sends again: any will do.
  const page = database.prepare('INSERT INTO ids(first, digests) VALUES(?, ?)');
  for (let first = 1; first + PAGE <= size; first += PAGE) {
    page.run(first, randomBytes(PAGE * 4).toString('hex'));
  }
  database.exec('COMMIT');
  database.close();
}

/** A file is named by the object's id; others are of the runtime itself. */
const filesIn = (folder) =>
  readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));

/** Makes the conversations, with a message each, and notes which file belongs to which length. */
async function make(url, files, sizes) {
  const chats = [];
  const known = new Set();
  for (const size of sizes) {
    const visitors = Array.from({ length: CHATS }, () => new Visitor());
    for (const visitor of visitors) {
      const line = await visitor.open(url);
      await line.join();
      await line.say();
      line.end();
    }
    const its = filesIn(files).filter((name) => !known.has(name));
    if (its.length !== CHATS) throw new Error(`${its.length} files of ${CHATS} conversations`);
    for (const name of its) known.add(name);
    chats.push({ size, visitors, last: size, files: its.map((name) => join(files, name)) });
  }
  return chats;
}

/**
 * A message to each of these conversations, then a burst of all tabs; resolves to the processor
 * time of such a first message, which may have to wake its conversation, and of each other.
 */
async function talk({ url, pid }, chat) {
  const lines = [];
  for (const visitor of chat.visitors) {
    // The chain of what was filled in is 0; a first batch is enough to learn a later one.
    const hello = { after: chat.last, epoch: EPOCH, chain: visitor.chain ?? 0 };
    for (let tab = 0; tab < 2; tab += 1) {
      const line = await visitor.open(url);
      const welcome = line.next((frame) => frame.t === 'welcome');
      const [{ reset, last_seq }, { done }] = await Promise.all([welcome, line.join(hello)]);
      if (reset || !done || last_seq !== chat.last) throw new Error('not the filled conversation');
      lines.push({ line, visitor });
    }
  }
  const asleep = cpuOf(pid);
  await Promise.all(lines.filter((_, at) => at % 2 === 0).map(({ line }) => line.say()));
  const before = cpuOf(pid);
  const last = chat.last + 1 + 2 * BURST;
  const done = lines.map(({ line, visitor }) => {
    // Each tab has every message: its own as an ack, the other's as an event.
    const end = line.next(({ t, seq, chain, event }) => {
      const at = t === 'event' ? event : { seq, chain };
      if (at.seq === last) visitor.chain = at.chain;
      return at.seq === last;
    });
    for (let n = 0; n < BURST; n += 1)
      line.send({ t: 'send', client_id: randomUUID(), text: TEXT });
    return end;
  });
  await Promise.all(done);
  const cpu = (cpuOf(pid) - before) / (lines.length * BURST);
  chat.last = last;
  for (const { line } of lines) line.end();
  return { cpu, woken: (before - asleep) / CHATS };
}

/** One who holds nothing joins; resolves to the time, the bytes and the work of the first batch. */
async function enter({ url, pid }, chat) {
  const found = { ms: 0, kb: 0, cpu: 0 };
  for (let n = 0; n < JOINS; n += 1) {
    const line = await chat.visitors[n % CHATS].open(url);
    const [since, before] = [performance.now(), cpuOf(pid)];
    await line.join();
    found.ms += (performance.now() - since) / JOINS;
    found.cpu += (cpuOf(pid) - before) / JOINS;
    found.kb += line.bytes / 1024 / JOINS;
    line.end();
  }
  return found;
}

/** Rounds of messages and of joins; each round has a result for each size. */
export async function byLength(sizes, rounds) {
  const folder = stateFolder();
  const start = (port) =>
    startWorkerd(EDGEWISE, { folder, port, pin: process.platform === 'linux' });
  let running = await start();
  const found = { messages: [], joins: [] };
  try {
    await setUp(running.url);
    const chats = await make(running.url, join(folder, 'data/ConversationObject'), sizes);
    await running.kill();
    console.log(`· filling ${CHATS} conversations each of ${sizes.join(', ')} events`);
    for (const { files, size } of chats) for (const file of files) fill(file, size);
    running = await start();
    for (let round = 0; round <= rounds; round += 1) {
      const [messages, joins] = [[], []];
      // Each is the first of its round as often as the others.
      const order = sizes.map((_, at) => (at + round) % sizes.length);
      for (const at of order) messages[at] = await talk(running, chats[at]);
      for (const at of order) joins[at] = await enter(running, chats[at]);
      // The first round warms up, and finds all of them asleep.
      if (round === 0) {
        found.woken = messages.map(({ woken }) => woken);
        continue;
      }
      found.messages.push(messages);
      found.joins.push(joins);
    }
  } finally {
    await running.kill();
    rmSync(folder, { recursive: true, force: true });
  }
  return found;
}
