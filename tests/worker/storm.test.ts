// Many sockets lost at once (docs/protocol.md C2): the clients' waiting brings all back soon, and
// not all in the same moment. `npm run chaos -- --storm 2000` is the same at any size.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storm } from '../chaos/storm.ts';

const SOCKETS = 200;

test('C2 two hundred sockets dropped at once are back within 30 s, spread out', async () => {
  const { sockets, seconds, perSecond, peak, rush } = await storm(SOCKETS);
  assert.equal(sockets, SOCKETS);
  assert.ok(seconds <= 30, `${seconds} s until the last one`);
  assert.ok(peak <= 3, `tries in each second: ${perSecond}`);
  assert.ok(rush <= 3, `first tries within one quarter of a second: ${rush} × the mean`);
});
