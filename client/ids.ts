/** Random names. `crypto.randomUUID` is missing on plain http pages, so they are made here. */

/** Random bytes in base64url without padding: 16 bytes make 22 characters, 32 make 43. */
export function randomId(bytes: number): string {
  const raw = crypto.getRandomValues(new Uint8Array(bytes));
  return btoa(String.fromCharCode(...raw))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
