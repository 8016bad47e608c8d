/**
 * The widget for pages that are built: the types of its commands, and a loader to import. Copy
 * this one file into your project; it needs no other. A page written by hand takes the script tag
 * instead; both may be there, the widget starts once.
 */

export type Theme = 'light' | 'dark' | 'auto';

/** A JSON Web Token of your server, or a function that gets a fresh one whenever one is needed. */
export type Token = string | (() => string | Promise<string>);

/** Facts about the visitor by their names; an empty one takes the fact away. */
export type Attributes = Record<string, string | number | boolean | null | undefined>;

/** More of what was done: a text, or facts by their names. */
export type Detail = string | Attributes;

export type Settings = {
  /** The site, as it was named at set-up. */
  site: string;
  /** A language tag; else the browser decides. */
  locale?: string | undefined;
  theme?: Theme | undefined;
  /** Any colour of CSS. Text on it and links in it are corrected until they can be read. */
  color?: string | undefined;
  /** Where the launcher is; else at the end of a line: on the right, in Arabic on the left. */
  side?: 'left' | 'right' | undefined;
  /** `off`: the page has a launcher of its own. */
  launcher?: 'on' | 'off' | undefined;
  /** `wait`: nothing shows, loads or is stored before `edgewise('consent', true)`. */
  consent?: 'wait' | undefined;
  /** What appears beside the launcher by itself. */
  greeting?: string | undefined;
  /** After so many seconds; else after 5. */
  greetingAfter?: number | string | undefined;
  /** On pages whose paths begin so, with spaces between several; else on all. */
  greetingOn?: string | undefined;
  /** The department that is asked, by its id; else the site's rules decide. */
  department?: string | undefined;
  /** The agent who is asked for, by their id. */
  agent?: string | undefined;
  /** What your server says of who the visitor is, or what fetches that; see `identify`. */
  token?: Token | undefined;
  /** What agents see beside the chat, such as `{ plan: 'pro' }`; see `setAttributes`. */
  attributes?: Attributes | undefined;
  /** Texts in place of the widget's own, by their names in widget/words.ts. */
  words?: Record<string, string | { other: string }> | undefined;
};

/** What the widget tells the page, and what comes with it. */
export type Events = {
  /** The launcher is there. */
  ready: undefined;
  open: undefined;
  close: undefined;
  /** An agent has written. */
  message: { seq: number; text: string; author: string };
  /** The visitor's message is stored. */
  sent: { seq: number; text: string };
  unread: { count: number };
  /** The chat cannot work here, and why. */
  error: { code: string };
  /** The visitor is forgotten. */
  shutdown: undefined;
};

export type EventName = keyof Events;

type Bare = 'shutdown' | 'open' | 'close' | 'toggle' | 'show' | 'hide' | 'page';

export type Command =
  | 'boot'
  | 'update'
  | 'identify'
  | 'setAttributes'
  | 'track'
  | Bare
  | 'setLocale'
  | 'setTheme'
  | 'consent'
  | 'on';

export type Edgewise = {
  (command: 'boot', settings: Settings): void;
  (command: 'update', settings: Partial<Settings>): void;
  (command: 'identify', visitor: { token: Token | undefined }): void;
  /** Beside those that were set before; not proven, as what `identify` says is. */
  (command: 'setAttributes', attributes: Attributes): void;
  /** What the visitor has just done: `edgewise('track', 'added to cart', { price: 9 })`. */
  (command: 'track', name: string, detail?: Detail): void;
  (command: Bare): void;
  (command: 'setLocale', locale: string): void;
  (command: 'setTheme', theme: Theme): void;
  (command: 'consent', given: boolean): void;
  /** The same as the DOM event `edgewise:NAME` of the window; answers with what ends it. */
  <Name extends EventName>(
    command: 'on',
    name: Name,
    then: (detail: Events[Name]) => void,
  ): (() => void) | undefined;
};

/** What stands at `window.edgewise`: before the load a queue, after it the widget. */
export type Global = ((...args: unknown[]) => unknown) & {
  q?: Iterable<unknown>[];
  base?: string;
  live?: boolean;
};

/**
 * Loads the widget of a deployment, once, and answers with the function that takes commands. Calls
 * made at once wait in its queue. `base` is the deployment's address, `https://chat.example.com`.
 */
export function load(base: string): Edgewise {
  const page = globalThis as { edgewise?: Global };
  if (!page.edgewise) {
    const queue: Iterable<unknown>[] = [];
    const stub: Global = (...args) => void queue.push(args);
    page.edgewise = Object.assign(stub, { q: queue, base: base.replace(/\/$/, '') });
    // An import needs no permission of Trusted Types, which a script's address would.
    import(/* @vite-ignore */ `${page.edgewise.base}/widget.js`).catch(() =>
      console.warn(`Edgewise: ${base}/widget.js could not be loaded.`),
    );
  }
  // The widget takes the place of the queue when it has come.
  return ((...args: unknown[]) => page.edgewise?.(...args)) as Edgewise;
}
