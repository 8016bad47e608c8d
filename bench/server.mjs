// The two that are compared, each in a workerd of its own. It is pinned to one core where the
// machine can do that; the client stays on the others.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { EDGEWISE, namespace, startWorkerd } from '../tools/lib/workerd.mjs';

const SUBJECTS = {
  edgewise: EDGEWISE,
  room: {
    modules: [['room.js', 'esModule', 'bench/room.js']],
    objects: ['Room'],
    bindings: [namespace('ROOM', 'Room')],
  },
};

/** Starts one of the two; resolves when it answers. */
export async function start(subject) {
  const folder = mkdtempSync(join(tmpdir(), 'edgewise-bench-'));
  const pin = process.platform === 'linux' && cpus().length > 1;
  const { url, pid, kill } = await startWorkerd(SUBJECTS[subject], { folder, pin });
  const stop = async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, pid, stop };
}

/** Processor time the process has used, in milliseconds. */
export function cpuOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) * 10; // in ticks of 10 ms
}
