// What is built is built again when its inputs have changed, and after a build that failed.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, test } from 'node:test';

const tools = new URL('../../tools/lib/', import.meta.url);
const { fresh } = await import(new URL('stamp.mjs', tools).href);
const { local } = await import(new URL('paths.mjs', tools).href);

const name = `test-${process.pid}`;
after(() => rmSync(`${local}/stamps/${name}`, { force: true }));

test('a build that failed is none, though the one before it was of the same inputs', async () => {
  const made: string[] = [];
  const build = (hash: string, works = true): Promise<boolean> =>
    fresh(name, hash, ['package.json'], async () => {
      made.push(hash);
      if (!works) throw new Error('half-way');
    });
  assert.equal(await build('one'), true);
  assert.equal(await build('one'), false, 'it is fresh');
  await assert.rejects(build('two', false), /half-way/);
  assert.equal(await build('one'), true, 'what there is may be half of two');
  assert.deepEqual(made, ['one', 'two', 'one']);
});
