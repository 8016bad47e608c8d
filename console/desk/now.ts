// One slow clock for all relative times on the page.

import { createSharedComposable, useIntervalFn } from '@vueuse/core';
import { type Ref, ref } from 'vue';

/** Half a minute: the times shown are in minutes. */
const TICK_MS = 30_000;

function slowClock(): Ref<number> {
  const now = ref(Date.now());
  useIntervalFn(() => (now.value = Date.now()), TICK_MS);
  return now;
}

export const useNow: () => Ref<number> = createSharedComposable(slowClock);
