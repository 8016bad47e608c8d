// What the set-up form holds, and how it becomes the request.

import type { SetUp } from '../../client/frames.ts';

export type SetUpForm = Omit<SetUp, 'origins'> & { origins: string };

/** The token of `/setup#token=…`: after the #, so that no server and no log ever sees it. */
export function tokenOf(hash: string): string {
  return new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? '';
}

/** One origin a line; empty lines and what follows the origin are no matter. */
export function originsOf(text: string): string[] {
  const lines = text.split(/[\n,]/).map((line) => line.trim());
  const origins = lines.filter((line) => line !== '').map((line) => line.replace(/\/+$/, ''));
  return [...new Set(origins)];
}

export function requestOf(form: SetUpForm): SetUp {
  return {
    token: form.token.trim(),
    site: form.site.trim(),
    site_name: form.site_name.trim(),
    origins: originsOf(form.origins),
    name: form.name.trim(),
    email: form.email.trim(),
    password: form.password,
  };
}

/** The line a page needs to show the chat of `site`. */
export function snippetOf(origin: string, site: string): string {
  return `<script async src="${origin}/widget.js" data-site="${site}"></script>`;
}
