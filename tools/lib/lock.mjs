// One set-up at a time. A lock is a file that holds its owner's pid and is touched while the work
// goes on; a lock whose owner is gone or silent is taken over, so a killed run blocks nobody.

import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const TOUCH_MS = 5_000;
/** Well above TOUCH_MS: a loaded machine may be late. */
const SILENT_MS = 60_000;
const POLL_MS = 300;

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function abandoned(file) {
  try {
    const silent = Date.now() - statSync(file).mtimeMs;
    const pid = Number(readFileSync(file, 'utf8'));
    // An empty file is a lock being written this very moment, unless it stays empty.
    if (!pid) return silent > TOUCH_MS;
    return silent > SILENT_MS || !alive(pid);
  } catch {
    return false;
  }
}

function take(file) {
  try {
    writeFileSync(file, `${process.pid}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (abandoned(file)) rmSync(file, { force: true });
    return false;
  }
}

function keepTouching(file) {
  return setInterval(() => {
    const now = new Date();
    try {
      utimesSync(file, now, now);
    } catch {
      // Taken over after a long pause of this process: the work itself is safe to run twice.
    }
  }, TOUCH_MS);
}

function drop(file) {
  try {
    if (readFileSync(file, 'utf8') === `${process.pid}`) rmSync(file, { force: true });
  } catch {
    // Gone already.
  }
}

/** Runs `work` while holding the lock `file`; says once that it waits for another run. */
export async function locked(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  for (let told = false; !take(file); ) {
    if (!told) console.log('· waiting for another run of Edgewise to finish its set-up …');
    told = true;
    await new Promise((wake) => setTimeout(wake, POLL_MS));
  }
  const touch = keepTouching(file);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    drop(file);
  }
}

/** Takes the lock `file` for the life of this process; undefined when another one holds it. */
export function hold(file) {
  mkdirSync(dirname(file), { recursive: true });
  if (!take(file) && !take(file)) return undefined;
  const touch = keepTouching(file);
  const release = () => {
    clearInterval(touch);
    drop(file);
  };
  process.once('exit', release);
  return release;
}
