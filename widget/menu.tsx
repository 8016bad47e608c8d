/** What is asked for seldom: the language, the sound, and the chat as a file. */
import type { Event as ChatEvent } from '../client/frames.ts';
import { type Locale, names } from './locale.ts';
import * as marks from './marks.ts';
import css from './menu.css';
import { whole } from './seldom.ts';
import type { State } from './state.ts';
import type { Acts } from './view.tsx';
import { fill } from './words.ts';

/** A language's name for itself. */
function autonym(locale: string): string {
  const script = locale.replace('zh-CN', 'zh-Hans').replace('zh-TW', 'zh-Hant');
  const name = new Intl.DisplayNames(script, { type: 'language' }).of(script) ?? locale;
  return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
}

export { css };

export function draw({ state, acts }: { state: State; acts: Acts }) {
  const { locale, muted, chat } = state;
  const words = whole(state.words);
  return (
    <div class="menu">
      <label>
        <span>{words.language}</span>
        <select
          onChange={(event) => speak(acts, (event.target as HTMLSelectElement).value as Locale)}
        >
          {Object.keys(names).map((one) => (
            <option value={one} lang={one} selected={one === locale}>
              {autonym(one)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>{words.sound}</span>
        <input
          type="checkbox"
          checked={!muted}
          onChange={(event) => mute(acts, !(event.target as HTMLInputElement).checked)}
        />
      </label>
      <button type="button" class="plain" onClick={() => download(state)}>
        {words.download}
      </button>
      {chat?.status?.is === 'assigned' && (
        <button type="button" class="plain" onClick={() => end(acts)}>
          {words.end}
        </button>
      )}
    </div>
  );
}

function speak(acts: Acts, locale: Locale): void {
  marks.keep(marks.locale, locale);
  acts.host.config.speaks = locale;
  acts.update();
}

function mute(acts: Acts, muted: boolean): void {
  marks.keep(marks.muted, muted ? '1' : null);
  acts.change({ muted });
}

function end(acts: Acts): void {
  acts.talk.say({ t: 'close' });
  acts.show('menu');
}

/** The thread as a text file. */
function download(state: State): void {
  const text = `\uFEFF${transcript(state)}`;
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `chat-${new Date().toISOString().slice(0, 10)}.txt`;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** What both sides have said, line by line. */
export function transcript({ chat, words, name, locale }: State): string {
  const lines = (chat?.events ?? []).flatMap((event) => lineOf(event, words, locale));
  return [name, '', ...lines, ''].join('\r\n');
}

function lineOf({ at, author, body }: ChatEvent, words: State['words'], locale: string): string[] {
  const when = new Date(at).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const who = author.role === 'agent' ? author.name : words.you;
  switch (body.kind) {
    case 'message':
    case 'file':
      return [`[${when}] ${who}: ${body.text.replaceAll('\n', '\r\n')}`];
    case 'assigned':
    case 'joined':
      return [`[${when}] ${fill(words.here, body.agent.name)}`];
    case 'closed':
    case 'idle':
      return [`[${when}] ${words[body.kind]}`];
    default:
      return [];
  }
}
