// What the system knows of a process, on Linux.

import { readdirSync, readFileSync } from 'node:fs';

/** Processor time that its threads have used, in milliseconds, finer than ticks of 10 ms. */
export function busyMs(pid) {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const spent = (task) => readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0];
  return tasks.reduce((sum, task) => sum + Number(spent(task)), 0) / 1e6;
}

/** Its resident memory, in KB. */
export function residentKb(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)[1]);
}
