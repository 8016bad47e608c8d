/** The panel on the screen: components that are functions of the state, and nothing else. */
import type { Conversation } from '../client/conversation.ts';
import { type Ticket, textChars } from '../client/frames.ts';
import { type Change, type Extra, type Item, itemsOf, type State, timeOf } from './state.ts';
import type { Host } from './types.ts';
import { fill } from './words.ts';

/** What a visitor can do, and what parts need for more. */
export type Acts = {
  host: Host;
  /** All of the panel is in here. */
  box: HTMLElement;
  /** Another one when the visitor has become somebody else. */
  talk: Conversation;
  ticket: () => Promise<Ticket>;
  close: () => void;
  /** As it is now. */
  state: () => State;
  /** Opens a part of the panel, or closes it when it is the open one; loads it before. */
  show: (part: Extra['is'] | 'files') => Promise<void>;
  /** The settings have changed. */
  update: () => void;
  change: (change: Change) => void;
  /** The text in the composer changed; zero when it is empty or left. */
  write: (field: HTMLTextAreaElement) => void;
  rest: () => void;
  send: (field: HTMLTextAreaElement) => void;
  /** What becomes of a message that was not taken. */
  settle: (how: 'retry' | 'discard', id: string) => void;
};

type Props = { state: State; acts: Acts };

/** A button with a picture; `open` when it opens something, and whether that is open. */
export type Button = { name: string; path: string; open?: boolean; act: () => unknown };

export function Panel({ state, acts }: Props) {
  const { words, open, name, extra, around, form: Form } = state;
  return (
    <div
      class="panel"
      role="dialog"
      aria-label={name || words.messages}
      lang={state.locale}
      tabIndex={-1}
      hidden={!open}
      onKeyDown={(event) => {
        // While an IME composes, Escape belongs to it.
        if (event.key !== 'Escape' || event.isComposing) return;
        if (extra) void acts.show(extra.is);
        else acts.close();
      }}
    >
      {/* No `header`: the page has a banner of its own. */}
      <div class="head">
        {around ? (
          <around.Title state={state} />
        ) : (
          // Nothing moves: the name comes with what stands around it, or when that fails to come.
          <div class="title">{around === null && <b>{name}</b>}</div>
        )}
        {around && <Icon {...around.menu(state, acts)} />}
        <Icon name={words.close} path={CLOSE} act={acts.close} />
      </div>
      {extra && <extra.draw state={state} acts={acts} />}
      {Form ? <Form key="form" state={state} /> : <Log state={state} acts={acts} />}
      {!Form && <Composer state={state} acts={acts} />}
    </div>
  );
}

const CLOSE = 'M6 6l12 12M18 6L6 18';
const ARROW = 'M4 12l16-8-6 17-3-7z';

function Icon({ name, path, open, act }: Button) {
  return (
    <button
      type="button"
      class="icon"
      aria-label={name}
      aria-expanded={open?.toString()}
      onClick={act}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d={path} />
      </svg>
    </button>
  );
}

/** The one live region: all that is announced happens in here. */
function Log({ state, acts }: Props) {
  const { chat, words } = state;
  const typing = chat?.typing.find(({ who }) => who.role === 'agent')?.who;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <div class="log" role="log" aria-label={words.messages} tabIndex={0}>
      <div class="message">
        <p class="bubble">{words.hello}</p>
      </div>
      {state.around?.Team({ state })}
      {itemsOf(state, Date.now()).map((item) =>
        item.is === 'line' ? (
          <p class="line" key={item.key}>
            {item.text}
          </p>
        ) : (
          <Bubble key={item.key} item={item} state={state} acts={acts} />
        ),
      )}
      <p class="line">{state.around?.situation(state)}</p>
      <p class="typing" aria-hidden="true">
        {typing?.role === 'agent' && fill(words.types, typing.name)}
      </p>
      <p class="trouble">{state.around?.trouble(state)}</p>
    </div>
  );
}

type BubbleProps = Props & { item: Extract<Item, { is: 'message' }> };

function Bubble({ item, state, acts }: BubbleProps) {
  const { words, locale, inside, files } = state;
  const { key, own, author, text, at, progress, failed } = item;
  return (
    <div class={own ? 'message own' : 'message'}>
      <p class="bubble" dir="auto">
        {files?.draw(item, state) || inside(text)}
      </p>
      <p class="foot">
        <bdi>{author}</bdi> · <time>{timeOf(at, locale)}</time>
        {progress && (
          // Announced once as a message is enough; its progress is there for the eye.
          <span class={failed ? 'bad' : ''} aria-live="off">
            {' · '}
            <span class="progress">{progress}</span>
          </span>
        )}
        {failed &&
          (['retry', 'discard'] as const).map((how) => (
            <button type="button" class="plain" onClick={() => acts.settle(how, key)}>
              {words[how]}
            </button>
          ))}
      </p>
    </div>
  );
}

function Composer({ state, acts }: Props) {
  const { words, length, refusal, chat } = state;
  if (typeof (chat?.connection.is === 'stopped' && chat.connection.code) === 'string') return null;
  const field = (event: Event) =>
    (event.currentTarget as HTMLElement).closest('form')?.elements[0] as HTMLTextAreaElement;
  const most = textChars;
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
      {state.files?.tools(state)}
      {state.around?.tools(state, acts).map((one) => (
        <Icon key={one.path} {...one} />
      ))}
      <button
        type="submit"
        class="send"
        aria-label={words.send}
        disabled={!length || length > most}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d={ARROW} />
        </svg>
      </button>
      {note && <p class={length > most || refusal ? 'note bad' : 'note'}>{note}</p>}
    </form>
  );
}
