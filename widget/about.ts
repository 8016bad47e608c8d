/** What the page says of its visitor, in the words that agents are shown. */
import { type About, factChars, factNameChars, facts } from '../client/frames.ts';
import type { Attributes } from './embed.ts';
import type { Config } from './types.ts';

/** Half of what one frame may have, though everything in it were emoji. */
const BYTES = 16 * 1024;

/** As much of it as is kept (H6): a page may go on saying things for hours. */
export function aboutOf({ attributes, said = [] }: Config): About | undefined {
  const all = texts(attributes ?? {});
  const tracked: [number, string][] = [];
  for (const [at, what, detail] of said) {
    if (typeof what === 'object') {
      Object.assign(all, texts(what));
      continue;
    }
    const more = typeof detail === 'object' ? Object.entries(texts(detail)) : [];
    const told = more.map(([name, text]) => `${name} ${text}`).join(', ');
    const rest = typeof detail === 'string' ? detail : told;
    // Two things within a millisecond are two.
    const moment = Math.max(at, 1 + (tracked.at(-1)?.[0] ?? 0));
    tracked.push([moment, line([what, rest].filter(Boolean).join(': '), factChars)]);
  }
  if (!attributes && said.length === 0) return undefined;
  // The worker reads facts by their names, and those first that are taken away.
  const named = Object.entries(all).sort(([one], [two]) => (one < two ? -1 : 1));
  const gone = named.filter(([, text]) => !text).slice(0, facts);
  const known = named.filter(([, text]) => text).slice(0, facts);
  const done = tracked.slice(-facts);
  for (;;) {
    const about = {
      attributes: Object.fromEntries([...gone, ...known]),
      tracked: Object.fromEntries(done),
    };
    if (new Blob([JSON.stringify(about)]).size <= BYTES) return about;
    if (!done.shift()) known.pop();
  }
}

function texts(attributes: Attributes): Record<string, string> {
  const pairs = Object.entries(attributes).map(([name, fact]) => [
    line(name, factNameChars),
    line(`${fact ?? ''}`, factChars),
  ]);
  return Object.fromEntries(pairs);
}

/** So many characters of a text as one line. Half an emoji is none, and would end the chat. */
function line(text: string, chars: number): string {
  const whole = text.slice(0, 2 * chars).replace(/[\p{Cc}\p{Cs}]+/gu, ' ');
  return [...whole].slice(0, chars).join('').trim();
}
