/** A word of the owner beside the launcher, some time after the page was opened. */
import css from './greeting.css';
import { draw } from './jsx.ts';
import * as marks from './marks.ts';
import { whole } from './seldom.ts';
import { wordsOf } from './speech.ts';
import type { Host } from './types.ts';

/** For how long one who has put it away, or opened the chat, is left alone. */
const QUIET_MS = 7 * 86_400_000;
const AFTER_S = 5;

/** Shows the greeting at its time, on its pages, once a page at most. */
export function greet(host: Host, open: () => void): void {
  const { site, greetingAfter = AFTER_S, greetingOn = '/' } = host.config;
  const mark = marks.greeted(site);
  const done = new AbortController();
  const { signal } = done;
  if (Date.now() - Number(marks.read(mark)) < QUIET_MS) return;
  const paths = greetingOn.split(' ');
  const show = () => {
    if (signal.aborted || !host.frame.isConnected) return;
    if (paths.some((path) => location.pathname.startsWith(path))) void display(host, leave, open);
    // A router may lead to one of the pages.
    else Reflect.get(window, 'navigation')?.addEventListener('navigatesuccess', wait, once);
  };
  const once = { once: true, signal };
  const wait = () => setTimeout(show, Number(greetingAfter) * 1000);
  const leave = () => {
    done.abort();
    host.frame.querySelector('.greeting')?.remove();
    marks.keep(mark, `${Date.now()}`);
  };
  addEventListener('edgewise:open', leave, once);
  wait();
}

async function display(host: Host, leave: () => void, open: () => void): Promise<void> {
  const { greeting = '', speaks } = host.config;
  const words = Object.assign(whole(await wordsOf(speaks)), host.config.words);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  host.shadow.adoptedStyleSheets.push(sheet);
  const box = document.createElement('div');
  box.className = 'greeting';
  box.role = 'status';
  box.lang = speaks;
  host.frame.append(box);
  draw(box, [
    <button type="button" class="say" dir="auto" onClick={open}>
      {greeting}
    </button>,
    <button type="button" class="dismiss" aria-label={words.dismiss} onClick={leave}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="M6 6l12 12M18 6L6 18" />
      </svg>
    </button>,
  ]);
}
