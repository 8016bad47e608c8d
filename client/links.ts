/** Text with its links found. What comes out is shown as text nodes and anchors, never as HTML. */

export type Piece = { text: string; href: string | null };

/** Full-width punctuation ends a link: Chinese is written without a space after it. */
const LINK = /\b(?:https?:\/\/|mailto:|tel:|www\.)[^\s<>"'`\u3000-\u303f\uff00-\uffef]+/giu;
const TAIL = /[.,:;!?’”)\]}»…]+$/u;
const SAFE = /^(?:https?|mailto|tel):$/;

export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const shown = withoutTail(match[0]);
    const href = hrefOf(shown);
    if (!href) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), href: null });
    pieces.push({ text: shown, href });
    end = match.index + shown.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), href: null });
  return pieces;
}

/** Punctuation after a link belongs to the sentence; a bracket that the link opened is its own. */
function withoutTail(link: string): string {
  const bare = link.replace(TAIL, '');
  const open = bare.split('(').length > bare.split(')').length;
  return open && link[bare.length] === ')' ? `${bare})` : bare;
}

function hrefOf(shown: string): string | null {
  const address = /^www\./i.test(shown) ? `https://${shown}` : shown;
  return URL.canParse(address) && SAFE.test(new URL(address).protocol) ? address : null;
}
