// The real client on lines that break after any byte (docs/protocol.md H2, S1, S2, S5, T6): what
// it showed is stored once and in order. `npm run proxy-cuts` tries every byte there is.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { carryOut, cutsAt, middles, places, silencesAt, spread } from '../chaos/breaks.ts';
import { Cuts } from '../chaos/cuts.ts';
import { hurry } from '../support/page.ts';

const CUTS = 64;
let cuts: Cuts;
let all: Awaited<ReturnType<typeof places>>;

before(async () => {
  hurry();
  cuts = await Cuts.begin();
  all = await places(cuts);
});
after(() => cuts?.end());

test('S1 S2 S5 cut after any byte: what was shown is there once, in order', async () => {
  const some = spread(all, CUTS);
  const results = await carryOut(cuts, cutsAt(some));
  assert.deepEqual(
    results.flatMap(({ violations }) => violations),
    [],
  );
  assert.equal(results.length, CUTS);
  const groups = new Set(results.map(({ group }) => group));
  for (const part of ['up, hello', 'up, send', 'down, batch', 'down, ack', 'down, event']) {
    assert.ok(groups.has(`first, ${part}`), `a cut in ${part}`);
  }
});

test('T6 lines that go dead or slow in one direction: found out, and nothing lost', async () => {
  const some = middles(all).filter(({ stage }) => stage === 'first');
  const results = await carryOut(cuts, silencesAt(some));
  assert.deepEqual(
    results.flatMap(({ violations }) => violations),
    [],
  );
  assert.equal(results.length, some.length * 2);
});
