/**
 * Messages written and not yet acknowledged. An entry is stored before it is shown (D6), and kept
 * until its event is seen, so a reload, a crash or a closed tab loses nothing. Several tabs may
 * send the same entries: the server stores each client_id once.
 */
import type { ClientId, Rejection } from './frames.ts';

export type Entry = {
  client_id: ClientId;
  text: string;
  at: number;
  /** Why the server refused it; such an entry waits for Retry or Discard. */
  failed: Rejection | null;
};

/** Entries one conversation may keep: hours of writing offline; more is refused visibly. */
export const OUTBOX_ENTRIES = 100;

export interface Outbox {
  /** False when the browser refuses storage: leaving the page would lose what is not sent. */
  readonly durable: boolean;
  /** All entries in the order they were written, those of other tabs too. */
  load(): Promise<Entry[]>;
  /** Stores or updates; false when the outbox is full. */
  put(entry: Entry): Promise<boolean>;
  drop(id: ClientId): Promise<void>;
}

/** Keeps entries for as long as the page lives. */
export class MemoryOutbox implements Outbox {
  readonly durable: boolean = false;
  readonly #entries = new Map<ClientId, Entry>();

  async load(): Promise<Entry[]> {
    return [...this.#entries.values()];
  }

  async put(entry: Entry): Promise<boolean> {
    const room = this.#entries.has(entry.client_id) || this.#entries.size < OUTBOX_ENTRIES;
    if (room) this.#entries.set(entry.client_id, entry);
    return room;
  }

  async drop(id: ClientId): Promise<void> {
    this.#entries.delete(id);
  }
}

const STORE = 'entries';
/** Safari may leave an open request without any answer; then memory has to do. */
const OPEN_MS = 2_000;

/**
 * The outbox of one thread (`site/conversation`, or any name that is unique to the pair) in
 * IndexedDB; in memory when the browser refuses.
 */
export async function openOutbox(thread: string): Promise<Outbox> {
  try {
    return new StoredOutbox(await openDatabase(), thread);
  } catch {
    return new MemoryOutbox();
  }
}

class StoredOutbox implements Outbox {
  durable = true;
  readonly #db: IDBDatabase;
  readonly #thread: string;
  /** Takes what the disk refused, when it is full. */
  readonly #spill = new MemoryOutbox();

  constructor(db: IDBDatabase, thread: string) {
    this.#db = db;
    this.#thread = thread;
  }

  async load(): Promise<Entry[]> {
    const spilled = await this.#spill.load();
    try {
      const store = this.#db.transaction(STORE).objectStore(STORE);
      const rows = await answer(store.index('thread').getAll(this.#thread));
      return [...rows.map((row: { entry: Entry }) => row.entry), ...spilled];
    } catch {
      return spilled;
    }
  }

  async put(entry: Entry): Promise<boolean> {
    try {
      return await this.#write(entry);
    } catch {
      this.durable = false;
      return this.#spill.put(entry);
    }
  }

  async drop(id: ClientId): Promise<void> {
    await this.#spill.drop(id);
    try {
      const store = this.#db.transaction(STORE, 'readwrite').objectStore(STORE);
      const key = await answer(store.index('id').getKey([this.#thread, id]));
      if (key !== undefined) await answer(store.delete(key));
    } catch {
      // It stays and is sent again after a reload; the server knows it by its id.
    }
  }

  async #write(entry: Entry): Promise<boolean> {
    const transaction = this.#db.transaction(STORE, 'readwrite');
    const store = transaction.objectStore(STORE);
    const row = { thread: this.#thread, id: entry.client_id, entry };
    const key = await answer(store.index('id').getKey([this.#thread, entry.client_id]));
    if (key === undefined) {
      const count = await answer(store.index('thread').count(this.#thread));
      if (count >= OUTBOX_ENTRIES) return false;
    }
    // The key grows with each new entry: it is the order of writing, over all tabs.
    store.put(row, key);
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    return true;
  }
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('IndexedDB does not answer')), OPEN_MS);
    const request = indexedDB.open('edgewise', 1);
    request.onupgradeneeded = () => {
      const store = request.result.createObjectStore(STORE, { autoIncrement: true });
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

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
