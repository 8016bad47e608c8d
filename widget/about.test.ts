import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factChars, factNameChars, facts } from '../client/frames.ts';
import { aboutOf } from './about.ts';
import type { Config } from './types.ts';

const about = (config: Partial<Config>) => {
  const found = aboutOf(config as Config);
  assert.ok(found, 'the page says something');
  return found;
};

test('H6 what a page says for hours stays as much as is kept', () => {
  assert.equal(aboutOf({} as Config), undefined);
  const size = (told: object) => new TextEncoder().encode(JSON.stringify(told)).length;
  const long = '🙂'.repeat(1_000);
  const said: Config['said'] = [];
  for (let at = 1; at <= 1_000; at += 1) said.push([at, `${at} ${long}`]);
  const done = about({ said });
  const moments = Object.keys(done.tracked).map(Number);
  assert.equal(moments.at(-1), 1_000, 'the newest');
  assert.ok(moments.length > 5 && moments.length <= facts);
  const names = Array.from({ length: 100 }, (_, at) => [`fact ${at}`, long]);
  const known = about({ attributes: Object.fromEntries(names), said });
  assert.ok(Object.keys(known.attributes).length <= facts);
  for (const text of Object.values(known.attributes)) assert.equal([...text].length, factChars);
  for (const told of [done, known]) assert.ok(size(told) <= 16 * 1024, `${size(told)} bytes`);
});

test('H6 what is small is told whole, what was taken away too, in one line each', () => {
  const said: Config['said'] = [
    [5, 'paid', { sum: 9, by: 'card' }],
    [5, 'left', 'at\nonce'],
    [6, { plan: '' }],
  ];
  assert.deepEqual(about({ attributes: { plan: 'team', seats: 3 }, said }), {
    attributes: { plan: '', seats: '3' },
    tracked: { 5: 'paid: sum 9, by card', 6: 'left: at once' },
  });
});

test('half an emoji is told of nobody: it would end the chat', () => {
  const half = '🙂'.slice(0, 1);
  const { attributes, tracked } = about({
    attributes: { [`a${half}`]: `${half}b` },
    said: [[1, `c${half}d`, half]],
  });
  assert.deepEqual([attributes, tracked], [{ a: 'b' }, { 1: 'c d:' }]);
  const long = `${'x'.repeat(factNameChars - 1)}🙂🙂`;
  const [name = ''] = Object.keys(about({ attributes: { [long]: 1 } }).attributes);
  assert.equal(name, `${'x'.repeat(factNameChars - 1)}🙂`);
});
