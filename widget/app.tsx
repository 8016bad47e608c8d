/** The panel at work: it ties the conversation, the state and the page together. */
import type { ConnectionState } from '../client/connection.ts';
import { type Conversation, type ConversationState, open } from '../client/conversation.ts';
import type { Ticket } from '../client/frames.ts';
import { openOutbox } from '../client/outbox.ts';
import { draw } from './jsx.ts';
import * as marks from './marks.ts';
import type { Page } from './page.ts';
import css from './panel.css';
import { form, outside, parts, pause } from './parts.ts';
import { Phone } from './phone.ts';
import type { Said } from './said.ts';
import { wordsOf } from './speech.ts';
import * as ui from './state.ts';
import type { Host, Panel } from './types.ts';
import { type Acts, Panel as View } from './view.tsx';
import { contextOf, greet, secretOf } from './visitor.ts';
import { en } from './words.ts';

/** Shorter breaks are not worth a word. */
const LATE_MS = 2_000;
/** This near to the end of the thread, the visitor follows it. */
const NEAR_PX = 80;
/** A composer of about five lines; longer texts scroll. */
const FIELD_PX = 132;

/** Called by the loader, once for each visitor. */
export async function mount(host: Host): Promise<Panel> {
  await pause();
  const app = new App(host);
  await pause();
  app.start();
  await pause();
  return app;
}

class App implements Panel {
  readonly #host: Host;
  #conversation: Conversation;
  /** Of the present visitor. */
  #secret!: Promise<string>;
  #ticket!: () => Promise<Ticket>;
  readonly #box = document.createElement('div');
  readonly #sheets: CSSStyleSheet[] = [];
  readonly #phone = new Phone(this.#box, () => this.toggle(false));
  #page: Page | undefined;
  #said: Said | undefined;
  /** What of the page had the focus before the panel was opened: it goes back there. */
  #opener: Element | null = null;
  readonly #acts: Acts;
  #state: ui.State;
  #late: ReturnType<typeof setTimeout> | undefined;
  #shown = '';
  /** The newest event the page has been told of; before the thread is there, none. */
  #toldSeq: number | undefined;
  #stopped = false;
  /** Parts whose styles are there. */
  readonly #parts = new Set<keyof typeof parts>();

  constructor(host: Host) {
    this.#host = host;
    this.#style(css);
    host.frame.prepend(this.#box);
    this.#state = { ...ui.begin(host.config.speaks, en), muted: !!marks.read(marks.muted) };
    this.#conversation = this.#converse();
    this.#acts = this.#makeActs();
    this.#watchLink({ is: 'connecting' });
  }

  start(): void {
    this.#do({});
    this.update();
  }

  toggle(open = !this.#state.open): void {
    const whole = this.#host.config.whole;
    if (open === this.#state.open || (whole && !open)) return;
    if (open) this.#opener = outside(this.#host.shadow);
    this.#do({ open, extra: undefined });
    if (!whole) this.#phone.cover(open);
    this.#host.emit(open ? 'open' : 'close');
    if (open) {
      this.#ask();
      void this.#attend();
    } else if (!outside(this.#host.shadow)) {
      const opener = this.#opener as HTMLElement | null;
      (opener?.isConnected ? opener : this.#host.button).focus();
    }
  }

  async #attend(): Promise<void> {
    await pause();
    if (!this.#state.open) return;
    this.#scroll();
    this.#focus();
  }

  update(): void {
    // The loader has given the launcher its first name again.
    this.#shown = '';
    void this.#speak();
    void this.#heed();
  }

  moved(): void {
    this.#conversation.tell();
  }

  back(): void {
    this.#scroll();
  }

  stop(): void {
    // Without a conversation nothing is left to keep for the next page.
    this.#do({ chat: undefined });
    this.toggle(false);
    this.#stopped = true;
    this.#state.files?.stop();
    clearTimeout(this.#late);
    void this.#conversation.stop();
    this.#phone.leave();
    this.#page?.leave(this.#state);
    this.#box.remove();
    const { shadow } = this.#host;
    shadow.adoptedStyleSheets = shadow.adoptedStyleSheets.filter(
      (one) => !this.#sheets.includes(one),
    );
  }

  #style(text: string): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    this.#sheets.push(sheet);
    this.#host.shadow.adoptedStyleSheets.push(sheet);
  }

  async #surround(): Promise<void> {
    if (this.#state.around) return;
    const around = await import('./lobby.tsx').catch(() => null);
    await pause();
    if (around && !this.#page && !this.#stopped) {
      this.#page = new around.Page({
        acts: this.#acts,
        look: () => this.#look(),
        moved: () => this.moved(),
      });
      this.#style(around.css);
      this.#shown = '';
    }
    this.#do({ around });
  }

  /** Most pages say nothing of their visitors. */
  async #heed(): Promise<void> {
    const { config } = this.#host;
    const { attributes, said, token, proof } = config;
    if (!attributes && !said && !token && !proof && !this.#said) return;
    const part = await import('./said.ts').catch(() => undefined);
    if (!part || this.#stopped) return;
    this.#said ??= new part.Said({
      acts: this.#acts,
      moved: () => this.moved(),
      again: () => this.#again(),
    });
    this.#said.heed(config);
  }

  /** The visitor is somebody else, or asks again after a refusal. */
  #again(): void {
    void this.#conversation.stop();
    this.#toldSeq = undefined;
    this.#do({ chat: undefined, extra: undefined, form: undefined });
    this.#acts.talk = this.#conversation = this.#converse();
  }

  #converse(): Conversation {
    const { config, emit } = this.#host;
    this.#secret = config.token
      ? import('./identity.ts').then(({ become }) => become(config))
      : secretOf(config.site);
    const ticket = async () => {
      const welcome = await greet(config, await this.#secret, (code) => emit('error', { code }));
      this.#do({ name: welcome.site_name, lobby: welcome.lobby, rules: welcome.files });
      return welcome.ticket;
    };
    this.#ticket = ticket;
    return open({
      url: `${config.base.replace(/^http/, 'ws')}/ws/conversation`,
      ticket,
      // One secret is one conversation, and is known before the first answer of the worker.
      outbox: this.#secret.then((known) =>
        openOutbox(`visitor/${config.site}/${config.person || known.slice(0, 16)}`),
      ),
      told: () => ({ context: contextOf(config), about: this.#said?.about }),
      onChange: (chat) => {
        this.#watchLink(chat.connection);
        this.#do({ chat });
      },
    });
  }

  #makeActs(): Acts {
    return {
      host: this.#host,
      box: this.#box,
      talk: this.#conversation,
      ticket: () => this.#ticket(),
      close: () => this.toggle(false),
      state: () => this.#state,
      show: (part) => this.#extend(part),
      update: () => void this.#speak(),
      change: (change) => this.#do(change),
      write: (field) => {
        this.#conversation.typing(field.value.trim() !== '');
        this.#measure(field);
      },
      rest: () => this.#conversation.typing(false),
      send: (field) => void this.#send(field),
      settle: (how, id) => {
        void this.#conversation[how](id);
        this.#focus();
      },
    };
  }

  /** A chat that has ended is asked about, until the visitor answers or goes on. */
  #ask(): void {
    const { chat, extra, open } = this.#state;
    const ended = open && chat?.live && chat.events.at(-1)?.body.kind === 'closed';
    if (ended ? !extra : extra?.is === 'rating') void this.#extend('rating');
  }

  /** Parts of the panel come when they are asked for. */
  async #extend(is: ui.Extra['is'] | 'files'): Promise<void> {
    if (this.#state.extra?.is === is) {
      this.#do({ extra: undefined });
      return this.#focus();
    }
    const part = await this.#load(is);
    if (is !== 'files' && part && 'draw' in part) this.#do({ extra: { is, draw: part.draw } });
  }

  async #load(is: keyof typeof parts) {
    const part = await parts[is]().catch(() => undefined);
    if (part && !this.#parts.has(is)) {
      this.#parts.add(is);
      this.#style(part.css);
      if ('begin' in part) this.#do(part.begin(this.#acts));
    }
    return part;
  }

  /** What the site asks comes first, and goes when it is answered, or not asked any more. */
  async #admit(): Promise<void> {
    const part = ui.isAsked(this.#state) && (await form());
    const asked = part && ui.isAsked(this.#state);
    if (!asked === !this.#state.form) return;
    if (asked) this.#style(part.css);
    const { config } = this.#host;
    this.#do({ form: asked ? part.make(config, this.#ticket, () => this.#do({})) : undefined });
    if (this.#state.open) this.#focus();
  }

  async #send(field: HTMLTextAreaElement): Promise<void> {
    await this.#secret; // Until it is known who writes, it stays where it is.
    const typed = field.value;
    const text = ui.meant(typed);
    if (!text) return;
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

  async #speak(): Promise<void> {
    const { speaks, words } = this.#host.config;
    const spoken = await wordsOf(speaks);
    await pause();
    // A language chosen meanwhile is the one meant.
    if (speaks !== this.#host.config.speaks) return;
    this.#do({ locale: speaks, words: Object.assign({}, spoken, words) });
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

  #do(change: ui.Change): void {
    if (this.#stopped) return;
    this.#state = ui.reduce(this.#state, change);
    // Asking where a closed panel stands would cost a layout.
    const log = this.#state.open && this.#find('.log');
    const near = !log || log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX;
    draw(this.#box, <View state={this.#state} acts={this.#acts} />);
    if (near) this.#scroll();
    if (change.chat) {
      this.#announce(change.chat);
      this.#enrich(change.chat);
    }
    if (change.chat || change.lobby) void this.#admit();
    // It can be used by now: what stands around it comes with the first answer, or without.
    if (change.lobby || change.late || change.chat?.connection.is === 'stopped') {
      void this.#surround();
    }
    this.#tell();
    this.#look();
  }

  /** Tells the page of each message once, from where the thread was when it was first whole. */
  #announce({ live, events, lastSeq }: ConversationState): void {
    if (!live) return;
    const since = this.#toldSeq ?? lastSeq;
    if (lastSeq !== this.#toldSeq) this.#ask();
    this.#toldSeq = lastSeq;
    for (const { seq, author, body } of events.slice(since)) {
      if (!('text' in body)) continue;
      const { text } = body;
      if (author.role === 'agent') {
        this.#host.emit('message', { seq, text, author: author.name });
        void this.#ring();
      } else this.#host.emit('sent', { seq, text });
    }
  }

  /** Only for what the visitor does not see anyway. */
  async #ring(): Promise<void> {
    const { muted, open } = this.#state;
    if (muted || (open && document.visibilityState === 'visible')) return;
    const sound = await import('./sound.ts').catch(() => undefined);
    sound?.ring();
  }

  /** Most chats have no link, and no file. */
  #enrich({ events, pending }: ConversationState): void {
    const all = [...events.map(({ body }) => body), ...pending];
    if (all.some((one) => 'text' in one && ui.mayLink(one.text))) void this.#load('links');
    if (all.some((one) => 'file' in one)) void this.#load('files');
  }

  /** What is on the screen counts as seen. */
  #look(): void {
    const { open, chat } = this.#state;
    if (!open || !chat?.live || document.visibilityState !== 'visible') return;
    const seq = ui.newest(chat);
    if (seq > chat.seen.visitor) this.#conversation.seen(seq);
  }

  /** Outside of the panel: launcher, title, and a mark for the next page, if only of a queue. */
  #tell(): void {
    const { open, chat, locale, words } = this.#state;
    const unread = open ? 0 : ui.unread(this.#state);
    const running = ui.running(this.#state);
    const shown = [open, unread, words.open, words.close, running, chat?.live].join();
    if (shown === this.#shown) return;
    this.#host.turn(locale);
    const { button, picture } = this.#host;
    const news = this.#page?.unread(unread, this.#state) ?? '';
    button.ariaLabel = open ? words.close : words.open + news;
    picture(open);
    if (chat?.live || running) {
      marks.keep(marks.running(this.#host.config.site), running ? '1' : null);
      this.#host.emit('unread', { count: unread });
    }
    this.#shown = shown;
  }

  #scroll(): void {
    const log = this.#state.open && this.#find('.log');
    if (log) log.scrollTop = log.scrollHeight;
  }

  /** To the composer; the button that was pressed may be gone. A keyboard would cover a phone. */
  #focus(): void {
    const phone = matchMedia('(hover: none)').matches;
    this.#find(phone ? '.panel' : '.first, textarea')?.focus();
  }

  #find(selector: string) {
    return this.#box.querySelector<HTMLElement>(selector);
  }
}
