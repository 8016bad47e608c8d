/** What the loader and the panel know of each other. */
import type { Attributes, Detail, EventName, Events, Settings } from './embed.ts';
import type { Locale } from './locale.ts';

export type Config = Settings & {
  /** The panel is the page: it is never closed. */
  whole?: boolean;
  /** Where the script came from, without a slash at its end; the API is below it. */
  base: string;
  /** Set by the part that knows of persons: whose messages wait here, and what proves it. */
  person?: string | undefined;
  proof?: (() => Promise<string | undefined>) | undefined;
  /** What this page has said of the visitor. */
  said?: Said[] | undefined;
  /** The language of the widget, chosen among the wishes of page, visitor and browser. */
  speaks: Locale;
};

/** When, and then either facts, or what was done and more of it. */
export type Said = [at: number, what: Attributes | string, detail?: Detail];

/** What the loader hands to the panel. */
export type Host = {
  config: Config;
  /** Takes the panel's style sheet. */
  shadow: ShadowRoot;
  /** Wears theme, side and direction; the panel goes in here. */
  frame: HTMLElement;
  button: HTMLButtonElement;
  /** Draws on the launcher what a press will do, and says whether the panel is open. */
  picture: (open: boolean) => void;
  /** Turns the frame to the direction in which a language is written. */
  turn: (locale: Locale) => void;
  /** Tells the page what happened. */
  emit: <Name extends EventName>(name: Name, detail?: Events[Name]) => void;
};

export type Panel = {
  /** Opens or closes; without `open` the other way round. */
  toggle: (open?: boolean) => void;
  /** The settings have changed. */
  update: () => void;
  /** The visitor looks at another page of the site. */
  moved: () => void;
  /** Out of the page and back again, as a page does that swaps its body. */
  back: () => void;
  /** Ends for good, and leaves no trace in the page. */
  stop: () => void;
};
