// Who is signed in. The sign-in itself is a cookie no script can read; this is what it says.

import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { Me, SetUp } from '../../client/frames.ts';
import { ApiFailure, api, reportSignInEnded } from '../api.ts';

export const useSession = defineStore('session', () => {
  const me = shallowRef<Me | null>(null);
  const mayManage = computed(() => me.value !== null && me.value.role !== 'agent');

  /** Asks the server once; the answer stays until the sign-in ends. */
  async function load(): Promise<Me | null> {
    if (me.value) return me.value;
    try {
      me.value = await api.me();
    } catch (failure) {
      if (!(failure instanceof ApiFailure) || failure.code !== 'sign_in_required') throw failure;
    }
    return me.value;
  }

  async function signIn(email: string, password: string): Promise<void> {
    me.value = await api.signIn({ email, password });
  }

  async function setUp(form: SetUp): Promise<void> {
    me.value = await api.setUp(form);
  }

  // A cookie is one for all tabs of a browser, so its end is told to all.
  const tabs = new BroadcastChannel('edgewise-session');
  tabs.onmessage = reportSignInEnded;

  async function signOut(): Promise<void> {
    await api.signOut();
    forget();
    tabs.postMessage('ended');
  }

  function rename(site: string): void {
    if (me.value) me.value = { ...me.value, site_name: site };
  }

  function forget(): void {
    me.value = null;
  }

  return { me, mayManage, load, signIn, setUp, signOut, rename, forget };
});
