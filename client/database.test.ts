import '../tests/support/tabs.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, ENTRIES, ended, openDatabase, recall } from './database.ts';

test('D6 a database of the first version keeps its entries, and takes values', async () => {
  const request = indexedDB.open('edgewise', 1);
  request.onupgradeneeded = () => {
    const store = request.result.createObjectStore(ENTRIES, { autoIncrement: true });
    store.createIndex('thread', 'thread');
    store.createIndex('id', ['thread', 'id'], { unique: true });
  };
  const old = await answer(request);
  old.onversionchange = () => old.close();
  const writing = old.transaction(ENTRIES, 'readwrite');
  writing.objectStore(ENTRIES).put({ thread: 't', id: 'a', entry: 'kept' });
  await ended(writing);
  assert.equal(await recall('name', 'value'), 'value');
  const db = await openDatabase();
  const rows = await answer(db.transaction(ENTRIES).objectStore(ENTRIES).getAll());
  assert.deepEqual(rows, [{ thread: 't', id: 'a', entry: 'kept' }]);
  db.close();
});

test('all tabs recall what the first one has kept', async () => {
  const offers = ['one', 'two', 'three'];
  const recalled = await Promise.all(offers.map((offer) => recall('secret', offer)));
  assert.equal(new Set(recalled).size, 1);
  assert.equal(await recall('secret', 'later'), recalled[0]);
  assert.equal(await recall('other', 'later'), 'later');
});

test('where storage is refused, nothing is recalled', async (t) => {
  t.mock.method(indexedDB, 'open', () => {
    throw new DOMException('no', 'SecurityError');
  });
  assert.equal(await recall('secret', 'offered'), null);
});
