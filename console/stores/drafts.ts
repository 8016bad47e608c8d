// Drafts of the signed-in agent. Each agent of a shared browser has their own shelf.

import { defineStore } from 'pinia';
import { type Drafts, openDrafts, type Shelf } from '../lib/drafts.ts';
import { useSession } from './session.ts';

/** A shelf that keeps nothing, and says so. */
const nowhere: Shelf = {
  getItem() {
    throw new Error('no storage here');
  },
  setItem() {},
  removeItem() {},
};

function shelf(): Shelf {
  try {
    return localStorage;
  } catch {
    return nowhere;
  }
}

export const useDrafts = defineStore('drafts', () => {
  const session = useSession();
  let owner = '';
  let drafts: Drafts = openDrafts(nowhere, '');

  function mine(): Drafts {
    const me = session.me;
    const now = me ? `${me.site}/${me.agent.id}` : owner;
    if (now !== owner) {
      owner = now;
      drafts = openDrafts(shelf(), `edgewise-drafts:${owner}`);
    }
    return drafts;
  }

  return {
    get: (conversation: string) => mine().get(conversation),
    set: (conversation: string, text: string) => mine().set(conversation, text),
    clear: () => mine().clear(),
  };
});
