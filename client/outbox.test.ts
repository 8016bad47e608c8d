import '../tests/support/tabs.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Entry, MemoryOutbox, OUTBOX_ENTRIES, type Outbox, openOutbox } from './outbox.ts';

const entry = (client_id: string): Entry => ({ client_id, text: client_id, at: 1, failed: null });
const ids = async (outbox: Outbox) => (await outbox.load()).map((e) => e.client_id);

const kinds: [string, (thread: string) => Promise<Outbox>][] = [
  ['stored', openOutbox],
  ['memory', async () => new MemoryOutbox()],
];

for (const [kind, make] of kinds) {
  test(`D6 ${kind}: entries come back in the order they were written`, async () => {
    const outbox = await make(`${kind}/order`);
    for (const id of ['b', 'a', 'c']) assert.equal(await outbox.put(entry(id)), true);
    assert.deepEqual(await ids(outbox), ['b', 'a', 'c']);
    await outbox.drop(['a']);
    await outbox.drop(['unknown']);
    assert.deepEqual(await ids(outbox), ['b', 'c']);
  });

  test(`S7 ${kind}: a refusal is kept with its entry, in its place`, async () => {
    const outbox = await make(`${kind}/failed`);
    for (const id of ['a', 'b']) await outbox.put(entry(id));
    await outbox.put({ ...entry('a'), failed: 'not_assigned' });
    const loaded = await outbox.load();
    assert.deepEqual(
      loaded.map((e) => e.failed),
      ['not_assigned', null],
    );
  });

  test(`D6 ${kind}: a file is kept with all its bytes`, async () => {
    const outbox = await make(`${kind}/file`);
    const blob = new Blob(['bits'], { type: 'image/png' });
    await outbox.put({ ...entry('a'), file: { blob, ref: null, width: 2, height: 1 } });
    const [held] = await outbox.load();
    const { blob: kept, ...rest } = held?.file ?? {};
    assert.deepEqual(rest, { ref: null, width: 2, height: 1 });
    assert.deepEqual([await kept?.text(), kept?.type], ['bits', 'image/png']);
  });

  test(`S7 ${kind}: one entry takes the place of another at once, and only once`, async () => {
    const outbox = await make(`${kind}/instead`);
    for (const id of ['a', 'b']) await outbox.put(entry(id));
    assert.deepEqual(
      await Promise.all([outbox.put(entry('c'), 'a'), outbox.put(entry('d'), 'a')]),
      [true, false],
    );
    assert.deepEqual(await ids(outbox), ['b', 'c']);
  });

  test(`D6 ${kind}: the ${OUTBOX_ENTRIES}th entry is taken, one more is refused`, async () => {
    const outbox = await make(`${kind}/full`);
    for (let i = 0; i < OUTBOX_ENTRIES; i += 1) assert.equal(await outbox.put(entry(`${i}`)), true);
    assert.equal(await outbox.put(entry('more')), false);
    assert.equal(await outbox.put({ ...entry('0'), failed: 'id_reused' }), true);
    await outbox.drop(['0']);
    assert.equal(await outbox.put(entry('more')), true);
  });
}

test('D6 tabs of one thread share entries, other threads do not see them', async () => {
  const [one, two, other] = await Promise.all(['t', 't', 'u'].map(openOutbox));
  await one?.put(entry('a'));
  await two?.put(entry('b'));
  assert.deepEqual(await ids(one as Outbox), ['a', 'b']);
  assert.deepEqual(await ids(other as Outbox), []);
});

test('D6 where storage is refused, memory does, and says so', async (t) => {
  const stored = await openOutbox('refused');
  assert.equal(stored.durable, true);
  t.mock.method(indexedDB, 'open', () => {
    throw new DOMException('no', 'SecurityError');
  });
  assert.equal((await openOutbox('refused')).durable, false);
});

test('D6 a full disk spills to memory, and says so', async (t) => {
  const outbox = await openOutbox('spill');
  await outbox.put(entry('a'));
  t.mock.method(IDBObjectStore.prototype, 'put', () => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  assert.equal(await outbox.put(entry('b')), true);
  assert.equal(outbox.durable, false);
  assert.deepEqual(await ids(outbox), ['a', 'b']);
});

test('S7 what is only in memory can be retried, and a full disk keeps what it has', async (t) => {
  const outbox = await openOutbox('spill/instead');
  await outbox.put(entry('a'));
  t.mock.method(IDBObjectStore.prototype, 'put', () => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  await outbox.put(entry('b'));
  assert.equal(await outbox.put(entry('c'), 'b'), true);
  assert.equal(await outbox.put(entry('d'), 'a'), false);
  assert.deepEqual(await ids(outbox), ['a', 'c']);
});

test('D6 an outbox that cannot be read says so, and is not taken for an empty one', async (t) => {
  const outbox = await openOutbox('unread');
  await outbox.put(entry('a'));
  t.mock.method(IDBIndex.prototype, 'getAll', () => {
    throw new DOMException('gone', 'UnknownError');
  });
  await assert.rejects(outbox.load());
});

test('D6 a tab is told what others change, and not what they leave as it is', async () => {
  const [one, two] = await Promise.all(['told', 'told'].map(openOutbox));
  let told = 0;
  const news = () => {
    return new Promise<void>((done) => {
      two?.watch(() => {
        told += 1;
        done();
      });
    });
  };
  const first = news();
  await one?.put(entry('a'));
  await first;
  await one?.drop(['unknown']);
  const second = news();
  await one?.drop(['a']);
  await second;
  assert.equal(told, 2);
});
