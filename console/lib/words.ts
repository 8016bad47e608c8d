// Times in the reader's words; they follow the language.

import type {
  AgentId,
  Author,
  DeskEntry,
  DeskState,
  Millis,
  Place,
  Status,
} from '../../client/frames.ts';
import { locale, t } from '../text/index.ts';
import { ago, dayAndClock, dayOf, longDate, shortDate, visitorCode } from './labels.ts';

export function agoText(at: Millis, now: Millis): string {
  const since = ago(at, now);
  if (since.unit === 'now') return t('now');
  if (since.unit === 'date') return shortDate(at, locale.value);
  return t(since.unit, { n: since.n });
}

export function dayText(at: Millis, now: Millis): string {
  if (dayOf(at) === dayOf(now)) return t('today');
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  return dayOf(at) === dayOf(yesterday.getTime()) ? t('yesterday') : longDate(at, locale.value);
}

/** What to call a visitor: as their site's server does, or by a code. */
export function visitorName({ conversation, person }: Named): string {
  const said = person?.name ?? person?.email ?? person?.id;
  return said ?? t('visitorLabel', { code: visitorCode(conversation) });
}

type Named = Pick<DeskEntry, 'conversation' | 'person'>;

type AnyStatus = Status | DeskState;

/** Who serves a conversation, in one line. */
export function statusText(status: AnyStatus, you: AgentId): string {
  if (status.is === 'closed') return t('closed');
  if (status.is === 'waiting') return t('waiting');
  if (status.is === 'parked') return t('parked');
  if (status.agent.id === you) return t('assignedToYou');
  return t('assignedNote', { name: status.agent.name });
}

/** How long something took; seconds count below a minute. */
export function spanText(ms: number): string {
  if (ms < 60_000) return t('seconds', { n: Math.round(ms / 1_000) });
  return agoText(0, Math.min(ms, 86_399_999));
}

/** Where a visitor stands, and for how long: what the visitor is told. */
export function placeText(place: Place): string {
  const { position, wait_s: wait, opens } = place;
  if (position === 0) {
    return opens ? t('parkedUntil', { time: dayAndClock(opens, locale.value) }) : t('parked');
  }
  const line = t('position', { n: position });
  if (wait === undefined) return line;
  return `${line} · ${t('expected', { n: Math.max(1, Math.round(wait / 60)) })}`;
}

/** Who types, in one line; empty when nobody does. */
export function typingText(typing: readonly { who: Author }[]): string {
  const agent = typing.find(({ who }) => who.role === 'agent')?.who;
  if (typing.some(({ who }) => who.role === 'visitor')) return t('typing');
  return agent?.role === 'agent' ? t('agentTyping', { name: agent.name }) : '';
}
