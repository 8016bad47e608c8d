/** Files in the chat: chosen, pasted or dropped, sent, shown and saved. */
import type { Conversation } from '../client/conversation.ts';
import { acceptOf, Files, save, sizeText } from '../client/files.ts';
import { type FileRef, smallSide } from '../client/frames.ts';
import type { Attached } from '../client/outbox.ts';
import { paint } from '../client/pictures.ts';
import css from './files.css';
import { Lightbox } from './lightbox.tsx';
import { wholeFiling } from './seldom.ts';
import type { Change, Item, State } from './state.ts';
import type { Acts } from './view.tsx';
import { fill } from './words.ts';

type Message = Extract<Item, { is: 'message' }>;

/** Nobody is asked to look at more of them at once. */
const AT_ONCE = 10;

const CLIP =
  'M20 11.5l-8.2 8.2a5 5 0 0 1-7.1-7.1l8.6-8.6a3.4 3.4 0 0 1 4.8 4.8' +
  'L9.6 17.3a1.7 1.7 0 0 1-2.4-2.4l7.7-7.7';

export type FilesPart = Pick<Part, 'draw' | 'tools' | 'stop'>;

export { css };

export const begin = (acts: Acts): Change => ({ files: new Part(acts) });

class Part {
  readonly #acts: Acts;
  #held: { files: Files; of: Conversation } | undefined;
  readonly #seen: IntersectionObserver;
  /** Pictures by the name that their canvas has. */
  readonly #pictures = new Map<string, () => Promise<Blob>>();
  readonly #lightbox: Lightbox;
  #state: State | undefined;
  /** Why the last file was not taken. */
  #refusal = '';

  constructor(acts: Acts) {
    this.#acts = acts;
    this.#lightbox = new Lightbox(acts.box);
    this.#seen = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) void this.#paint(target as HTMLCanvasElement);
      }
    });
    this.#listen();
  }

  /** The files of the conversation that is open. */
  get #files(): Files {
    const { host, talk: conversation, ticket, change } = this.#acts;
    if (this.#held?.of !== conversation) {
      this.stop();
      this.#pictures.clear();
      const { base } = host.config;
      const files = new Files({ base, ticket, conversation, changed: () => change({}) });
      this.#held = { files, of: conversation };
    }
    return this.#held.files;
  }

  /** The button in the composer, and why a file was not taken. It also looks what is to be sent. */
  tools(state: State) {
    this.#state = state;
    if (state.chat) this.#files.look(state.chat);
    queueMicrotask(() => this.#watch());
    const words = wholeFiling(state.words);
    if (!state.rules) return null;
    return [
      <button type="button" class="icon" aria-label={words.attach} onClick={() => this.#choose()}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d={CLIP} />
        </svg>
      </button>,
      this.#refusal && (
        <p class="note bad" role="alert">
          {this.#refusal}
        </p>
      ),
    ];
  }

  /** What is in the bubble of a file. */
  draw({ of, text, key, failed }: Message, state: State) {
    if (!('file' in of && of.file)) return null;
    const words = wholeFiling(state.words);
    const file: Attached | FileRef = of.file;
    const own = 'blob' in file ? file : null;
    const { width, height } = file;
    const bytes = 'blob' in file ? file.blob.size : file.bytes;
    const size = sizeText(bytes, state.locale);
    const load = async () => ('blob' in file ? file.blob : this.#files.load(file));
    const view = () => void this.#lightbox.show(text, load, words);
    const saved = () => void this.#save(load, text);
    const shown = async () => ('blob' in file ? file.blob : this.#files.view(file));
    if (width && height) this.#pictures.set(key, shown);
    return (
      <span class="file">
        {width && height ? (
          <button type="button" class="picture" aria-label={fill(words.view, text)} onClick={view}>
            <canvas data-picture={key} {...fit(width, height)} />
          </button>
        ) : (
          <button
            type="button"
            class="document"
            aria-label={fill(words.save, `${text} ${size}`)}
            onClick={saved}
          >
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M6 3h8l4 4v14H6zM14 3v4h4" />
            </svg>
            <span>
              <bdi>{text}</bdi> <small>{size}</small>
            </span>
          </button>
        )}
        {own && !failed && (
          <span class="way">
            <progress
              aria-label={words.sending}
              max={1}
              value={own.ref ? 1 : (this.#files.progress(key) ?? 0)}
            />
            <button type="button" class="plain" onClick={() => this.#acts.settle('discard', key)}>
              {words.cancel}
            </button>
          </span>
        )}
        {failed && <span class="bad">{this.#reason(failed)}</span>}
      </span>
    );
  }

  stop(): void {
    this.#held?.files.stop();
  }

  #reason(code: string): string {
    const { words: said, rules } = this.#state as State;
    const words = wholeFiling(said);
    if (code === 'too_large') return fill(words.large, rules?.max_mib ?? '');
    return code === 'files_full' ? words.many : words.kind;
  }

  #listen(): void {
    const { box } = this.#acts;
    const offered = ({ items }: DataTransfer) => [...items].some(({ kind }) => kind === 'file');
    box.addEventListener('paste', (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0 || !this.#state?.rules) return;
      event.preventDefault();
      void this.#take(files);
    });
    const over = (event: DragEvent, on: boolean) => {
      if (!this.#state?.rules || !event.dataTransfer || !offered(event.dataTransfer)) return false;
      event.preventDefault();
      box.classList.toggle('drop', on);
      return true;
    };
    box.addEventListener('dragover', (event) => over(event, true));
    box.addEventListener('dragleave', (event) => {
      if (!box.contains(event.relatedTarget as Node | null)) box.classList.remove('drop');
    });
    box.addEventListener('drop', (event) => {
      if (over(event, false)) void this.#take([...(event.dataTransfer?.files ?? [])]);
    });
  }

  #choose(): void {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    const { rules } = this.#state ?? {};
    if (rules) input.accept = acceptOf(rules);
    // Kept in the page: Safari drops the event of one that is not.
    input.hidden = true;
    this.#acts.box.append(input);
    input.onchange = () => {
      input.remove();
      void this.#take([...(input.files ?? [])]);
    };
    input.oncancel = () => input.remove();
    input.click();
  }

  async #take(files: File[]): Promise<void> {
    this.#refusal = '';
    for (const file of files.slice(0, AT_ONCE)) {
      const { rules, words } = this.#state ?? {};
      if (!rules || !words) return;
      const code = await this.#files.add(file, rules);
      if (code) this.#refusal = code === 'outbox_full' ? words.full : this.#reason(code);
      this.#acts.change({});
    }
    const { box } = this.#acts;
    const log = box.querySelector('.log');
    log?.scrollTo(0, log.scrollHeight);
    box.querySelector('textarea')?.focus();
  }

  async #save(load: () => Promise<Blob>, name: string): Promise<void> {
    const blob = await load().catch(() => null);
    if (blob) save(blob, name);
    else this.#tell();
  }

  #tell(): void {
    if (this.#state) this.#refusal = wholeFiling(this.#state.words).lost;
    this.#acts.change({});
  }

  /** Pictures are fetched when they come into view. */
  #watch(): void {
    for (const canvas of this.#acts.box.querySelectorAll('[data-picture]'))
      this.#seen.observe(canvas);
  }

  async #paint(canvas: HTMLCanvasElement): Promise<void> {
    const { picture = '', painted } = canvas.dataset;
    if (painted === picture) return;
    const load = this.#pictures.get(picture);
    const blob = await load?.().catch(() => null);
    if (!blob || !canvas.isConnected) return;
    await paint(canvas, blob).then(
      () => {
        canvas.dataset.painted = picture;
      },
      () => {},
    );
  }
}

/**
 * The canvas of a picture: its place is the right one before it is there. It has as many pixels as
 * the small version, about twice what is seen, for screens that show them finer.
 */
function fit(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, smallSide / Math.max(width, height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return { width: side(width), height: side(height) };
}
