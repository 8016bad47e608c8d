/** What the loader and the panel know of each other. */

export type Locale = 'en' | 'zh';

export type Config = {
  site: string;
  /** Where the script came from; the API is there too. */
  origin: string;
  locale: Locale;
};

/** What the loader hands to the panel. */
export type Host = {
  config: Config;
  /** Takes the panel's style sheet. */
  shadow: ShadowRoot;
  /** Wears the theme; the panel goes in here. */
  frame: HTMLElement;
  button: HTMLButtonElement;
  /** Puts name, badge and icon on the launcher. */
  show: (name: string, open: boolean, unread: number) => void;
};

export type Panel = { toggle: () => void };
