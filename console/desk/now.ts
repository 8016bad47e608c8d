// Clocks that all times on the page share, in the server's time.

import { createSharedComposable, useIntervalFn } from '@vueuse/core';
import { type Ref, ref } from 'vue';
import { serverNow } from '../lib/clock.ts';

/** Half a minute: for times shown in minutes. */
const SLOW_MS = 30_000;
/** For what counts down before a reader's eyes. */
const FAST_MS = 500;

function clock(tick: number): () => Ref<number> {
  return () => {
    const now = ref(serverNow());
    useIntervalFn(() => (now.value = serverNow()), tick);
    return now;
  };
}

export const useNow: () => Ref<number> = createSharedComposable(clock(SLOW_MS));
export const useSeconds: () => Ref<number> = createSharedComposable(clock(FAST_MS));
