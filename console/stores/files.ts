// Which files the site takes: asked once, and again by whoever changes it.

import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { FileRules } from '../../client/frames.ts';
import { api } from '../api.ts';

export const useFileRules = defineStore('files', () => {
  /** Undefined before it was asked; null where the deployment has no bucket. */
  const rules = shallowRef<FileRules | null>();
  /** What may be sent now; null when nothing may. */
  const open = computed(() => (rules.value?.on ? rules.value : null));

  async function load(): Promise<void> {
    rules.value = await api.files();
  }

  async function change(next: FileRules): Promise<void> {
    rules.value = await api.setFiles(next);
  }

  /** Asks, when nobody has; without an answer there are no files until the next time. */
  async function ensure(): Promise<void> {
    if (rules.value === undefined) await load().catch(() => undefined);
  }

  return { rules, open, load, change, ensure };
});
