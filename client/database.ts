/** What this origin keeps in IndexedDB, which outlives a browser that is killed. */

/** Messages not yet acknowledged, by thread and id, in the order of writing. */
export const ENTRIES = 'entries';
/** Single values by name. */
export const VALUES = 'values';
const VERSION = 2;
/** Safari may leave an open request without any answer; then memory has to do. */
const OPEN_MS = 2_000;

/**
 * The value of this name: the one that is kept, or the one offered, which is then kept before this
 * answers. All tabs get the same. Null where storage is refused.
 */
export async function recall(name: string, offered: string): Promise<string | null> {
  try {
    const db = await openDatabase();
    const transaction = db.transaction(VALUES, 'readwrite', { durability: 'strict' });
    const store = transaction.objectStore(VALUES);
    const read = async () => {
      const held = await answer(store.get(name));
      if (held === undefined) store.put(offered, name);
      return held ?? offered;
    };
    const [value] = await Promise.all([read(), ended(transaction)]);
    db.close();
    return value;
  } catch {
    return null;
  }
}

export function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('IndexedDB does not answer')), OPEN_MS);
    const request = indexedDB.open('edgewise', VERSION);
    request.onupgradeneeded = ({ oldVersion }) => {
      request.result.createObjectStore(VALUES);
      if (oldVersion > 0) return;
      const store = request.result.createObjectStore(ENTRIES, { autoIncrement: true });
      store.createIndex('thread', 'thread');
      store.createIndex('id', ['thread', 'id'], { unique: true });
    };
    request.onsuccess = () => {
      clearTimeout(timer);
      // A later version in another tab must not wait for this one.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => {
      clearTimeout(timer);
      reject(request.error);
    };
  });
}

export function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Resolves when all of it is on the disk. */
export function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}
