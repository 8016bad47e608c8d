import assert from 'node:assert/strict';
import { test } from 'node:test';
import { speak } from './locale.ts';
import { en } from './words.ts';
import { zh } from './zh.ts';

test('every language says the same things, none of them with nothing', () => {
  assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());
  for (const words of [en, zh]) {
    for (const [key, text] of Object.entries(words)) {
      assert.notEqual(typeof text === 'string' ? text : text(2), '', key);
    }
  }
});

test('the first wish that can be met is met, else it is English', () => {
  const cases: [(string | null | undefined)[], string][] = [
    [[], 'en'],
    [[null, undefined, 'de', 'fr-CA'], 'en'],
    [['de', 'zh-CN', 'en'], 'zh'],
    [['zh-Hant-TW'], 'zh'],
    [['EN-gb', 'zh'], 'en'],
    [[null, 'zh', 'en'], 'zh'],
  ];
  for (const [wishes, expected] of cases) assert.equal(speak(wishes), expected);
});
