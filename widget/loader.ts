/**
 * What every page of the host loads: it draws the launcher and fetches the rest only when the
 * launcher is pressed, or when this browser has a conversation to come back to.
 */
import css from './launcher.css';
import { speak } from './locale.ts';
import { marks, read } from './marks.ts';
import type { Config, Host, Panel } from './types.ts';

/** Path of the panel's script below the origin; the build knows its hash. */
declare const PANEL: string;

const BUBBLE = 'M7 5h10a4 4 0 0 1 4 4v6a4 4 0 0 1-4 4H3V9a4 4 0 0 1 4-4zM8 10h8M8 14h5';
const DOWN = 'M6 9.5l6 6 6-6';
const SVG = 'http://www.w3.org/2000/svg';
const NAMES = { en: 'Open chat', zh: '打开在线客服' };

const script = document.currentScript as HTMLScriptElement | null;
const page = window as { edgewiseBooted?: boolean };
if (script && !page.edgewiseBooted) {
  page.edgewiseBooted = true;
  const { site, locale, theme } = script.dataset;
  const { origin } = new URL(script.src);
  // Chosen in the panel, asked for by the page, wished by the browser: in this order.
  const wishes = [read(marks.locale), locale, ...navigator.languages];
  if (site) boot({ site, origin, locale: speak(wishes) }, theme);
  else console.warn('Edgewise: the script tag has no data-site.');
}

function boot(config: Config, theme: string | undefined): void {
  const host = draw(config, theme);
  let panel: Promise<Panel> | undefined;
  const load = () => {
    // A page that was open during a deploy knows the old name; the newest is always at the other.
    panel ??= import(config.origin + PANEL)
      .catch(() => import(`${config.origin}/widget.latest.js`))
      .then(({ mount }) => mount(host));
    // Without a connection the next press tries again.
    panel.catch(() => {
      panel = undefined;
      console.warn('Edgewise: the chat could not be loaded.');
    });
    return panel;
  };
  host.button.onclick = () => load().then((panel) => panel.toggle(), Boolean);
  if (read(marks.running(config.site))) load();
}

function draw(config: Config, theme: string | undefined): Host {
  const element = document.createElement('div');
  const shadow = element.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  shadow.adoptedStyleSheets = [sheet];

  const frame = document.createElement('div');
  frame.className = 'frame';
  frame.dir = 'ltr';
  if (theme) frame.dataset.theme = theme;
  const button = document.createElement('button');
  button.className = 'launcher';
  const icon = document.createElementNS(SVG, 'svg');
  icon.setAttribute('viewBox', '0 0 24 24');
  const path = document.createElementNS(SVG, 'path');
  icon.append(path);
  const badge = document.createElement('span');
  badge.className = 'badge';
  button.append(icon, badge);
  frame.append(button);
  shadow.append(frame);
  stay(element);

  const show: Host['show'] = (name, open, unread) => {
    button.ariaLabel = name;
    button.ariaExpanded = `${open}`;
    path.setAttribute('d', open ? DOWN : BUBBLE);
    badge.textContent = unread > 99 ? '99+' : unread > 0 ? `${unread}` : '';
  };
  show(NAMES[config.locale], false, 0);
  return { config, shadow, frame, button, show };
}

/** Keeps the widget in a page that swaps its whole body, as some routers do. */
function stay(element: HTMLElement): void {
  const observer = new MutationObserver(attach);
  function attach(): void {
    if (!document.body) return;
    if (!element.isConnected) document.body.append(element);
    observer.observe(document.body, { childList: true });
  }
  observer.observe(document.documentElement, { childList: true });
  attach();
}
