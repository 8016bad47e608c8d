/**
 * Messages written and not yet acknowledged. An entry is stored before it is shown (D6), and kept
 * until its event is seen, so a reload, a crash or a closed tab loses nothing. Tabs tell each other
 * what they change, so that one sends what another could not. Several may send the same entry: the
 * server stores each client_id once.
 */
import { answer, ENTRIES, ended, openDatabase } from './database.ts';
import type { ClientId, FileRef, Rejection } from './frames.ts';

/** Why the server did not take a file. */
export type FileRefusal = 'too_large' | 'type_not_allowed' | 'has_metadata' | 'files_full';

/** A file that a message carries. */
export type Attached = {
  blob: Blob;
  /** What the server made of it, once it has it. */
  ref: FileRef | null;
  /** Of a picture. */
  width?: number;
  height?: number;
};

export type Entry = {
  client_id: ClientId;
  /** Of one with a file, its name. */
  text: string;
  at: number;
  /** Why the server refused it; such an entry waits for Retry or Discard. */
  failed: Rejection | FileRefusal | null;
  file?: Attached | undefined;
};

/** Entries one conversation may keep: hours of writing offline; more is refused visibly. */
export const OUTBOX_ENTRIES = 100;

export interface Outbox {
  /** False when the browser refuses storage: leaving the page would lose what is not sent. */
  readonly durable: boolean;
  /** All entries in the order they were written, those of other tabs too; rejects when unread. */
  load(): Promise<Entry[]>;
  /**
   * Stores or updates; false when the outbox is full. With `instead`, in the place of that one, in
   * one step; false when that one is gone: another tab was faster.
   */
  put(entry: Entry, instead?: ClientId): Promise<boolean>;
  drop(ids: readonly ClientId[]): Promise<void>;
  /** Whom to tell what other tabs change; null for nobody any more. */
  watch(changed: (() => void) | null): void;
}

/** Keeps entries for as long as the page lives. */
export class MemoryOutbox implements Outbox {
  readonly durable: boolean = false;
  readonly #entries = new Map<ClientId, Entry>();

  async load(): Promise<Entry[]> {
    return [...this.#entries.values()];
  }

  async put(entry: Entry, instead?: ClientId): Promise<boolean> {
    const id = entry.client_id;
    const room = instead
      ? this.#entries.delete(instead)
      : this.#entries.has(id) || this.#entries.size < OUTBOX_ENTRIES;
    if (room) this.#entries.set(id, entry);
    return room;
  }

  async drop(ids: readonly ClientId[]): Promise<void> {
    for (const id of ids) this.#entries.delete(id);
  }

  watch(): void {
    // No other tab sees this memory.
  }
}

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

/** The threads in which something waits in this browser. */
export async function threadsWithEntries(): Promise<string[]> {
  try {
    const db = await openDatabase();
    const store = db.transaction(ENTRIES).objectStore(ENTRIES);
    const rows: { thread: string }[] = await answer(store.getAll());
    db.close();
    return [...new Set(rows.map(({ thread }) => thread))];
  } catch {
    return [];
  }
}

class StoredOutbox implements Outbox {
  durable = true;
  readonly #db: IDBDatabase;
  readonly #thread: string;
  readonly #tabs: BroadcastChannel;
  /** Takes what the disk refused, when it is full. */
  readonly #spill = new MemoryOutbox();

  constructor(db: IDBDatabase, thread: string) {
    this.#db = db;
    this.#thread = thread;
    this.#tabs = new BroadcastChannel(`edgewise ${thread}`);
  }

  async load(): Promise<Entry[]> {
    const store = this.#db.transaction(ENTRIES).objectStore(ENTRIES);
    const rows = await answer(store.index('thread').getAll(this.#thread));
    return [...rows.map((row: { entry: Entry }) => row.entry), ...(await this.#spill.load())];
  }

  async put(entry: Entry, instead?: ClientId): Promise<boolean> {
    if (instead && (await this.#spill.put(entry, instead))) return true;
    try {
      return await this.#change(async (store, keyOf) => {
        const key = await keyOf(entry.client_id);
        const old = instead && (await keyOf(instead));
        if (instead && old === undefined) return false;
        if (!instead && key === undefined) {
          const count = await answer(store.index('thread').count(this.#thread));
          if (count >= OUTBOX_ENTRIES) return false;
        }
        // The key grows with each new entry: it is the order of writing, over all tabs.
        store.put({ thread: this.#thread, id: entry.client_id, entry }, key);
        // Behind the put: one that is refused leaves the old entry.
        if (old !== undefined) store.delete(old);
        return true;
      });
    } catch {
      this.durable = false;
      return !instead && this.#spill.put(entry);
    }
  }

  async drop(ids: readonly ClientId[]): Promise<void> {
    await this.#spill.drop(ids);
    try {
      await this.#change(async (store, keyOf) => {
        const keys = await Promise.all(ids.map(keyOf));
        const held = keys.filter((key) => key !== undefined);
        for (const key of held) store.delete(key);
        return held.length > 0;
      });
    } catch {
      // They stay and are sent again after a reload; the server knows them by their ids.
    }
  }

  watch(changed: (() => void) | null): void {
    this.#tabs.onmessage = changed;
  }

  /** One transaction, on the disk when it has ended; `work` says whether it changes anything. */
  async #change(
    work: (
      store: IDBObjectStore,
      keyOf: (id: ClientId) => Promise<IDBValidKey | undefined>,
    ) => Promise<boolean>,
  ): Promise<boolean> {
    const transaction = this.#db.transaction(ENTRIES, 'readwrite', { durability: 'strict' });
    const store = transaction.objectStore(ENTRIES);
    const ids = store.index('id');
    const keyOf = (id: ClientId) => answer(ids.getKey([this.#thread, id]));
    const [changed] = await Promise.all([work(store, keyOf), ended(transaction)]);
    if (changed) this.#tabs.postMessage(0);
    return changed;
  }
}
