/** Files in the chat: chosen, pasted or dropped, sent, shown and saved. */
import type { Conversation } from '../client/conversation.ts';
import { Files, save, sizeText } from '../client/files.ts';
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

export type FilesPart = Pick<Part, 'draw' | 'tools' | 'take' | 'stop'>;

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

  /** Why a file was not taken. It also looks what is to be sent. */
  tools(state: State) {
    this.#state = state;
    if (state.chat) this.#files.look(state.chat);
    queueMicrotask(() => this.#watch());
    return (
      this.#refusal && (
        <p class="note bad" role="alert">
          {this.#refusal}
        </p>
      )
    );
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

  async take(files: File[]): Promise<void> {
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
