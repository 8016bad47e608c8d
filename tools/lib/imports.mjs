// What WASM calls of JavaScript. A build that unwinds panics has every such function hand its
// arguments to another one, so that what it throws becomes an exception that Rust can catch:
//
//   now: function () { return guard(function () { return Date.now(); }, arguments); }
//
// That is an array, a function and two calls more for each of a dozen calls a message makes, and a
// fifth of all that a message leaves to the garbage collector. Here each catches for itself:
//
//   now: function () { try { return Date.now(); } catch (error) { throw guard(error); } }

import { Problem } from './problem.mjs';

const GUARD = new RegExp(
  [
    /function ([\w$]+)\(([\w$]+),([\w$]+)\)\{try\{return \2\.apply\(this,\3\)\}/,
    /catch\(([\w$]+)\)\{throw ([^{}]+\{traceStack:!0\}\))\}\}/,
  ]
    .map(({ source }) => source)
    .join(''),
);
const CLOSE = '},arguments)}';

/** The glue of wasm-bindgen, minified, in which imports catch for themselves. */
export function direct(glue) {
  const found = GUARD.exec(glue);
  if (!found) throw changed('the function that guards imports is not there');
  const [whole, guard, , , error, exception] = found;
  const open = `function(){return ${guard}(function(`;
  const [before, ...imports] = glue
    .replace(whole, () => `function ${guard}(${error}){return ${exception}}`)
    .split(open);
  const own = imports.map((rest) => {
    const [head, at] = [rest.indexOf('){'), rest.indexOf(CLOSE)];
    if (head < 0 || at < head) throw changed('an import ends in another way');
    const [names, body] = [rest.slice(0, head), rest.slice(head + 2, at)];
    const tail = rest.slice(at + CLOSE.length);
    return `function(${names}){try{${body}}catch(${error}){throw ${guard}(${error})}}${tail}`;
  });
  if (own.length === 0) throw changed('no import is guarded');
  return [before, ...own].join('');
}

const changed = (what) =>
  new Problem(`tools/lib/imports.mjs does not know this version of wasm-bindgen: ${what}.`);
