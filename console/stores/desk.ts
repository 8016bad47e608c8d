// The desk of this agent: one socket to the router, and what it has said so far.

import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { type Connection, type ConnectionState, connect } from '../../client/connection.ts';
import {
  type AgentId,
  type ConversationId,
  closeCodes,
  type DeskClientFrame,
  type DeskServerFrame,
} from '../../client/frames.ts';
import { reportSignInEnded } from '../api.ts';
import { emptyDesk, hasRoom, meOf, positionsOf, receive, roster, sections } from '../desk/desk.ts';
import { socketUrl, ticketFor } from '../desk/link.ts';

export const useDesk = defineStore('desk', () => {
  const desk = shallowRef(emptyDesk);
  const link = shallowRef<ConnectionState>({ is: 'connecting' });
  /** What the switch was set to, until the desk confirms it. */
  const wanted = ref<boolean | null>(null);
  let connection: Connection | null = null;

  const me = computed(() => meOf(desk.value));
  const accepting = computed(() => wanted.value ?? me.value?.accepting ?? false);
  const isLive = computed(() => link.value.is === 'live' && desk.value.known);
  const hasFreePlace = computed(() => me.value !== undefined && hasRoom(me.value));
  const list = computed(() => sections(desk.value));
  const positions = computed(() => positionsOf(list.value));
  const agents = computed(() => roster(desk.value));

  function start(): void {
    connection ??= connect({
      url: socketUrl('/ws/desk'),
      ticket: () => ticketFor({ for: 'desk' }),
      onOpen: () => send({ t: 'hello' }),
      onFrame: (frame) => {
        desk.value = receive(desk.value, frame as DeskServerFrame);
        if (me.value?.accepting === wanted.value) wanted.value = null;
      },
      onState: (state) => {
        link.value = state;
        if (state.is !== 'live') wanted.value = null;
        if (state.is === 'stopped' && state.code === closeCodes.signed_out.code) {
          reportSignInEnded();
        }
      },
    });
  }

  function stop(): void {
    connection?.stop();
    connection = null;
    desk.value = emptyDesk;
    link.value = { is: 'connecting' };
  }

  function send(frame: DeskClientFrame): boolean {
    return connection?.send(frame) ?? false;
  }

  function accept(on: boolean): void {
    if (send({ t: 'accept', on })) wanted.value = on;
  }

  function take(conversation: ConversationId): void {
    send({ t: 'take', conversation });
  }

  function transfer(conversation: ConversationId, to: AgentId): void {
    send({ t: 'transfer', conversation, to });
  }

  /** After a close that is final for the old socket: another one, asked for by a person. */
  function reconnect(): void {
    stop();
    start();
  }

  return {
    ...{ desk, link, me, accepting, isLive, hasFreePlace, list, positions, agents },
    ...{ start, stop, reconnect, accept, take, transfer },
  };
});
