// `npm test`: sets everything up and runs all checks and tests, cheap ones first, up to the first
// stage that fails. `npm test -- rust unit` runs some groups only. The last line counts the tests
// of all runners; a check without tests that fails counts as one failure.

import { Problem, tool } from './lib/problem.mjs';
import { STAGES } from './lib/stages.mjs';
import { setupBrowser } from './setup-browser.mjs';
import { setupNode } from './setup-node.mjs';
import { setupHostRust } from './setup-rust.mjs';

const groups = [...new Set(STAGES.map((stage) => stage.group))];

function chosen(args) {
  const unknown = args.find((arg) => !groups.includes(arg));
  if (unknown) throw new Problem(`${unknown} is no group of tests: ${groups.join(', ')}.`);
  return STAGES.filter((stage) => args.length === 0 || args.includes(stage.group));
}

async function run(stage) {
  console.log(`\n── ${stage.name}`);
  const since = Date.now();
  let result;
  try {
    result = await stage.run();
  } catch (error) {
    // A set-up or build that fails is a failed stage, told like any other.
    if (!(error instanceof Problem)) throw error;
    console.error(`edgewise: ${error.message}`);
    result = { ok: false, passed: 0, failed: 1 };
  }
  return { ...result, name: stage.name, seconds: Math.round((Date.now() - since) / 1000) };
}

function line({ ok, name, passed, failed, seconds }) {
  const counts = passed + failed > 0 ? `, ${passed} passed, ${failed} failed` : '';
  return `${ok ? '✓' : '✗'} ${name} (${seconds} s${counts})`;
}

await tool(async (args) => {
  await setupNode();
  const stages = chosen(args);
  await setupHostRust();
  if (stages.some((stage) => stage.group === 'browser')) await setupBrowser();
  const results = [];
  for (const stage of stages) {
    results.push(await run(stage));
    if (!results.at(-1).ok) break;
  }
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  const left = stages.slice(results.length).map((stage) => `· ${stage.name} (not run)`);
  console.log(['', ...results.map(line), ...left, ''].join('\n'));
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  if (results.some((result) => !result.ok)) process.exitCode = 1;
});
