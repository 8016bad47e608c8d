import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomId } from './ids.ts';

test('T1 ids are base64url of the length the server expects, and differ', () => {
  assert.match(randomId(32), /^[A-Za-z0-9_-]{43}$/);
  assert.match(randomId(16), /^[A-Za-z0-9_-]{22}$/);
  assert.notEqual(randomId(16), randomId(16));
});
