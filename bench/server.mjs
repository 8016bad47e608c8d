// The ones that are compared, each in a workerd of its own. It is pinned to one core where the
// machine can do that; the client stays on the others. State is kept in memory (tmpfs) where there
// is such a place: disks differ more than what is compared here.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { EDGEWISE, namespace, startWorkerd } from '../tools/lib/workerd.mjs';

const MEMORY = '/dev/shm';
const NANOSECONDS = 1e6; // in a millisecond

const script = (file, name, binding) => ({
  modules: [[file, 'esModule', `bench/${file}`]],
  objects: [name],
  bindings: [namespace(binding, name)],
});

const SUBJECTS = {
  edgewise: EDGEWISE,
  durable: script('durable.js', 'Durable', 'DURABLE'),
  room: script('room.js', 'Room', 'ROOM'),
  // Edgewise behind a meter of what is billed.
  counted: {
    ...EDGEWISE,
    modules: [
      ['bench/counted.js', 'esModule', 'bench/counted.js'],
      ['build/index.js', 'esModule', 'build/index.js'],
      ['build/index_bg.wasm', 'wasm', 'build/index_bg.wasm'],
    ],
  },
};

/** A new folder for the state of one server. */
export const stateFolder = () =>
  mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'edgewise-bench-'));

/** Starts one of them; resolves to {url, pid, startMs, stop} when it answers. */
export async function start(subject) {
  const folder = stateFolder();
  const pin = process.platform === 'linux' && cpus().length > 1;
  const since = performance.now();
  const { url, pid, kill } = await startWorkerd(SUBJECTS[subject], { folder, pin });
  const startMs = performance.now() - since;
  const stop = async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, pid, startMs, stop };
}

/** Processor time the process has used, in milliseconds. */
export function cpuOf(pid) {
  const tasks = `/proc/${pid}/task`;
  const spent = (task) => Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]);
  return readdirSync(tasks).reduce((sum, task) => sum + spent(task), 0) / NANOSECONDS;
}

/** Resolves when the process has come to rest, so that nothing left over counts. */
export async function settled(pid) {
  for (let quiet = 0, before = cpuOf(pid); quiet < 3; ) {
    await new Promise((wake) => setTimeout(wake, 25));
    const now = cpuOf(pid);
    quiet = now - before < 1 ? quiet + 1 : 0;
    before = now;
  }
}
