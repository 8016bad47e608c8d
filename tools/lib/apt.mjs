// Debian's packages, where there are: the second way to a tool that has an ordinary one.

import { Problem } from './problem.mjs';
import { step, which } from './run.mjs';

let updated = false;

/** Whether apt can install here without asking for a password. */
export const canApt = () => Boolean(which('apt-get')) && process.getuid?.() === 0;

/** Installs the packages; `what` names them to a person. */
export async function apt(what, packages) {
  if (!canApt()) {
    throw new Problem(
      `${what}: run this and try again: sudo apt-get install ${packages.join(' ')}`,
    );
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  if (!updated) await step('package lists (apt)', 'apt-get', ['update'], { env });
  updated = true;
  const args = ['install', '-y', '--no-install-recommends', ...packages];
  await step(`${what} (apt)`, 'apt-get', args, { env, hint: 'Check the network and try again.' });
}
