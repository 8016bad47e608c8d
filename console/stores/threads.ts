// The conversations this console has open: all of mine, so that their unread counts are live, and
// the one that is looked at.

import { defineStore } from 'pinia';
import { ref, shallowReactive } from 'vue';
import { type Conversation, type ConversationState, open } from '../../client/conversation.ts';
import { Files } from '../../client/files.ts';
import {
  type ConversationId,
  closeCodes,
  type Event,
  type Rejection,
} from '../../client/frames.ts';
import { openOutbox } from '../../client/outbox.ts';
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
  const refusal = ref<Rejection | null>(null);

  function told(id: ConversationId, state: ConversationState): void {
    states.set(id, state);
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

  /** Opens and closes conversations until exactly `wanted` are open. */
  function sync(wanted: ReadonlySet<ConversationId>): void {
    for (const id of [...handles.keys()]) if (!wanted.has(id)) stop(id);
    for (const id of wanted) if (!handles.has(id)) start(id);
  }

  function stopAll(): void {
    sync(new Set());
    lines.clear();
  }

  return {
    states,
    lines,
    refusal,
    progress,
    sync,
    stopAll,
    handle: (id: string) => handles.get(id),
    files: (id: string) => files.get(id),
  };
});
