// The console: one page for agents. Stores hold what the server says, pages show it.

import { createPinia } from 'pinia';
import { createApp } from 'vue';
import '../brand/tokens.css';
import './style/base.css';
import './style/element.css';
import App from './App.vue';
import { onSignInRequired } from './api.ts';
import { wakeSoundOnGesture } from './lib/alerts.ts';
import { createConsoleRouter } from './router.ts';
import { usePrefs } from './stores/prefs.ts';
import { useSession } from './stores/session.ts';
import { i18n } from './text/index.ts';

const app = createApp(App);
const pinia = createPinia();
app.use(pinia).use(i18n);

const router = createConsoleRouter();
onSignInRequired(() => {
  const session = useSession();
  if (!session.me) return;
  session.forget();
  void router.push({ name: 'sign-in', query: { ended: '1' } });
});

wakeSoundOnGesture();
await usePrefs().ready;
app.use(router).mount('#app');
