// The computed parts of a document are written anew, and nothing else of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

// The benches are plain JavaScript, of which the compiler knows no types.
const file = new URL('../../bench/document.mjs', import.meta.url).href;
const { renew } = await import(file);

test('what stands before, between and after the parts is kept', () => {
  const text = 'head\n<!-- a -->\nold\n<!-- /a -->\nbetween\n<!-- b -->\n<!-- /b -->\ntail\n';
  const again = renew(text, { a: 'new', b: '2' });
  const wanted = 'head\n<!-- a -->\nnew\n<!-- /a -->\nbetween\n<!-- b -->\n2\n<!-- /b -->\ntail\n';
  assert.equal(again, wanted);
  assert.equal(renew(again, { a: 'new', b: '2' }), wanted);
});

test('a document without a place is left alone', () => {
  assert.throws(() => renew('<!-- /a --><!-- a -->', { a: 'new' }), /no place for a/);
  assert.throws(() => renew('', { a: 'new' }), /no place for a/);
});
