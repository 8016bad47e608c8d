/**
 * The page around the panel: the keyboard of a phone, its back button, scrolling, the title, and
 * the moves of a router. It is loaded beside the panel, which works without it.
 */
import type { About } from '../client/frames.ts';
import { aboutOf } from './about.ts';
import { takeOffered } from './attach.tsx';
import { keepPainted } from './faces.tsx';
import { loses } from './state.ts';
import type { Config } from './types.ts';
import type { Acts } from './view.tsx';

/** Below this width the panel fills the screen; panel.css says the same. */
const PHONE = '(width < 480px)';

export type Around = {
  acts: Acts;
  /** The visitor has come back to this tab. */
  look: () => void;
  /** The address has changed without a load. */
  moved: () => void;
  /** Opens the chat once more, for another visitor or after a refusal. */
  again: () => void;
};

export class Page {
  /** What agents are told of the visitor. */
  about: About | undefined;
  readonly #page = new AbortController();
  readonly #box: HTMLElement;
  readonly #around: Around;
  #config: Config | undefined;
  /** What had been said of the visitor when the settings changed last. */
  #said: unknown[] = [];
  /** One change is heeded after the other. */
  #heeding: Promise<unknown> = Promise.resolve();
  /** What the page said of its own scrolling; undefined while the panel does not cover it. */
  #overflow: string | undefined;

  constructor(box: HTMLElement, around: Around) {
    this.#box = box;
    this.#around = around;
    const { signal } = this.#page;
    takeOffered(around.acts, signal);
    keepPainted(box, () => this.#config as Config, signal);
    document.addEventListener('visibilitychange', around.look, { signal });
    const warn = (event: Event) => {
      if (loses(around.acts.state().chat)) event.preventDefault();
    };
    addEventListener('beforeunload', warn, { signal });
    addEventListener('popstate', () => this.#overflow !== undefined && around.acts.close(), {
      signal,
    });
    let seen = location.href;
    const look = () => {
      if (seen !== location.href) around.moved();
      seen = location.href;
    };
    Reflect.get(window, 'navigation')?.addEventListener('currententrychange', look, { signal });
    // The keyboard of a phone covers the page without changing its size.
    const view = visualViewport as VisualViewport;
    const fit = () => {
      // Zoomed in, the visitor moves around in the panel as it is.
      if (view.scale > 1) return;
      box.style.setProperty('--height', `${view.height}px`);
      box.style.setProperty('--top', `${view.offsetTop}px`);
    };
    view.addEventListener('resize', fit, { signal });
    view.addEventListener('scroll', fit, { signal });
    fit();
  }

  /** On a phone the page behind an open panel stands still, and *back* closes the panel. */
  cover(open: boolean): void {
    const { style } = document.documentElement;
    if (open && this.#overflow === undefined && matchMedia(PHONE).matches) {
      this.#overflow = style.overflow;
      this.#modal(true);
      style.overflow = 'hidden';
      // Routers keep their own state in there: it goes along.
      if (!isOurs()) history.pushState({ ...history.state, edgewise: true }, '');
    } else if (!open && this.#overflow !== undefined) {
      style.overflow = this.#overflow;
      this.#overflow = undefined;
      this.#modal(false);
      if (isOurs()) history.back();
    }
  }

  /** Whether there is nothing but the panel to be read. */
  #modal(on: boolean): void {
    const panel = this.#box.querySelector('.panel');
    if (panel) panel.ariaModal = `${on}`;
  }

  /** Puts the number of unread messages in front of the title. */
  title(unread: number): void {
    const bare = document.title.replace(/^\(\d+\) /, '');
    const wanted = unread > 0 ? `(${unread}) ${bare}` : bare;
    if (document.title !== wanted) document.title = wanted;
  }

  /** The settings have changed: perhaps the page says who the visitor is, or what of them. */
  heed(config: Config): void {
    const before = this.#said;
    this.#config = config;
    this.#said = [config.attributes, ...(config.said ?? [])];
    // What was said of one person is nothing of the next.
    const forget = () => {
      config.said = config.said?.filter((one) => !before.includes(one));
      if (before.includes(config.attributes)) config.attributes = undefined;
    };
    this.#heeding = this.#heeding.then(() => this.#take(config, forget)).catch(Boolean);
  }

  async #take(config: Config, forget: () => void): Promise<void> {
    if (config.token || config.proof) {
      const identity = await import('./identity.ts').catch(() => undefined);
      await identity?.heed(config, this.#box, this.#around, forget);
    }
    const about = aboutOf(config);
    if (JSON.stringify(about) === JSON.stringify(this.about)) return;
    this.about = about;
    this.#around.moved();
  }

  leave(): void {
    this.cover(false);
    this.title(0);
    this.#page.abort();
  }
}

function isOurs(): boolean {
  return history.state?.edgewise === true;
}
