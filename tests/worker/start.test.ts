// `npm start` as a person uses it: it serves, comes back when its runtime dies, and leaves nothing
// behind however it ends.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { events, say, texts, until, Visitor } from '../support/live.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
// The tools are plain JavaScript, of which the compiler knows no types.
type Process = { pid: number; group: number; command: string };
const { living }: { living: () => Process[] } = await import(`${root}tools/lib/processes.mjs`);
const { freePort }: { freePort: () => Promise<number> } = await import(`${root}tools/lib/port.mjs`);
const state = mkdtempSync(join(tmpdir(), 'edgewise-start-'));
const running = new Set<ChildProcess>();

after(() => {
  for (const child of running) child.kill('SIGTERM');
  rmSync(state, { recursive: true, force: true });
});

type Started = { url: string; child: ChildProcess };

async function start(port: number): Promise<Started> {
  const env = { ...process.env, PORT: `${port}`, EDGEWISE_STATE: state };
  const child = spawn('npm', ['start'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data) => {
      text += data;
    });
  }
  await until(
    'the address',
    () => text.includes('Ctrl-C ends it') || child.exitCode !== null,
    60_000,
  );
  assert.equal(child.exitCode, null, text);
  return { url: `http://127.0.0.1:${port}`, child };
}

/** All that serves this port: wrangler, its guard and the runtimes, a group of their own. */
function serving(port: number) {
  const all = living();
  const groups = new Set(all.filter(isOf(port)).map(({ group }) => group));
  return all.filter(({ group }) => groups.has(group));
}

const isOf =
  (port: number) =>
  ({ command }: { command: string }) =>
    command.includes(`--port ${port} `);

/** The process that `npm start` is. */
async function end(started: Started, signal: NodeJS.Signals, port: number): Promise<void> {
  started.child.kill(signal);
  await until('an empty machine', () => serving(port).length === 0, 20_000);
}

test('npm start comes back when its runtimes are killed, and leaves nothing behind', async () => {
  const port = await freePort();
  const first = await start(port);
  for (const path of ['/demo', '/console', '/setup']) {
    assert.equal((await fetch(first.url + path)).status, 200, path);
  }
  const visitor = new Visitor(first.url);
  const tab = await visitor.tab();
  await say(tab, 'm1', 'before');
  const dead = serving(port).filter(({ command }) => command.includes('workerd serve'));
  assert.ok(dead.length > 0);
  for (const { pid } of dead) process.kill(pid, 'SIGKILL');
  await tab.closed;
  const again = await until('the worker', () => visitor.tab().catch(() => undefined), 60_000);
  await say(again, 'm2', 'after');
  assert.deepEqual(texts(events(again)), ['before'], 'and what was acknowledged is there');
  again.cut();
  await end(first, 'SIGTERM', port);

  const second = await start(port);
  const reader = await visitor.tab();
  assert.deepEqual(texts(events(reader)), ['before', 'after']);
  reader.cut();
  await end(second, 'SIGKILL', port);
});
