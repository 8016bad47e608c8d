// Tokens with another end, signed with the key that the deployment keeps: nobody who lacks its disk
// can do this.

import { createHmac } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The deployment's signing key, out of the database of its object. */
function keyOf(state: string): Buffer {
  const files = readdirSync(state, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((one) => one.endsWith('.sqlite'))) {
    const database = new DatabaseSync(join(state, file), { readOnly: true });
    try {
      const row = database.prepare('SELECT signing_key FROM deployment').get();
      if (row) return Buffer.from(String(row.signing_key), 'base64url');
    } catch {
      // Of another object.
    } finally {
      database.close();
    }
  }
  throw new Error('there is no signing key');
}

/** The same token with another end, in milliseconds since 1970. */
export function withEnd(state: string, token: string, expires: number): string {
  const [payload = ''] = token.split('.');
  const grant = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const again = Buffer.from(JSON.stringify({ ...grant, expires })).toString('base64url');
  const mac = createHmac('sha256', keyOf(state)).update(`edgewise token 1\0${again}`);
  return `${again}.${mac.digest('base64url')}`;
}
