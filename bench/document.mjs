// The parts of a document that are computed stand between `<!-- name -->` and `<!-- /name -->`.

/** The text with these parts written anew: an object of contents by name. */
export function renew(text, parts) {
  return Object.entries(parts).reduce((whole, [name, content]) => {
    const [from, to] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [start, end] = [whole.indexOf(from), whole.indexOf(to)];
    if (start < 0 || end < start) throw new Error(`the document has no place for ${name}`);
    return `${whole.slice(0, start)}${from}\n${content}\n${whole.slice(end)}`;
  }, text);
}
