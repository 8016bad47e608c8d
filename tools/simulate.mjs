// `npm run simulate -- --seed N --events M`: runs the simulated world (tests/simulation) from a
// seed. A violation ends it with the shortest way there and exit code 1.

import { Problem, tool } from './lib/problem.mjs';
import { show, step } from './lib/run.mjs';
import { setupHostRust } from './setup-rust.mjs';

const PROGRAM = ['--profile', 'simulate', '--example', 'simulate'];

await tool(async (args) => {
  await setupHostRust();
  await step('the simulation', 'cargo', ['build', ...PROGRAM]);
  const code = await show('cargo', ['run', '--quiet', ...PROGRAM, '--', ...args]);
  if (code !== 0) throw new Problem('The simulation did not end well.', { code });
});
