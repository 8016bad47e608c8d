// What an agent has written and not sent, one text a conversation; it survives a reload.

import type { ConversationId } from '../../client/frames.ts';

/** Old drafts go when there are more: storage is small and shared. */
export const DRAFTS_KEPT = 50;

export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
export type Drafts = {
  get: (conversation: ConversationId) => string;
  set: (conversation: ConversationId, text: string) => void;
  clear: () => void;
};

/**
 * Drafts under `key` of `shelf`, which other consoles of this browser write as well: it is read
 * anew each time. A shelf that refuses is no reason to lose them in this tab.
 */
export function openDrafts(shelf: Shelf, key: string): Drafts {
  /** As they were last read or written; all there is where the shelf refuses. */
  let texts = new Map<ConversationId, string>();
  let refused = false;

  function keep(): void {
    try {
      if (texts.size === 0) shelf.removeItem(key);
      else shelf.setItem(key, JSON.stringify([...texts]));
      refused = false;
    } catch {
      // Full or refused: the texts stay in memory.
      refused = true;
    }
  }

  function all(): Map<ConversationId, string> {
    if (!refused) texts = read(shelf, key) ?? texts;
    return texts;
  }

  return {
    get: (conversation) => all().get(conversation) ?? '',
    set(conversation, text) {
      all().delete(conversation);
      if (text.trim() !== '') texts.set(conversation, text);
      texts = new Map([...texts].slice(-DRAFTS_KEPT));
      keep();
    },
    clear() {
      texts = new Map();
      keep();
    },
  };
}

/** What the shelf holds; null when it does not say. */
function read(shelf: Shelf, key: string): Map<ConversationId, string> | null {
  let text: string | null;
  try {
    text = shelf.getItem(key);
  } catch {
    return null;
  }
  try {
    const stored: unknown = JSON.parse(text ?? '[]');
    return new Map(Array.isArray(stored) ? stored.filter(isPair) : []);
  } catch {
    return new Map();
  }
}

function isPair(value: unknown): value is [ConversationId, string] {
  return Array.isArray(value) && value.length === 2 && value.every((x) => typeof x === 'string');
}
