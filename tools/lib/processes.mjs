// Which processes of a group are left. A server is started in a group of its own, so that all it
// starts, workerd above all, can be found and ended together.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Of the fields of /proc/PID/stat behind the name, which says how many threads are left. */
const THREADS = 17;

function fromProc() {
  const all = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The name in parentheses may hold anything; see proc_pid_stat(5) for the fields after it.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const [state, , group] = fields;
      // The first thread may have ended before others, which still hold ports and files.
      const ended = state === 'Z' && fields[THREADS] === '1';
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      if (!ended) all.push({ pid: Number(name), group: Number(group), command });
    } catch {
      // It ended while we looked.
    }
  }
  return all;
}

function fromPs() {
  const out = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,state=,args='], { encoding: 'utf8' });
  return out.split('\n').flatMap((line) => {
    const found = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    if (!found) return [];
    const [, pid, group, state, command] = found;
    if (state.startsWith('Z')) return [];
    return [{ pid: Number(pid), group: Number(group), command }];
  });
}

/** Living processes: {pid, group, command}. */
export const living = () => (existsSync('/proc/self/stat') ? fromProc() : fromPs());

/** The living processes of the group. */
export const processesOf = (group) => living().filter((one) => one.group === group);

function signal(group, name) {
  try {
    process.kill(-group, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

async function gone(group, within) {
  for (const until = Date.now() + within; Date.now() < until; ) {
    if (processesOf(group).length === 0) return true;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  return processesOf(group).length === 0;
}

/** Ends the whole group and returns when none of it is left: gently, then not. */
export async function endGroup(group, { gently = true, patience = 5_000 } = {}) {
  if (gently) {
    signal(group, 'SIGTERM');
    if (await gone(group, patience)) return;
  }
  signal(group, 'SIGKILL');
  if (!(await gone(group, patience))) {
    const left = processesOf(group).map((one) => one.pid);
    throw new Error(`processes ${left.join(', ')} do not end`);
  }
}

/** Ends the group at once, for use when this process exits. */
export const dropGroup = (group) => signal(group, 'SIGKILL');
