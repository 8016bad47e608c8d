// What a page of settings knows of its calls: whether one is on its way, was taken, or was refused.

import { ref } from 'vue';
import { ApiFailure, type FailureCode, failureCode } from '../api.ts';

/** The server's own words, for what no code can say. */
export function wordsOf(problem: unknown): string {
  return problem instanceof ApiFailure && problem.code === 'bad_request' ? problem.message : '';
}

/** `explain` says more about a refusal than its code does. */
export function useSaving(explain: (problem: unknown) => string = wordsOf) {
  const busy = ref(false);
  const saved = ref(false);
  const failure = ref<FailureCode | null>(null);
  const detail = ref('');

  async function tried(work: () => Promise<void>): Promise<boolean> {
    failure.value = null;
    detail.value = '';
    saved.value = false;
    try {
      await work();
      return true;
    } catch (problem) {
      failure.value = failureCode(problem);
      detail.value = explain(problem);
      return false;
    }
  }

  /** Fetches what the page shows. */
  const load = tried;

  /** Sends what was changed, once at a time. */
  async function save(work: () => Promise<void>): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    saved.value = await tried(work);
    busy.value = false;
  }

  /** Refuses before anything is sent. */
  function refuse(code: FailureCode): void {
    saved.value = false;
    failure.value = code;
    detail.value = '';
  }

  return { busy, saved, failure, detail, load, save, refuse };
}
