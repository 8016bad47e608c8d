// docs/cost.md says what the measured rows and the prices come to.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

// Plain JavaScript, of which the compiler knows no types.
const cost = await import(new URL('../../bench/cost.mjs', import.meta.url).href);

test('the page on cost is what its formula computes', () => {
  const text = readFileSync(new URL('../../docs/cost.md', import.meta.url), 'utf8');
  assert.equal(text, cost.renewed(text), 'npm run bench:cost -- --write-docs');
});

test('what is included costs nothing, and what goes beyond its price', () => {
  const { sum: nothing } = cost.bill(0);
  assert.equal(nothing, 5, 'the plan alone');
  const [million, two] = [cost.bill(1_000_000), cost.bill(2_000_000)];
  const { rowsWritten } = cost.perConversation();
  // Both are beyond what is included, so a second million costs its rows, a dollar a million.
  const difference = two.rowsWritten - million.rowsWritten;
  assert.ok(
    Math.abs(difference - rowsWritten) < 1e-6,
    `${difference} for ${rowsWritten} rows each`,
  );
});
