// The desk of this agent: one socket to the router, and what it has said so far.

import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { type Connection, type ConnectionState, connect } from '../../client/connection.ts';
import {
  type AgentId,
  type ConversationId,
  closeCodes,
  type DepartmentId,
  type DeskClientFrame,
  type DeskServerFrame,
} from '../../client/frames.ts';
import { reportSignInEnded } from '../api.ts';
import {
  emptyDesk,
  hasRoom,
  meOf,
  offersOf,
  positionsOf,
  queuesOf,
  receive,
  roster,
  sections,
  wantsActivity,
} from '../desk/desk.ts';
import { socketUrl, ticketFor } from '../desk/link.ts';
import { wellFormed } from '../lib/labels.ts';

export const useDesk = defineStore('desk', () => {
  const desk = shallowRef(emptyDesk);
  const link = shallowRef<ConnectionState>({ is: 'connecting' });
  /** What the switch was set to, until the desk confirms it. */
  const wanted = ref<boolean | null>(null);
  let connection: Connection | null = null;
  /** When the desk was last told that the agent is active. */
  let reported = 0;

  const me = computed(() => meOf(desk.value));
  const accepting = computed(() => wanted.value ?? me.value?.accepting ?? false);
  const isLive = computed(() => link.value.is === 'live' && desk.value.known);
  const hasFreePlace = computed(() => me.value !== undefined && hasRoom(me.value));
  const list = computed(() => sections(desk.value));
  const positions = computed(() => positionsOf(list.value));
  const queues = computed(() => queuesOf(desk.value, list.value.waiting));
  const offers = computed(() => offersOf(desk.value));
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

  /** The agent has done something; told where the desk asks for it, a few times in the period. */
  function noteActivity(now: number): void {
    if (wantsActivity(desk.value, now - reported) && send({ t: 'active' })) reported = now;
  }

  function take(conversation: ConversationId): void {
    send({ t: 'take', conversation });
  }

  function transfer(conversation: ConversationId, to: AgentId, note = ''): void {
    send({ t: 'transfer', conversation, to, note: wellFormed(note) });
  }

  function handBack(conversation: ConversationId, department: DepartmentId, note: string): void {
    send({ t: 'hand_back', conversation, department, note: wellFormed(note) });
  }

  function invite(conversation: ConversationId, to: AgentId): void {
    send({ t: 'invite', conversation, to });
  }

  function leave(conversation: ConversationId): void {
    send({ t: 'leave', conversation });
  }

  function answer(conversation: ConversationId, yes: boolean): void {
    send({ t: 'answer', conversation, yes });
  }

  /** The notes after a close are written. */
  function ready(): void {
    send({ t: 'ready' });
  }

  /** Asks why a conversation went where it is; without one, what was decided lately. */
  function explain(conversation?: ConversationId): void {
    send(conversation ? { t: 'explain', conversation } : { t: 'explain' });
  }

  /** The agent has read what was lost, and who misses offers. */
  function forgetNews(): void {
    desk.value = { ...desk.value, lost: 0, missing: null };
  }

  /** After a close that is final for the old socket: another one, asked for by a person. */
  function reconnect(): void {
    stop();
    start();
  }

  return {
    ...{ desk, link, me, accepting, isLive, hasFreePlace, list, positions, queues, offers, agents },
    ...{ start, stop, reconnect, accept, take, transfer, handBack, answer, ready, explain },
    noteActivity,
    invite,
    leave,
    forgetNews,
  };
});
