/**
 * What the site asks before the first message. It stands in place of thread and composer; what is
 * typed is kept in this browser until it is sent.
 */
import type { ErrorCode, Field, FormAnswers, Phrase, Ticket } from '../client/frames.ts';
import { limits } from '../client/frames.ts';
import { randomId } from '../client/ids.ts';
import css from './form.css';
import * as marks from './marks.ts';
import { wholeAround } from './seldom.ts';
import { whenOf } from './situation.ts';
import type { State } from './state.ts';
import type { Config } from './types.ts';
import { fill } from './words.ts';

type Words = ReturnType<typeof wholeAround>;

export { css };

/** How errors name the consent, which is no field. */
const CONSENT = 'consent';

const KINDS = {
  name: { autocomplete: 'name', type: 'text', most: limits.nameChars },
  email: { autocomplete: 'email', type: 'email', most: limits.emailChars },
  phone: { autocomplete: 'tel', type: 'tel', most: limits.phoneChars },
};

/** What is wrong with the form: with one field, or with none in particular. */
type Problem = { field?: string | undefined; code: ErrorCode | 'unreachable' };

/** Makes the form of one visitor; `redraw` is called when it has changed. */
export function make({ site, base }: Config, ticket: () => Promise<Ticket>, redraw: () => void) {
  const mark = marks.form(site);
  const kept = keptIn(mark);
  // What fields begin with; what is typed afterwards stays theirs.
  const first = { ...kept };
  const client_id = randomId(16);
  let problem: Problem | undefined;
  let busy = false;

  function fail(form: HTMLFormElement, found: Problem): void {
    problem = found;
    busy = false;
    redraw();
    form.querySelector<HTMLElement>(`[name="${found.field}"]`)?.focus();
  }

  async function send(form: HTMLFormElement, { lobby }: State): Promise<void> {
    const asked = lobby?.form;
    if (busy || !asked) return;
    const given = new FormData(form);
    const answers: FormAnswers['answers'] = {};
    for (const { id } of asked.form.fields) answers[id] = String(given.get(id) ?? '').trim();
    const consent = given.has(CONSENT);
    const empty = asked.form.fields.find(({ id, required }) => required && !answers[id]);
    const field = empty?.id ?? (asked.form.consent.text && !consent ? CONSENT : undefined);
    if (field) return fail(form, { field, code: 'field_missing' });
    busy = true;
    problem = undefined;
    redraw();
    const body: FormAnswers = { client_id, form: asked.name, answers, consent };
    const answer = await ticket()
      .then(({ token }) =>
        fetch(`${base}/api/forms`, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        }),
      )
      .catch(() => undefined);
    // What is stored comes over the socket, and takes the place of the form.
    if (answer?.ok) marks.keep(mark, null);
    else fail(form, (await answer?.json().catch(() => undefined)) ?? { code: 'unreachable' });
  }

  function note({ target }: Event): void {
    const { name, value } = target as HTMLInputElement;
    if (name !== CONSENT) kept[name] = value;
    marks.keep(mark, JSON.stringify(kept));
    if (problem?.field !== name) return;
    problem = undefined;
    redraw();
  }

  return ({ state }: { state: State }) => {
    const { lobby, locale } = state;
    const words = wholeAround(state.words);
    const { name, form } = lobby?.form ?? {
      form: { fields: [], consent: { text: '', others: {} } },
    };
    const text = phraseOf(form.consent, locale);
    return (
      <form
        class="form"
        noValidate
        onInput={note}
        onSubmit={(event) => {
          event.preventDefault();
          void send(event.target as HTMLFormElement, state);
        }}
      >
        <p class="bubble">{name === 'away' ? awayText(state) : words.hello}</p>
        {state.around?.Team({ state })}
        {form.fields.map((field, at) => (
          <div key={field.id}>
            <label for={`field-${field.id}`}>{labelOf(field, words, locale)}</label>
            <Control
              field={field}
              words={words}
              locale={locale}
              value={first[field.id] ?? ''}
              first={at === 0}
              wrong={problem?.field === field.id}
            />
            <Wrong field={field.id} problem={problem} words={words} />
          </div>
        ))}
        {text && (
          <label class="check">
            <input
              type="checkbox"
              name={CONSENT}
              aria-invalid={`${problem?.field === CONSENT}`}
              aria-describedby={`wrong-${CONSENT}`}
            />
            <span dir="auto">{text}</span>
          </label>
        )}
        {text && <Wrong field={CONSENT} problem={problem} words={words} />}
        <p class="bad" role="alert">
          {problem && !problem.field && words.unsent}
        </p>
        <button type="submit" class="go" disabled={busy}>
          {busy ? words.sending : name === 'away' ? words.send : words.start}
        </button>
      </form>
    );
  };
}

type ControlProps = {
  field: Field;
  words: Words;
  locale: string;
  value: string;
  first: boolean;
  wrong: boolean;
};

function Control({ field, words, locale, value, first, wrong }: ControlProps) {
  const { id, kind, required, choices } = field;
  const common = {
    name: id,
    id: `field-${id}`,
    class: first ? 'first' : '',
    'aria-required': `${required}`,
    'aria-invalid': `${wrong}`,
    'aria-describedby': `wrong-${id}`,
  };
  if (kind === 'text') {
    return (
      <textarea {...common} rows={3} dir="auto" maxLength={limits.answerChars} value={value} />
    );
  }
  if (kind === 'choice' || kind === 'department') {
    return (
      <select {...common}>
        <option value="">{words.choose}</option>
        {choices.map((choice) => (
          <option value={choice.value} selected={choice.value === value}>
            {phraseOf(choice.label, locale)}
          </option>
        ))}
      </select>
    );
  }
  const { autocomplete, type, most } = KINDS[kind as keyof typeof KINDS];
  return (
    <input
      {...common}
      type={type}
      autocomplete={autocomplete}
      dir="auto"
      maxLength={most}
      value={value}
    />
  );
}

type WrongProps = { field: string; problem: Problem | undefined; words: Words };

/** What is wrong with a field: part of its description, and read out as soon as it is there. */
function Wrong({ field, problem, words }: WrongProps) {
  const here = problem?.field === field;
  const text = problem?.code === 'field_missing' ? words.missing : words.wrong;
  return (
    <span class="bad" id={`wrong-${field}`} role="alert">
      {here && text}
    </span>
  );
}

/** The site's own question, else the widget's; what may be left out says so. */
function labelOf({ kind, label, required }: Field, words: Words, locale: string): string {
  const own = {
    name: words.askName,
    email: words.askEmail,
    phone: words.askPhone,
    text: words.askText,
    department: words.askDepartment,
    choice: '',
    consent: '',
  };
  const text = phraseOf(label, locale) || own[kind];
  return required ? text : fill(words.optional, text);
}

/** A text of the owner's in this language, or the nearest there is. */
export function phraseOf({ text, others }: Phrase, locale: string): string {
  return others[locale] ?? others[locale.split('-', 1)[0] as string] ?? text;
}

function awayText({ lobby, words, locale }: State): string {
  const { opens, nobody } = wholeAround(words);
  return lobby?.opens ? fill(opens, whenOf(lobby.opens, locale)) : nobody;
}

/** What was typed before and not sent. */
function keptIn(mark: string): Record<string, string> {
  try {
    return JSON.parse(marks.read(mark) ?? '{}');
  } catch {
    return {};
  }
}
