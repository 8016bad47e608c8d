// The conversations this console has open: all of mine, so that their unread counts are live, the
// one that is looked at, and those in which something of mine waits to be sent.

import { defineStore } from 'pinia';
import { ref, shallowReactive } from 'vue';
import { type Conversation, type ConversationState, open } from '../../client/conversation.ts';
import { Files } from '../../client/files.ts';
import {
  type ConversationId,
  closeCodes,
  type Event,
  type Rejection,
  type Seq,
} from '../../client/frames.ts';
import { openOutbox, threadsWithEntries } from '../../client/outbox.ts';
import { reportSignInEnded } from '../api.ts';
import { socketUrl, ticketFor } from '../desk/link.ts';
import { lastMessage } from '../lib/unread.ts';
import { useSession } from './session.ts';

export const useThreads = defineStore('threads', () => {
  const session = useSession();
  const handles = new Map<ConversationId, Conversation>();
  const files = new Map<ConversationId, Files>();
  /** Grows with each piece of a file that has gone out. */
  const progress = ref(0);
  const states = shallowReactive(new Map<ConversationId, ConversationState>());
  /** The last message of each conversation seen so far, open or not. */
  const lines = shallowReactive(new Map<ConversationId, Event>());
  /** How far an agent has read who only helps: the read mark is the assignee's. */
  const looked = shallowReactive(new Map<ConversationId, Seq>());
  /** Where something is not sent yet, or was refused. */
  const unsent = new Set<ConversationId>();
  const refusal = ref<Rejection | null>(null);

  function told(id: ConversationId, state: ConversationState): void {
    states.set(id, state);
    if (state.pending.length > 0) unsent.add(id);
    else if (state.live) unsent.delete(id);
    files.get(id)?.look(state);
    const line = lastMessage(state.events);
    if (line && lines.get(id)?.seq !== line.seq) lines.set(id, line);
    const link = state.connection;
    if (link.is === 'stopped' && link.code === closeCodes.signed_out.code) reportSignInEnded();
  }

  function start(id: ConversationId): void {
    const me = session.me;
    if (!me) return;
    const ticket = () => ticketFor({ for: 'conversation', conversation: id });
    const handle = open({
      url: socketUrl('/ws/conversation'),
      ticket,
      // An agent's own outbox: another agent of this browser must not send it.
      outbox: openOutbox(`${me.site}/${id}/${me.agent.id}`),
      onChange: (state) => told(id, state),
      onRejected: (code) => {
        refusal.value = code;
      },
    });
    handles.set(id, handle);
    const changed = () => {
      progress.value += 1;
    };
    files.set(id, new Files({ base: '', ticket, conversation: handle, changed }));
    states.set(id, handle.state);
  }

  function stop(id: ConversationId): void {
    files.get(id)?.stop();
    files.delete(id);
    handles.get(id)?.stop();
    handles.delete(id);
    states.delete(id);
  }

  /** Opens and closes conversations until `wanted` are open, and those with something unsent. */
  function sync(wanted: ReadonlySet<ConversationId>): void {
    const all = new Set([...wanted, ...unsent]);
    for (const id of [...handles.keys()]) if (!all.has(id)) stop(id);
    for (const id of all) if (!handles.has(id)) start(id);
  }

  /** What earlier pages of this agent could not send, wherever it is. */
  async function recover(): Promise<void> {
    const { me } = session;
    const names = await threadsWithEntries();
    if (!me || me !== session.me) return;
    for (const name of names) {
      const [site, id, agent] = name.split('/');
      if (site !== me.site || agent !== me.agent.id || !id) continue;
      unsent.add(id);
      if (!handles.has(id)) start(id);
    }
  }

  /** Opens anew what was closed for good: a person has asked for it. */
  function revive(): void {
    for (const [id, state] of [...states]) {
      if (state.connection.is !== 'stopped') continue;
      stop(id);
      start(id);
    }
  }

  function stopAll(): void {
    unsent.clear();
    sync(unsent);
    lines.clear();
    looked.clear();
  }

  return {
    states,
    lines,
    looked,
    refusal,
    progress,
    recover,
    revive,
    sync,
    stopAll,
    handle: (id: string) => handles.get(id),
    files: (id: string) => files.get(id),
  };
});
