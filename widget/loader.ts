/**
 * What every page of the host loads: it takes commands, draws the launcher, and fetches the rest
 * only when the panel is opened, or when this browser has a conversation to come back to.
 */
import type { Attributes, Command, Detail, EventName, Global, Settings, Theme } from './embed.ts';
import { draw, dress, emit, type Launcher } from './launcher.ts';
import { speak } from './locale.ts';
import * as marks from './marks.ts';
import { tellUnloaded, watchPolicy } from './policy.ts';
import type { Config, Panel } from './types.ts';

/** Paths of scripts below the base; the build knows their hashes. */
declare const PANEL: string;
declare const WIPE: string;
declare const GREETING: string;

const page = window as { edgewise?: Global };
const script = document.currentScript as HTMLScriptElement | null;
const before = page.edgewise;
/** This script may lie below a path of the customer's own zone, and have its versioned name. */
const base = before?.base ?? script?.src.replace(/\/widget(\/[\w-]+)?\.js.*$/, '') ?? '';

let config: Config | undefined;
let host: Launcher | undefined;
let panel: Promise<Panel> | undefined;
let consented = false;
/** The page wants it open, before it may be there. */
let wanted = false;

/** Does something to the panel if it is loaded; a load that fails has been told. */
const tell = (act: (panel: Panel) => void) => void panel?.then(act, Boolean);

function load(): void {
  const drawn = host as Launcher;
  // A page that was open during a deploy knows the old name; the newest is always at the other.
  panel ??= import(base + PANEL)
    .catch(() => import(`${base}/widget.latest.js`))
    .then(({ mount }) => mount(drawn));
  panel.catch(() => {
    // The next press tries again.
    panel = undefined;
    tellUnloaded();
  });
}

function toggle(open?: boolean): void {
  if (!host) {
    wanted = open ?? !wanted;
    return;
  }
  if (open !== false) load();
  tell((loaded) => loaded.toggle(open));
}

/** Draws the launcher, as soon as it may be there. */
function start(): void {
  if (!config || host || (config.consent === 'wait' && !consented)) return;
  // Chosen in the panel, asked for by the page, wished by the browser: in this order.
  config.speaks = speak([marks.read(marks.locale), config.locale, ...navigator.languages]);
  host = draw(config, () => tell((loaded) => loaded.back()));
  host.button.onclick = () => toggle();
  dress(host);
  emit('ready');
  if (wanted) toggle(true);
  else if (marks.read(marks.running(config.site))) load();
  else if (config.greeting)
    import(base + GREETING).then(({ greet }) => greet(host, commands.open), Boolean);
}

function update(changes: Partial<Config>): void {
  if (!config) return;
  Object.assign(config, changes);
  if (!host) {
    start();
    return;
  }
  if (changes.locale) config.speaks = speak([changes.locale, config.speaks]);
  dress(host);
  tell((loaded) => loaded.update());
}

function drop(): void {
  tell((loaded) => loaded.stop());
  panel = undefined;
}

/** Takes the widget out of the page, and the visitor out of what this browser keeps. */
function shutdown(): void {
  if (!config) return;
  const { site } = config;
  drop();
  host?.remove();
  config = host = undefined;
  wanted = false;
  const wiped = import(base + WIPE).then(({ wipe }) => wipe(site));
  wiped.then(() => emit('shutdown'), tellUnloaded);
}

/** Facts, or the name of what was done and more of it. */
function say(...said: [Attributes | string, Detail?]): void {
  update({ said: [...(config?.said ?? []), [Date.now(), ...said]] });
}

const commands = {
  __proto__: null,
  boot(settings: Settings) {
    if (config) return update(settings);
    // `start` finds the language.
    config = { ...settings, base } as Config;
    return start();
  },
  update,
  identify: update,
  shutdown,
  open: () => toggle(true),
  close: () => toggle(false),
  toggle: () => toggle(),
  show: () => update({ launcher: 'on' }),
  hide: () => update({ launcher: 'off' }),
  setAttributes: say,
  track: say,
  page: () => tell((loaded) => loaded.moved()),
  setLocale: (locale: string) => update({ locale }),
  setTheme: (theme: Theme) => update({ theme }),
  consent(given: boolean) {
    consented = given;
    if (given || !config) return start();
    // What was said of the visitor is forgotten with them.
    const settings: Config = { ...config, consent: 'wait', said: [] };
    shutdown();
    config = settings;
  },
  on(name: EventName, then: (detail: unknown) => void) {
    const listener = (event: Event) => then((event as CustomEvent).detail);
    addEventListener(`edgewise:${name}`, listener);
    return () => removeEventListener(`edgewise:${name}`, listener);
  },
} satisfies Record<Command, unknown> & { __proto__: null };

function run(...[name, ...args]: unknown[]): unknown {
  const act = commands[name as Command] as ((...args: unknown[]) => unknown) | undefined;
  return act ? act(...args) : console.warn(`Edgewise: no command "${name}".`);
}

function listen(): void {
  watchPolicy(base);
  addEventListener('click', (event) => {
    // The window and the document are targets, too, and no elements.
    const target = event.composedPath()[0] as Partial<Element>;
    if (!target.closest?.('[data-edgewise-open]')) return;
    event.preventDefault();
    toggle(true);
  });
  // Another tab has forgotten the visitor.
  addEventListener('storage', ({ key, newValue }) => {
    if (config && key === marks.secret(config.site) && !newValue) drop();
  });
}

// Pasted twice it starts once: the second finds the first.
if (!before?.live) {
  page.edgewise = Object.assign(run, { live: true });
  listen();
  const { dataset } = script ?? {};
  if (dataset?.site) run('boot', { ...dataset });
  else if (!before) console.warn('Edgewise: no data-site');
  for (const call of before?.q ?? []) run(...call);
}
