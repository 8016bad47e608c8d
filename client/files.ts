/**
 * The files of one conversation (docs/protocol.md, F): they wait in the outbox like messages, are
 * sent one after the other, and those of others are fetched when they are shown.
 */
import type { Conversation, ConversationState, Refusal } from './conversation.ts';
import {
  type ApiError,
  type ClientId,
  type FileRef,
  type FileRules,
  fileNameChars,
  smallSide,
  type Ticket,
} from './frames.ts';
import type { Entry, FileRefusal } from './outbox.ts';
import { isPicture, prepared, sizeOf, smaller } from './pictures.ts';

export type FilesOptions = {
  /** Where the API is. */
  base: string;
  /** Opens the conversation (T1, T2). */
  ticket: () => Promise<Ticket>;
  conversation: Conversation;
  /** Something has changed that is shown. */
  changed: () => void;
};

/** A ticket this near to its end is not used any more. */
const MARGIN_MS = 10_000;
/** A picture below this is small itself. */
const SMALL_BYTES = 64 * 1024;
const SMALL_MS = 10_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

type Upload = { request: XMLHttpRequest | null; done: number; tries: number; gone: boolean };
type Answer = { status: number; body: (FileRef & ApiError) | null };

const refusals: readonly string[] = [
  'too_large',
  'type_not_allowed',
  'has_metadata',
  'files_full',
] satisfies FileRefusal[];

export class Files {
  readonly #options: FilesOptions;
  readonly #uploads = new Map<ClientId, Upload>();
  /** By the end of their addresses. */
  readonly #loaded = new Map<string, Promise<Blob>>();
  #ticket: { token: string; until: number } | undefined;
  #stopped = false;

  constructor(options: FilesOptions) {
    this.#options = options;
  }

  /** Takes a file: what is shown from then on is in the outbox. */
  async add(file: File, rules: FileRules): Promise<Refusal | FileRefusal> {
    const most = rules.max_mib * 1024 * 1024;
    const picture = await isPicture(file);
    // A picture may become small enough.
    if (file.size > (picture ? 8 * most : most)) return 'too_large';
    const blob = await prepared(file);
    if (blob.size > most) return 'too_large';
    const size = picture ? await sizeOf(blob) : {};
    if (!size || blob.size === 0) return 'type_not_allowed';
    return this.#options.conversation.send(nameOf(file), { blob, ref: null, ...size });
  }

  /** How much of a file is there, from 0 to 1; none when it is not on its way. */
  progress(id: ClientId): number | null {
    return this.#uploads.get(id)?.done ?? null;
  }

  /** Sends what waits and ends what was taken back. Call it whenever the state has changed. */
  look({ pending, connection }: ConversationState): void {
    const waiting = pending.filter(({ file, failed }) => file?.ref === null && failed === null);
    for (const [id, upload] of this.#uploads) {
      if (waiting.some(({ client_id }) => client_id === id)) continue;
      upload.gone = true;
      upload.request?.abort();
      this.#uploads.delete(id);
    }
    const [next] = waiting;
    if (next && this.#uploads.size === 0 && connection.is === 'live') void this.#upload(next);
    for (const { client_id, failed } of pending) {
      if (failed === 'file_missing') void this.#options.conversation.retry(client_id);
    }
  }

  /** The content of a file, fetched once. */
  load({ id }: FileRef): Promise<Blob> {
    return this.#keep(id);
  }

  /** What a thread shows of a picture: all of it where that is here, or nothing smaller is. */
  view(file: FileRef): Promise<Blob> {
    if (!file.small || this.#loaded.has(file.id)) return this.load(file);
    return this.#keep(`${file.id}/small`).catch(() => this.load(file));
  }

  #keep(path: string): Promise<Blob> {
    const loading = this.#loaded.get(path) ?? this.#fetch(path);
    this.#loaded.set(path, loading);
    loading.catch(() => this.#loaded.delete(path));
    return loading;
  }

  stop(): void {
    this.#stopped = true;
    for (const upload of this.#uploads.values()) upload.request?.abort();
  }

  async #fetch(path: string): Promise<Blob> {
    const headers = { authorization: `Bearer ${await this.#token()}` };
    const answer = await fetch(`${this.#options.base}/api/files/${path}`, { headers });
    if (answer.status === 401) this.#ticket = undefined;
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return answer.blob();
  }

  /** Of several tabs one sends; another goes on when that one is closed. */
  async #upload({ client_id: id }: Entry): Promise<void> {
    const upload: Upload = { request: null, done: 0, tries: 0, gone: false };
    this.#uploads.set(id, upload);
    const send = async () => {
      while (!upload.gone && !this.#stopped && (await this.#fails(id, upload))) {
        const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** upload.tries);
        upload.tries += 1;
        await new Promise((wake) => setTimeout(wake, pause * (0.5 + Math.random() / 2)));
      }
    };
    // Pages without TLS have no locks: there two tabs may send the same, which is one file.
    await (navigator.locks?.request(`edgewise ${id}`, send) ?? send());
    this.#uploads.delete(id);
    if (!this.#stopped) this.look(this.#options.conversation.state);
  }

  /** One try; true when there has to be another one. */
  async #fails(id: ClientId, upload: Upload): Promise<boolean> {
    const { conversation } = this.#options;
    const pending = conversation.state.pending.find(({ client_id }) => client_id === id);
    if (!pending?.file || pending.file.ref || pending.failed) return false;
    const { status, body } = await this.#post(id, pending.file.blob, upload).catch(
      (): Answer => ({ status: 0, body: null }),
    );
    const taken = status > 0 && status < 300 && body;
    // None is no matter, and the message must not wait for it.
    const small = taken && body.width ? this.#small(id, pending.file.blob).catch(() => null) : null;
    const ref = (await small) ?? body;
    if (upload.gone || this.#stopped) return false;
    if (status === 401) this.#ticket = undefined;
    const { client_id, text, at, file } = pending;
    const entry: Entry = { client_id, text, at, failed: null, file };
    if (taken) {
      this.#loaded.set(body.id, Promise.resolve(file.blob));
      await conversation.keep({ ...entry, file: { ...file, ref } });
      return false;
    }
    if (status < 400 || status >= 500 || [401, 408, 429].includes(status)) return true;
    const code = refusals.find((one) => one === body?.code) ?? 'forbidden';
    await conversation.keep({ ...entry, failed: code as FileRefusal });
    return false;
  }

  /** Sends a small version along, for those who only look through the thread. */
  async #small(id: ClientId, whole: Blob): Promise<FileRef | null> {
    const small = whole.size > SMALL_BYTES ? await smaller(whole, smallSide) : null;
    if (!small || small.size > whole.size / 2) return null;
    const headers = { authorization: `Bearer ${await this.#token()}` };
    const address = `${this.#options.base}/api/files/${id}/small`;
    const signal = AbortSignal.timeout(SMALL_MS);
    const answer = await fetch(address, { method: 'POST', headers, body: small, signal });
    return answer.ok ? answer.json() : null;
  }

  async #post(id: ClientId, blob: Blob, upload: Upload): Promise<Answer> {
    const token = await this.#token();
    return new Promise((resolve, reject) => {
      // `fetch` tells nothing of how far it has come.
      const request = new XMLHttpRequest();
      upload.request = request;
      request.open('POST', `${this.#options.base}/api/files/${id}`);
      request.setRequestHeader('authorization', `Bearer ${token}`);
      request.responseType = 'json';
      request.upload.onprogress = ({ loaded, total }) => {
        upload.done = total > 0 ? loaded / total : 0;
        this.#options.changed();
      };
      request.onload = () => resolve({ status: request.status, body: request.response });
      request.onerror = reject;
      request.onabort = reject;
      request.send(blob);
    });
  }

  async #token(): Promise<string> {
    if (!this.#ticket || this.#ticket.until < Date.now()) {
      const { token, expires_in_ms: life } = await this.#options.ticket();
      this.#ticket = { token, until: Date.now() + life - MARGIN_MS };
    }
    return this.#ticket.token;
  }
}

/** A name without what would show it as another one. */
function nameOf({ name }: File): string {
  const plain = name.replace(/[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '').trim();
  return [...(plain || 'file')].slice(-fileNameChars).join('');
}

/** Offers a file to be saved. */
export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(new Blob([blob], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** What a file dialog shows first. */
export function acceptOf({ kinds }: FileRules): string {
  if (kinds.includes('other')) return '';
  const lists = {
    image: 'image/jpeg,image/png,image/webp,image/gif',
    pdf: '.pdf',
    document: '.docx,.xlsx,.pptx,.odt,.ods,.odp,.doc,.xls,.ppt,.rtf,.zip',
    text: '.txt,.csv,.md,.log,.json',
    media: 'audio/*,video/*',
    other: '',
  };
  return kinds.map((kind) => lists[kind]).join(',');
}

/** How large, as people say it: never nothing. */
export function sizeText(bytes: number, locale: string): string {
  const large = bytes >= 1_000_000;
  const unit = large ? 'megabyte' : 'kilobyte';
  const amount = large ? bytes / 1_000_000 : Math.max(1, bytes / 1_000);
  const style = { style: 'unit', unit, maximumFractionDigits: large ? 1 : 0 } as const;
  return new Intl.NumberFormat(locale, style).format(amount);
}
