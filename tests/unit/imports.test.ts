// Imports of WASM that catch for themselves do what they did behind the guard.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

// The tools are plain JavaScript, of which the compiler knows no types.
const file = new URL('../../tools/lib/imports.mjs', import.meta.url).href;
const { direct } = await import(file);

/** As wasm-bindgen writes it and esbuild makes it small. */
const EXCEPTION =
  't instanceof WebAssembly.Exception?t:new WebAssembly.Exception(T,[t],{traceStack:!0})';
const GLUE = `class Ex extends Error{constructor(tag,[inner]){super(tag);this.inner=inner}}
var T="tag",WebAssembly={Exception:Ex};
function r(_,e){try{return _.apply(this,e)}catch(t){throw ${EXCEPTION}}}
({sum:function(){return r(function(e,t){let n={a:e};return n.a+t},arguments)},
none:function(){return r(function(){return[arguments.length]},arguments)},
fails:function(){return r(function(e){throw e},arguments)},
other:function(e){return e}})`;

test('an import gets its arguments, and what it throws is wrapped once', () => {
  const text: string = direct(GLUE);
  assert.ok(!text.includes('apply'), text);
  for (const glue of [GLUE, text]) {
    const made = runInNewContext(glue);
    assert.equal(made.sum(2, 3), 5);
    assert.equal(made.other(4), 4);
    assert.equal(String(made.none()), '0');
    const thrown = (error: unknown): { inner: unknown } => {
      try {
        made.fails(error);
      } catch (caught) {
        return caught as { inner: unknown };
      }
      return assert.fail('nothing was thrown');
    };
    const first = thrown('once');
    assert.equal(first.inner, 'once');
    assert.equal(thrown(first), first);
  }
});

test('glue of another kind is refused', () => {
  assert.throws(() => direct('function r(e){return e}'), /guards imports is not there/);
  assert.throws(() => direct(GLUE.replaceAll('r(function', 'q(function')), /no import/);
  assert.throws(() => direct(GLUE.replaceAll('arguments)}', 'arguments);}')), /in another way/);
});
