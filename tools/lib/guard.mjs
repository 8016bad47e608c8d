// Runs a command in this process group and ends the whole group when whoever started us is gone,
// even by SIGKILL: our standard input is a pipe that nobody writes to, and its end is the sign.
// Signals go to the group, so the command hears them itself; we wait for its end.

import { spawn } from 'node:child_process';

const [command, ...args] = process.argv.slice(2);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
child.once('exit', (code) => process.exit(code ?? 1));
process.stdin.resume();
process.stdin.once('close', () => process.kill(-process.pid, 'SIGKILL'));
