/** What the page says of its visitor, in the words that agents are shown. */
import type { About } from '../client/frames.ts';
import type { Attributes } from './embed.ts';
import type { Config } from './types.ts';

export function aboutOf({ attributes, said = [] }: Config): About | undefined {
  const about: About = { attributes: texts(attributes ?? {}), tracked: {} };
  const { tracked } = about;
  for (const [at, what, detail] of said) {
    if (typeof what === 'object') {
      Object.assign(about.attributes, texts(what));
      continue;
    }
    const more = typeof detail === 'object' ? Object.entries(texts(detail)) : [];
    const facts = more.map(([name, text]) => `${name} ${text}`).join(', ');
    let moment = at;
    // Two things within a millisecond are two.
    while (tracked[moment]) moment += 1;
    const rest = typeof detail === 'string' ? detail : facts;
    tracked[moment] = [what, rest].filter(Boolean).join(': ');
  }
  return attributes || said.length > 0 ? about : undefined;
}

function texts(attributes: Attributes): Record<string, string> {
  const pairs = Object.entries(attributes).map(([name, fact]) => [name, `${fact ?? ''}`]);
  return Object.fromEntries(pairs);
}
