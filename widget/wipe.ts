/** Forgets a visitor: all that this browser keeps of them at one site. */
import { ENTRIES, ended, openDatabase, VALUES } from '../client/database.ts';
import * as marks from './marks.ts';

export async function wipe(site: string): Promise<void> {
  const secret = marks.secret(site);
  const others = [
    marks.running(site),
    marks.person(site),
    marks.greeted(site),
    marks.form(site),
    marks.locale,
    marks.muted,
  ];
  // The secret last: other tabs take its end as their sign.
  for (const key of [...others, secret]) marks.keep(key, null);
  try {
    // Opening makes the database where there is none.
    const all = await indexedDB.databases();
    if (!all.some(({ name }) => name === 'edgewise')) return;
    const db = await openDatabase();
    const transaction = db.transaction([VALUES, ENTRIES], 'readwrite');
    transaction.objectStore(VALUES).delete(secret);
    const entries = transaction.objectStore(ENTRIES);
    const from = `visitor/${site}/`;
    const range = IDBKeyRange.bound(from, `${from}\uffff`);
    entries.index('thread').openKeyCursor(range).onsuccess = ({ target }) => {
      const cursor = (target as IDBRequest<IDBCursor | null>).result;
      if (!cursor) return;
      entries.delete(cursor.primaryKey);
      cursor.continue();
    };
    await ended(transaction);
    db.close();
  } catch {
    // A browser that refuses storage has kept nothing.
  }
}
