// `npm run explore -- --states N`: every state that a small desk can reach (tests/exploration), up
// to N of each desk. What does not hold ends it with the shortest way there and exit code 1.

import { Problem, tool } from './lib/problem.mjs';
import { show, step } from './lib/run.mjs';
import { setupHostRust } from './setup-rust.mjs';

const PROGRAM = ['--profile', 'simulate', '--example', 'explore'];

await tool(async (args) => {
  await setupHostRust();
  await step('the exploration', 'cargo', ['build', ...PROGRAM]);
  const code = await show('cargo', ['run', '--quiet', ...PROGRAM, '--', ...args]);
  if (code !== 0) throw new Problem('The exploration did not end well.', { code });
});
