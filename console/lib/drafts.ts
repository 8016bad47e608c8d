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

/** Drafts under `key` of `shelf`. A shelf that refuses is no reason to lose them in this tab. */
export function openDrafts(shelf: Shelf, key: string): Drafts {
  let texts = read(shelf, key);

  function keep(): void {
    try {
      if (texts.size === 0) shelf.removeItem(key);
      else shelf.setItem(key, JSON.stringify([...texts]));
    } catch {
      // Full or refused: the texts stay in memory.
    }
  }

  return {
    get: (conversation) => texts.get(conversation) ?? '',
    set(conversation, text) {
      texts.delete(conversation);
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

function read(shelf: Shelf, key: string): Map<ConversationId, string> {
  try {
    const stored: unknown = JSON.parse(shelf.getItem(key) ?? '[]');
    if (!Array.isArray(stored)) return new Map();
    return new Map(stored.filter(isPair));
  } catch {
    return new Map();
  }
}

function isPair(value: unknown): value is [ConversationId, string] {
  return Array.isArray(value) && value.length === 2 && value.every((x) => typeof x === 'string');
}
