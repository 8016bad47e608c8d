// Runs other programs: their own output streamed, or a line of progress and a log for the slow and
// talkative ones.

import { spawn } from 'node:child_process';
import {
  accessSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { local, root } from './paths.mjs';
import { Problem } from './problem.mjs';
import { dropGroup } from './processes.mjs';

/** How often a silent command says that it still runs. */
const PROGRESS_MS = 20_000;
const TAIL_LINES = 25;
/** A file of tests that takes longer hangs, which counts as a failure like any other. */
export const FILE_MS = 5 * 60_000;

/** The full path of a program on PATH, or undefined. */
export function which(name, path = process.env.PATH ?? '') {
  const folders = isAbsolute(name) ? [''] : path.split(delimiter).filter(Boolean);
  for (const folder of folders) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not here: look in the next folder.
    }
  }
  return undefined;
}

// Each program leads a process group, so that what it starts (a compiler's many children) ends with
// us, however we end.
const groups = new Set();
process.once('exit', () => {
  for (const group of groups) dropGroup(group);
});

function start(command, args, { env = process.env, cwd = root, stdio }) {
  const child = spawn(command, args, { cwd, env, stdio, detached: true });
  if (child.pid) groups.add(child.pid);
  child.once('exit', () => groups.delete(child.pid));
  return child;
}

/** Resolves to the exit code; a program that cannot be started counts as 127. */
export function exited(child) {
  return new Promise((done) => {
    child.once('error', () => done(127));
    child.once('exit', (code, signal) => done(code ?? (signal ? 128 : 1)));
  });
}

/** Runs with the output shown. Resolves to the exit code. */
export function show(command, args, options = {}) {
  return exited(start(command, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'] }));
}

/**
 * Runs and resolves to {code, out}, both streams in `out`; `echo` shows them, too. `limit` ends it
 * after so many milliseconds, with all that it started.
 */
export async function capture(command, args, { echo = false, limit, ...options } = {}) {
  const child = start(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const ending = limit && setTimeout(() => dropGroup(child.pid), limit);
  let out = '';
  for (const [stream, shown] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      out += text;
      if (echo) shown.write(text);
    });
  }
  const closed = new Promise((done) => child.once('close', done));
  const code = await exited(child);
  clearTimeout(ending);
  if (code !== 127) await closed;
  return { code, out };
}

/**
 * Runs a slow command as one line of progress; its output goes to a log whose end is shown when it
 * fails. `hint` says what to do then.
 */
export async function step(label, command, args, { hint, ...options } = {}) {
  const folder = join(local, 'logs');
  mkdirSync(folder, { recursive: true });
  const log = join(folder, `${label.replaceAll(/[^\w.-]+/g, '-')}.log`);
  const file = openSync(log, 'w');
  const since = Date.now();
  const seconds = () => `${Math.round((Date.now() - since) / 1000)} s`;
  console.log(`· ${label} …`);
  const ticker = setInterval(() => console.log(`· ${label} … ${seconds()}`), PROGRESS_MS);
  try {
    const stdio = ['ignore', file, file];
    const code = await exited(start(command, args, { ...options, stdio }));
    if (code === 0) {
      console.log(`✓ ${label} (${seconds()})`);
      return;
    }
    const tail = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
    if (tail) console.error(tail);
    const remedy = hint ? ` ${hint}` : '';
    throw new Problem(`${label} failed (exit ${code}, log in ${log}).${remedy}`);
  } finally {
    clearInterval(ticker);
    closeSync(file);
  }
}
