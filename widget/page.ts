/** The page around the panel: its title, the moves of its router, and what is dropped on it. */
import { takeOffered } from './attach.tsx';
import { keepPainted } from './faces.tsx';
import { wholeAround } from './seldom.ts';
import { loses, type State } from './state.ts';
import type { Acts } from './view.tsx';
import { count } from './words.ts';

export type Around = {
  acts: Acts;
  /** The visitor has come back to this tab. */
  look: () => void;
  /** The address has changed without a load. */
  moved: () => void;
};

export class Page {
  readonly #page = new AbortController();
  readonly #badge = document.createElement('span');

  constructor({ acts, look, moved }: Around) {
    const { signal } = this.#page;
    const { box, host } = acts;
    this.#badge.className = 'badge';
    host.button.append(this.#badge);
    takeOffered(acts, signal);
    keepPainted(box, () => host.config, signal);
    document.addEventListener('visibilitychange', look, { signal });
    const warn = (event: Event) => {
      if (loses(acts.state().chat)) event.preventDefault();
    };
    addEventListener('beforeunload', warn, { signal });
    let seen = location.href;
    const turn = () => {
      if (seen !== location.href) moved();
      seen = location.href;
    };
    Reflect.get(window, 'navigation')?.addEventListener('currententrychange', turn, { signal });
  }

  /** Puts the number of unread messages on the launcher and in front of the title, and says it. */
  unread(number: number, { words, locale }: State): string {
    this.#badge.textContent = number > 99 ? '99+' : `${number || ''}`;
    const bare = document.title.replace(/^\(\d+\) /, '');
    const wanted = number > 0 ? `(${number}) ${bare}` : bare;
    if (document.title !== wanted) document.title = wanted;
    return number > 0 ? `, ${count(wholeAround(words).unread, number, locale)}` : '';
  }

  leave(state: State): void {
    this.unread(0, state);
    this.#badge.remove();
    this.#page.abort();
  }
}
