/** The button on the host's page, and the element that holds all there is of the widget. */
import type { Events } from './embed.ts';
import css from './launcher.css';
import { isRtl, names } from './locale.ts';
import type { Config, Host } from './types.ts';

const BUBBLE = 'M7 5h10a4 4 0 0 1 4 4v6a4 4 0 0 1-4 4H3V9a4 4 0 0 1 4-4zM8 10h8M8 14h5';
const DOWN = 'M6 9.5l6 6 6-6';
const SVG = 'http://www.w3.org/2000/svg';

export type Launcher = Host & { remove: () => void };

/** Draws the launcher; `back` is told when a page has thrown the widget out and it has returned. */
export function draw(config: Config, back: () => void): Launcher {
  const element = document.createElement('div');
  const shadow = element.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  shadow.adoptedStyleSheets = [sheet];

  const frame = document.createElement('div');
  frame.className = 'frame';
  const button = document.createElement('button');
  button.className = 'launcher';
  const icon = document.createElementNS(SVG, 'svg');
  icon.setAttribute('viewBox', '0 0 24 24');
  const path = document.createElementNS(SVG, 'path');
  const picture = (open: boolean) => {
    button.ariaExpanded = `${open}`;
    path.setAttribute('d', open ? DOWN : BUBBLE);
  };
  picture(false);
  icon.append(path);
  button.append(icon);
  frame.append(button);
  shadow.append(frame);
  const remove = stay(element, back);

  return {
    config,
    shadow,
    frame,
    button,
    picture,
    turn: (locale) => {
      frame.dir = isRtl(locale) ? 'rtl' : 'ltr';
      frame.lang = locale;
    },
    emit,
    remove,
  };
}

/** Puts the settings on, those that were taken away, too. */
export function dress(host: Host): void {
  const { frame, button, config } = host;
  const { theme, color, side, launcher, words, speaks } = config;
  Object.assign(frame.dataset, { theme, side, launcher, tinted: !!color });
  // Empty means not set, and the page's own property shows through.
  frame.style.setProperty('--edgewise-accent', color ?? '');
  host.turn(speaks);
  button.ariaLabel = (words?.open as string) ?? names[speaks];
}

/** An event of the window; callbacks are listeners of it, so one that throws harms nobody. */
export function emit<Name extends keyof Events>(name: Name, detail?: Events[Name]): void {
  dispatchEvent(new CustomEvent(`edgewise:${name}`, { detail }));
}

/** Keeps the widget in a page that swaps its whole body, as some routers do. */
function stay(element: HTMLElement, back: () => void): () => void {
  const observer = new MutationObserver(attach);
  function attach(): void {
    if (!document.body) return;
    if (!element.isConnected) {
      document.body.append(element);
      back();
    }
    observer.observe(document.body, { childList: true });
  }
  observer.observe(document.documentElement, { childList: true });
  attach();
  return () => {
    observer.disconnect();
    element.remove();
  };
}
