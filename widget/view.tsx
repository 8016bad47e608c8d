/** The panel on the screen: components that are functions of the state, and nothing else. */
import { limits } from '../client/frames.ts';
import { piecesOf } from '../client/links.ts';
import { type Item, itemsOf, type State, situation, timeOf, trouble } from './state.ts';

/** What a visitor can do. */
export type Acts = {
  close: () => void;
  speak: () => void;
  /** The text in the composer changed; zero when it is empty or left. */
  write: (field: HTMLTextAreaElement) => void;
  rest: () => void;
  send: (field: HTMLTextAreaElement) => void;
  retry: (id: string) => void;
  discard: (id: string) => void;
};

type Props = { state: State; acts: Acts };

export function Panel({ state, acts }: Props) {
  const { words, open, name, chat } = state;
  return (
    <div
      class="panel"
      role="dialog"
      aria-label={name || words.messages}
      lang={state.locale}
      hidden={!open}
      onKeyDown={(event) => {
        // While an IME composes, Escape belongs to it.
        if (event.key === 'Escape' && !event.isComposing) acts.close();
      }}
    >
      <header>
        <div class="title">
          <b>{name}</b>
          <span>{chat?.status?.is === 'assigned' && chat.status.agent.name}</span>
        </div>
        <button type="button" class="plain" onClick={acts.speak}>
          {words.language}
        </button>
        <button type="button" class="plain icon" aria-label={words.close} onClick={acts.close}>
          ×
        </button>
      </header>
      <Log state={state} acts={acts} />
      <Composer state={state} acts={acts} />
    </div>
  );
}

/** The one live region: all that is announced happens in here. */
function Log({ state, acts }: Props) {
  const { chat, words } = state;
  const problem = trouble(state);
  const typing = chat?.typing.find(({ who }) => who.role === 'agent')?.who;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <div class="log" role="log" aria-label={words.messages} tabIndex={0}>
      <p class="line">{words.hello}</p>
      {itemsOf(state).map((item) =>
        item.is === 'line' ? (
          <p class="line" key={item.key}>
            {item.text}
          </p>
        ) : (
          <Bubble key={item.key} item={item} state={state} acts={acts} />
        ),
      )}
      <p class="line">{situation(state)}</p>
      <p class="typing" aria-hidden="true">
        {typing?.role === 'agent' && typing.name + words.types}
      </p>
      <p class="trouble">{problem}</p>
    </div>
  );
}

type BubbleProps = Props & { item: Extract<Item, { is: 'message' }> };

function Bubble({ item, state, acts }: BubbleProps) {
  const { words, locale } = state;
  const { key, own, author, text, at, progress, failed } = item;
  return (
    <div class={own ? 'message own' : 'message'}>
      <p class="bubble" dir="auto">
        {piecesOf(text).map((piece) =>
          piece.href ? (
            <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow ugc">
              {piece.text}
            </a>
          ) : (
            piece.text
          ),
        )}
      </p>
      <p class="foot">
        <bdi>{author}</bdi> · <time>{timeOf(at, Date.now(), locale)}</time>
        {progress && (
          // Announced once as a message is enough; its progress is there for the eye.
          <span class={failed ? 'bad' : ''} aria-live="off">
            {' · '}
            <span class="progress">{progress}</span>
          </span>
        )}
        {failed && (
          <button type="button" class="plain" onClick={() => acts.retry(key)}>
            {words.retry}
          </button>
        )}
        {failed && (
          <button type="button" class="plain" onClick={() => acts.discard(key)}>
            {words.discard}
          </button>
        )}
      </p>
    </div>
  );
}

function Composer({ state, acts }: Props) {
  const { words, length, refusal, chat } = state;
  if (typeof (chat?.connection.is === 'stopped' && chat.connection.code) === 'string') return null;
  const field = (event: Event) =>
    (event.currentTarget as HTMLElement).closest('form')?.elements[0] as HTMLTextAreaElement;
  const most = limits.textChars;
  const note = refusal ? words.full : length > most - 500 && `${length} / ${most}`;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        acts.send(field(event));
      }}
    >
      <textarea
        rows={1}
        aria-label={words.message}
        placeholder={words.message}
        dir="auto"
        onInput={(event) => acts.write(field(event))}
        onBlur={acts.rest}
        onKeyDown={(event) => {
          // Code 229: Safari ends a composition before the key that ended it.
          const composing = event.isComposing || event.keyCode === 229;
          if (event.key !== 'Enter' || event.shiftKey || composing) return;
          event.preventDefault();
          acts.send(field(event));
        }}
      />
      <button type="submit" class="send" disabled={!length || length > most}>
        {words.send}
      </button>
      {note && <p class={length > most || refusal ? 'note bad' : 'note'}>{note}</p>}
    </form>
  );
}
