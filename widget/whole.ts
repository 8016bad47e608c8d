/** The chat as a page of its own, `/c/SITE`: to be linked, or printed as a QR code. */
import { load, type Settings } from './embed.ts';
import css from './whole.css';

const edgewise = load(new URL('..', location.href).href);
const [site = ''] = location.pathname.split('/').slice(-1);

addEventListener('edgewise:ready', () => {
  const host = [...document.body.children].find((element) => element.shadowRoot);
  const root = host?.shadowRoot;
  if (!root) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  const observer = new MutationObserver(() => {
    // Behind the panel's own sheet, which comes with it.
    if (root.adoptedStyleSheets.at(-1) !== sheet) {
      root.adoptedStyleSheets = [...root.adoptedStyleSheets.filter((one) => one !== sheet), sheet];
    }
    const panel = root.querySelector<HTMLElement>('.panel');
    document.title = panel?.querySelector('b')?.textContent || 'Chat';
    document.documentElement.lang = panel?.lang || 'en';
  });
  observer.observe(root, { subtree: true, childList: true, characterData: true });
});

edgewise('boot', { site: decodeURIComponent(site), launcher: 'off', whole: true } as Settings);
edgewise('open');
