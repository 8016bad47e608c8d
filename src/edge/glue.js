// What WASM calls for each message, where one call of the platform by wasm-bindgen's own glue costs
// too much: texts that belong together cross as one and are cut here, where a cut costs next to
// nothing, and what is thrown is caught without a closure for each call. Cuts count UTF-16 units.

/** Sends a part of a text. A closing socket takes none: its client comes back and says what it has. */
export function send(socket, text, from, to) {
  try {
    socket.send(text.slice(from, to));
  } catch {}
}

/** Runs a statement with three numbers and two texts; returns what it throws. */
export function insert2(database, sql, a, b, c, texts, x) {
  try {
    database.exec(sql, a, b, c, texts.slice(0, x), texts.slice(x));
  } catch (error) {
    return error;
  }
}

/** As `insert2`, with four texts. */
export function insert4(database, sql, a, b, c, texts, x, y, z) {
  try {
    const [d, e, f, g] = [texts.slice(0, x), texts.slice(x, y), texts.slice(y, z), texts.slice(z)];
    database.exec(sql, a, b, c, d, e, f, g);
  } catch (error) {
    return error;
  }
}
