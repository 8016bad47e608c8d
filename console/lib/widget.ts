// The widget's settings as a form: texts in other languages and answers to choose from are lines of
// a text there.

import type {
  Answer,
  Choice,
  Field,
  FieldKind,
  Form,
  Phrase,
  WidgetSettings,
} from '../../client/frames.ts';
import { newKey } from './routing.ts';

/** What a field can ask; the consent is a matter of the whole form. */
export type Kind = Exclude<FieldKind, 'consent'>;
export const kinds: Kind[] = ['name', 'email', 'phone', 'text', 'choice', 'department'];

export type FieldForm = {
  /** Tells fields apart, whatever they ask. */
  key: number;
  id: string;
  kind: Kind;
  required: boolean;
  label: string;
  /** One a line: `de: Ihr Name`. */
  others: string;
  /** One a line: `Small | de: Klein`. */
  choices: string;
};
export type FormForm = { fields: FieldForm[]; consent: string; others: string };
export type WidgetForm = {
  color: string;
  greeting: string;
  /** Whether the team is shown before anybody has written. */
  team: boolean;
  before: FormForm;
  away: FormForm;
};

const PAIR = /^\s*([A-Za-z][A-Za-z0-9-]*)\s*[:：]\s*(.+?)\s*$/;

export function widgetForm(settings: WidgetSettings): WidgetForm {
  const { color, greeting, hide_team: hidden, before, away } = settings;
  return { color, greeting, team: !hidden, before: formForm(before), away: formForm(away) };
}

function formForm({ fields, consent }: Form): FormForm {
  const one = ({ id, kind, required, label, choices }: Field): FieldForm => ({
    key: newKey(),
    id,
    kind: kind as Kind,
    required,
    label: label.text,
    others: othersText(label),
    choices: choices.map((choice) => choiceText(choice)).join('\n'),
  });
  return { fields: fields.map(one), consent: consent.text, others: othersText(consent) };
}

/** Departments are offered as they are named now. */
export function widgetOf(form: WidgetForm, departments: { id: string; name: string }[]) {
  const offered = departments.map(({ id, name }) => ({ value: id, label: phraseOf(name || id) }));
  const field = ({ id, kind, required, label, others, choices }: FieldForm): Field => ({
    id,
    kind,
    required,
    label: phraseOf(label, others),
    choices: kind === 'department' ? offered : kind === 'choice' ? choicesOf(choices) : [],
  });
  const whole = ({ fields, consent, others }: FormForm): Form => ({
    fields: fields.map(field),
    consent: phraseOf(consent, others),
  });
  const settings: WidgetSettings = {
    color: form.color,
    greeting: form.greeting.trim(),
    hide_team: !form.team,
    before: whole(form.before),
    away: whole(form.away),
  };
  return settings;
}

/** A new field; its id is that of its kind, with a number when that is taken. */
export function newField(kind: Kind, taken: string[]): FieldForm {
  let id: string = kind;
  for (let number = 2; taken.includes(id); number += 1) id = `${kind}-${number}`;
  const required = kind === 'email';
  return { key: newKey(), id, kind, required, label: '', others: '', choices: '' };
}

function othersText({ others }: Phrase): string {
  return Object.entries(others)
    .map(([tag, text]) => `${tag}: ${text}`)
    .join('\n');
}

function choiceText({ label }: Choice): string {
  return [label.text, ...othersText(label).split('\n').filter(Boolean)].join(' | ');
}

/** A text with its other languages; lines that name no language are no matter. */
export function phraseOf(text: string, lines = ''): Phrase {
  const others: Record<string, string> = {};
  for (const line of lines.split('\n')) {
    const [, tag, other] = PAIR.exec(line) ?? [];
    if (tag && other) others[tag] = other;
  }
  return { text: text.trim(), others };
}

/** What is sent is the text itself, so that renaming an answer makes another one of it. */
function choicesOf(text: string): Choice[] {
  const lines = text.split('\n').map((line) => line.split('|'));
  const choices = lines.map(([label = '', ...rest]) => phraseOf(label, rest.join('\n')));
  return choices.filter(({ text }) => text).map((label) => ({ value: label.text, label }));
}

/** The line a page needs, with what the launcher must know before anything is asked. */
export function snippetWith(origin: string, site: string, form: WidgetForm): string {
  const quoted = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const color = form.color && ` data-color="${form.color}"`;
  const greeting = form.greeting.trim();
  const greets = greeting && ` data-greeting="${quoted(greeting)}"`;
  return `<script async src="${origin}/widget.js" data-site="${site}"${color}${greets}></script>`;
}

/** Whether text on this colour is black: as the widget decides it. */
export function wantsBlack(color: string): boolean {
  const part = (at: number) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5) > 0.179;
}

/** The answers of a form as one text. */
export function answersText(answers: readonly Answer[]): string {
  return answers.map(({ label, text }) => (label ? `${label}: ${text}` : text)).join('\n');
}
