// The gate of the benchmark: what counts as worse, and what is only the machine.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

// The benchmarks are plain JavaScript, of which the compiler knows no types.
const gate = new URL('../../bench/gate.mjs', import.meta.url).href;

const round = (cpu: number) => ({
  perSecond: 1 / cpu,
  cpu,
  alone: cpu,
  p50: cpu,
  p99: cpu,
  p999: cpu,
  start: 1,
});
const runs = (...cpus: number[]) => ({
  edgewise: cpus.map(round),
  durable: cpus.map(() => round(1)),
  room: cpus.map(() => round(1)),
});
const size = (bytes: number) => [{ what: 'worker', bytes, bound: 1_000 }];

test('a ratio is worse when even its best round is, a size beyond five in a hundred', async () => {
  const { check, summary } = await import(gate);
  const baseline = summary(runs(1, 1.1, 1.2), size(900));
  const worse = (cpus: number[], bytes: number) =>
    check(summary(runs(...cpus), size(bytes)), baseline);
  assert.deepEqual(worse([1.1, 1.2, 1.25], 940), [], 'within the spread');
  assert.deepEqual(worse([1.2, 1.3, 1.9], 900), [], 'one round was as good as before');
  assert.equal(worse([1.4, 1.5, 1.6], 900).length, 8, 'rate, both times and p50, to both');
  assert.equal(worse([1, 1, 1], 946).length, 1, 'grown');
  assert.match(worse([1, 1, 1], 1_001)[0], /over its bound/);
});

test('the sizes of the baseline are under their bounds', () => {
  const path = new URL('../../bench/baseline.json', import.meta.url);
  const { sizes } = JSON.parse(readFileSync(path, 'utf8'));
  assert.ok(sizes.length >= 5, 'there is a baseline');
  for (const { what, bytes, bound } of sizes) assert.ok(bytes <= bound, what);
});
