/** The panel at work: it ties the conversation, the state and the page together. */
import type { ConnectionState } from '../client/connection.ts';
import { type Conversation, open } from '../client/conversation.ts';
import { limits } from '../client/frames.ts';
import { openOutbox } from '../client/outbox.ts';
import { draw } from './jsx.ts';
import { keep, marks } from './marks.ts';
import css from './panel.css';
import * as ui from './state.ts';
import type { Host, Locale, Panel } from './types.ts';
import { type Acts, Panel as View } from './view.tsx';
import { greet, secretOf } from './visitor.ts';
import { en } from './words.ts';

/** Shorter breaks are not worth a word. */
const LATE_MS = 2_000;
/** This near to the end of the thread, the visitor follows it. */
const NEAR_PX = 80;
/** A composer of about five lines; longer texts scroll. */
const FIELD_PX = 132;

/** Called by the loader, once. */
export function mount(host: Host): Panel {
  return new App(host);
}

class App implements Panel {
  readonly #host: Host;
  readonly #conversation: Conversation;
  readonly #box = document.createElement('div');
  readonly #acts: Acts;
  #state: ui.State;
  #late: ReturnType<typeof setTimeout> | undefined;
  #shown = '';

  constructor(host: Host) {
    this.#host = host;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    host.shadow.adoptedStyleSheets.push(sheet);
    host.frame.prepend(this.#box);
    this.#state = {
      open: false,
      locale: 'en',
      words: en,
      name: '',
      chat: undefined,
      late: false,
      refusal: null,
      length: 0,
    };
    this.#acts = this.#makeActs();
    this.#conversation = this.#converse();
    this.#late = setTimeout(() => this.#do({ late: true }), LATE_MS);
    this.#watchPage();
    this.#do({});
    void this.#speak(host.config.locale);
  }

  toggle(): void {
    const open = !this.#state.open;
    this.#do({ open });
    if (open) {
      this.#scroll();
      this.#focus();
    } else this.#host.button.focus();
  }

  #converse(): Conversation {
    const { config } = this.#host;
    const secret = secretOf(config.site);
    return open({
      url: `${config.origin.replace(/^http/, 'ws')}/ws/conversation`,
      ticket: async () => {
        const { ticket, site_name: name } = await greet(config, await secret);
        this.#do({ name });
        return ticket;
      },
      // One secret is one conversation, and is known before the first answer of the worker.
      outbox: secret.then((known) => openOutbox(`visitor/${config.site}/${known.slice(0, 16)}`)),
      context: () => ({
        locale: navigator.language.slice(0, limits.localeChars),
        page: location.href.slice(0, limits.pageChars),
      }),
      onChange: (chat) => {
        this.#watchLink(chat.connection);
        this.#do({ chat });
      },
    });
  }

  #makeActs(): Acts {
    return {
      close: () => this.toggle(),
      speak: () => {
        const locale = this.#state.locale === 'en' ? 'zh' : 'en';
        keep(marks.locale, locale);
        void this.#speak(locale);
      },
      write: (field) => {
        this.#conversation.typing(field.value.trim() !== '');
        this.#measure(field);
      },
      rest: () => this.#conversation.typing(false),
      send: (field) => void this.#send(field),
      retry: (id) => {
        void this.#conversation.retry(id);
        this.#focus();
      },
      discard: (id) => {
        void this.#conversation.discard(id);
        this.#focus();
      },
    };
  }

  async #send(field: HTMLTextAreaElement): Promise<void> {
    // Control characters show nothing, and grow sixfold on the wire.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is meant
    const text = field.value.replace(/[\0-\x08\x0b-\x1f\x7f]/g, '').trim();
    if (!text) return;
    const typed = field.value;
    field.value = '';
    this.#measure(field);
    const refusal = await this.#conversation.send(text);
    if (refusal) {
      field.value = typed;
      this.#measure(field);
      this.#do({ refusal });
    } else this.#scroll();
    this.#focus();
  }

  /** Grows the composer with its text. */
  #measure(field: HTMLTextAreaElement): void {
    field.style.height = 'auto';
    field.style.height = `${Math.min(field.scrollHeight + 2, FIELD_PX)}px`;
    this.#do({ length: [...field.value.trim()].length });
  }

  /** English is here; another language comes when it is asked for. */
  async #speak(locale: Locale): Promise<void> {
    const words = locale === 'zh' ? (await import('./zh.ts')).zh : en;
    this.#do({ locale, words });
  }

  /** Says that the connection is gone only when it does not come back at once. */
  #watchLink({ is }: ConnectionState): void {
    if (is === 'live' || is === 'stopped') {
      clearTimeout(this.#late);
      this.#late = undefined;
      if (this.#state.late) this.#do({ late: false });
    } else {
      this.#late ??= setTimeout(() => this.#do({ late: true }), LATE_MS);
    }
  }

  #watchPage(): void {
    document.addEventListener('visibilitychange', () => this.#look());
    addEventListener('beforeunload', (event) => {
      const { chat } = this.#state;
      if (chat && !chat.durable && chat.pending.length > 0) event.preventDefault();
    });
    // On phones the keyboard covers the page without changing its size.
    const view = visualViewport as VisualViewport;
    const fit = () => {
      // Zoomed in, the visitor moves around in the panel as it is.
      if (view.scale > 1) return;
      this.#box.style.setProperty('--height', `${view.height}px`);
      this.#box.style.setProperty('--top', `${view.offsetTop}px`);
    };
    view.addEventListener('resize', fit);
    view.addEventListener('scroll', fit);
    fit();
  }

  #do(change: ui.Change): void {
    this.#state = ui.reduce(this.#state, change);
    const log = this.#find('.log');
    const near = !log || log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX;
    draw(this.#box, <View state={this.#state} acts={this.#acts} />);
    if (near) this.#scroll();
    this.#tell();
    this.#look();
  }

  /** What is on the screen counts as seen. */
  #look(): void {
    const { open, chat } = this.#state;
    if (!open || !chat?.live || document.visibilityState !== 'visible') return;
    const seq = ui.newest(chat);
    if (seq > chat.seen.visitor) this.#conversation.seen(seq);
  }

  /** Launcher, title and the mark for the next page; all outside of the panel. */
  #tell(): void {
    const { open, chat, locale, words } = this.#state;
    const count = open ? 0 : ui.unread(this.#state);
    const running = ui.running(this.#state);
    const shown = [open, count, locale, running, chat?.live].join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    const name = open ? words.close : words.open + (count > 0 ? ` (${count})` : '');
    this.#host.show(name, open, count);
    const title = document.title.replace(/^\(\d+\) /, '');
    document.title = count > 0 ? `(${count}) ${title}` : title;
    if (chat?.live) keep(marks.running(this.#host.config.site), running ? '1' : null);
  }

  #scroll(): void {
    const log = this.#find('.log');
    if (log) log.scrollTop = log.scrollHeight;
  }

  /** To the composer; the button that was pressed may be gone. */
  #focus(): void {
    this.#find('textarea')?.focus();
  }

  #find<Name extends string>(selector: Name) {
    return this.#box.querySelector<Name extends 'textarea' ? HTMLTextAreaElement : HTMLElement>(
      selector,
    );
  }
}
