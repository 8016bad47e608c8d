// `npm run simulate`, `explore`, `whatif` and `bench:router`: programs around the pure rules, which
// run on this machine. What they find wrong ends them with exit code 1.

import { Problem, tool } from './lib/problem.mjs';
import { show, step } from './lib/run.mjs';
import { setupHostRust } from './setup-rust.mjs';

await tool(async ([name, ...args]) => {
  const program = ['--profile', 'simulate', '--example', name];
  await setupHostRust();
  await step(name, 'cargo', ['build', ...program]);
  const code = await show('cargo', ['run', '--quiet', ...program, '--', ...args]);
  if (code !== 0) throw new Problem(`${name} did not end well.`, { code });
});
