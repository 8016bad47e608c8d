// What goes on while the console is open, whichever page is shown: the right conversations are
// open, the title counts, and news are heard.

import { useEventListener } from '@vueuse/core';
import { computed, onScopeDispose, watch } from 'vue';
import { useRouter } from 'vue-router';
import type { ConversationId } from '../../client/frames.ts';
import { chime, notify } from '../lib/alerts.ts';
import { lastOfVisitor, textOf, titleOf, unreadOf } from '../lib/unread.ts';
import { visitorName } from '../lib/words.ts';
import { useDesk } from '../stores/desk.ts';
import { usePrefs } from '../stores/prefs.ts';
import { useThreads } from '../stores/threads.ts';
import { t } from '../text/index.ts';
import { newlyMine } from './desk.ts';

/** Runs for the life of the calling component; `selected` is the conversation looked at. */
export function attend(selected: () => ConversationId | null): void {
  const desk = useDesk();
  const threads = useThreads();
  const prefs = usePrefs();
  const router = useRouter();

  const mine = computed(() => desk.list.mine.map((entry) => entry.conversation));
  const unread = computed(() => {
    let count = 0;
    for (const id of mine.value) {
      const state = threads.states.get(id);
      if (state) count += unreadOf(state, threads.looked.get(id));
    }
    return count;
  });

  function alert(id: ConversationId, title: string, body: string): void {
    if (prefs.sound) chime();
    const open = () =>
      void router.push({ name: 'inbox', params: { place: 'c', conversation: id } });
    notify(id, title, body, open);
  }

  desk.start();
  void threads.recover();
  watch(
    () => [...mine.value, selected()].join(' '),
    () => {
      const looked = selected();
      threads.sync(new Set(looked ? [...mine.value, looked] : mine.value));
    },
    { immediate: true },
  );

  watch(unread, (count) => (document.title = titleOf(count)), { immediate: true });

  watch(
    () => desk.desk,
    (now, before) => {
      for (const id of newlyMine(before, now)) {
        alert(id, t('alertNewChat'), nameOf(id));
      }
    },
  );

  watch(
    () => desk.offers.map(({ entry }) => entry.conversation),
    (now, before) => {
      for (const id of now) {
        if (before.includes(id)) continue;
        alert(id, t('offerTitle'), nameOf(id));
      }
    },
  );

  const heard = new Map<ConversationId, number>();
  watch(
    () => mine.value.map((id) => [id, threads.states.get(id)] as const),
    (all) => {
      for (const [id, state] of all) {
        if (!state?.live) continue;
        const seq = lastOfVisitor(state.events);
        const before = heard.get(id);
        heard.set(id, seq);
        if (before === undefined || seq <= before) continue;
        if (!document.hidden && selected() === id) continue;
        alert(id, t('alertNewMessage', { name: nameOf(id) }), threadsText(id));
      }
    },
  );

  function nameOf(id: ConversationId): string {
    return visitorName(desk.desk.entries[id] ?? { conversation: id });
  }

  function threadsText(id: ConversationId): string {
    const line = threads.lines.get(id);
    return (line && textOf(line))?.slice(0, 140) ?? '';
  }

  // What people do at a console, if only by scrolling; a page that is not looked at has none of it.
  for (const kind of ['pointerdown', 'keydown', 'wheel', 'focus'] as const) {
    useEventListener(window, kind, () => desk.noteActivity(Date.now()), { passive: true });
  }

  // Where the browser keeps nothing, leaving would lose what is not sent.
  useEventListener(window, 'beforeunload', (event) => {
    const loses = [...threads.states.values()].some((s) => !s.durable && s.pending.length > 0);
    if (loses) event.preventDefault();
  });

  onScopeDispose(() => {
    threads.stopAll();
    desk.stop();
    document.title = titleOf(0);
  });
}
