// Addresses of the console. All but sign-in and set-up want a sign-in.

import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router';
import { useSession } from './stores/session.ts';

export const inboxPath = '/console';

export function createConsoleRouter() {
  const router = createRouter({
    history: createWebHistory('/'),
    routes: [
      { path: '/setup', name: 'setup', component: () => import('./pages/SetUp.vue') },
      { path: '/console/sign-in', name: 'sign-in', component: () => import('./pages/SignIn.vue') },
      {
        path: '/console',
        component: () => import('./pages/Shell.vue'),
        meta: { wantsSignIn: true },
        children: [
          {
            path: 'routing',
            name: 'routing',
            component: () => import('./pages/Routing.vue'),
            meta: { wantsManager: true },
          },
          {
            path: 'decisions',
            name: 'decisions',
            component: () => import('./pages/Decisions.vue'),
            meta: { wantsManager: true },
          },
          {
            path: 'files',
            name: 'files',
            component: () => import('./pages/Files.vue'),
            meta: { wantsManager: true },
          },
          {
            path: 'identity',
            name: 'identity',
            component: () => import('./pages/Identity.vue'),
            meta: { wantsManager: true },
          },
          {
            path: 'widget',
            name: 'widget',
            component: () => import('./pages/Widget.vue'),
            meta: { wantsManager: true },
          },
          { path: 'team', name: 'team', component: () => import('./pages/Team.vue') },
          {
            path: ':place(c)?/:conversation?',
            name: 'inbox',
            component: () => import('./pages/Inbox.vue'),
          },
        ],
      },
      { path: '/:rest(.*)*', redirect: inboxPath },
    ],
  });
  router.beforeEach(checkSignIn);
  return router;
}

async function checkSignIn(to: RouteLocationNormalized) {
  if (!to.matched.some((record) => record.meta.wantsSignIn)) return true;
  const session = useSession();
  // Without an answer the sign-in page says so: its own call shows what is wrong.
  const me = await session.load().catch(() => null);
  if (!me) return { name: 'sign-in', query: { to: to.fullPath } };
  return to.meta.wantsManager && !session.mayManage ? { name: 'inbox' } : true;
}
