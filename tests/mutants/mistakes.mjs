// Mistakes that break a promise of docs/reliability.md or docs/routing.md, or a rule F of
// docs/protocol.md. `npm run mutants` makes them one by one, in a copy, and a test must notice
// each.
//
// name · breaks: the promise · edits: what to replace in which file; `find` must be there exactly
// once · first: the test file to begin with, to save time · quick: it is part of `npm test`.

import { CLIENT } from './client.mjs';
import { CONVERSATION } from './conversation.mjs';
import { FILES } from './files.mjs';
import { IDENTITY } from './identity.mjs';
import { OBJECTS } from './objects.mjs';
import { ROUTING } from './routing.mjs';

export const MISTAKES = [...CONVERSATION, ...OBJECTS, ...ROUTING, ...FILES, ...CLIENT, ...IDENTITY];
