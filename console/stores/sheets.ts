// Which sheet lies over the inbox; opened from menus, buttons and keys alike.

import { defineStore } from 'pinia';
import { ref } from 'vue';

export const useSheets = defineStore('sheets', () => {
  const keys = ref(false);
  const transfer = ref(false);
  const details = ref(false);
  return { keys, transfer, details };
});
