// The rules of the desk as a form: numbers that may be absent, lists and hours are texts there.

import type {
  AgentRouting,
  Department,
  Hours,
  Opening,
  PageRule,
  RosterEntry,
  RoutingSettings,
} from '../../client/frames.ts';

export type DepartmentForm = Omit<
  Department,
  'skills' | 'per_agent' | 'queue_max' | 'fallback' | 'fallback_after_s' | 'hours'
> & {
  /** Tells forms apart while ids are still written. */
  key: number;
  isNew: boolean;
  skills: string;
  per_agent: string;
  queue_max: string;
  fallback: string;
  fallback_after_s: string;
  always: boolean;
  zone: string;
  /** Of Monday to Sunday, such as `09:00-12:30, 13:30-18:00`; empty is closed. */
  week: string[];
  holidays: string;
};
export type PageForm = Omit<PageRule, 'skills' | 'priority'> & {
  key: number;
  skills: string;
  priority: string;
};
export type RulesForm = Omit<RoutingSettings, 'departments' | 'pages'> & {
  departments: DepartmentForm[];
  pages: PageForm[];
};
export type AgentForm = {
  capacity: number;
  departments: string[];
  skills: string;
  languages: string;
};

const DAYS = 7;
const TIMES = /^(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})$/;
let keys = 0;

export function newKey(): number {
  keys += 1;
  return keys;
}

/** The parts of a list that is written with commas or line ends. */
export function listOf(text: string): string[] {
  const parts = text.split(/[\s,，、]+/).filter((part) => part !== '');
  return [...new Set(parts)];
}

function clockOf(minute: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

function dayText(week: readonly Opening[], day: number): string {
  const times = week.filter((one) => one.day === day).sort((a, b) => a.from - b.from);
  return times.map(({ from, to }) => `${clockOf(from)}-${clockOf(to)}`).join(', ');
}

/** The times of one day; null when the text is none. */
export function timesOf(text: string, day: number): Opening[] | null {
  const times: Opening[] = [];
  for (const part of text.split(/[,，]/).map((one) => one.trim())) {
    if (part === '') continue;
    const [, ...found] = TIMES.exec(part) ?? [];
    if (found.length === 0) return null;
    const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = found.map(Number);
    const [from, to] = [fromHour * 60 + fromMinute, toHour * 60 + toMinute];
    if (fromMinute > 59 || toMinute > 59 || from >= to || to > 24 * 60) return null;
    times.push({ day, from, to });
  }
  return times;
}

const numberText = (value: number | undefined) => (value === undefined ? '' : String(value));

export function departmentForm(one: Department, zone: string, isNew = false): DepartmentForm {
  const { hours, skills, ...rest } = one;
  const week = hours?.week ?? [];
  return {
    ...rest,
    key: newKey(),
    isNew,
    skills: skills.join(', '),
    per_agent: numberText(one.per_agent),
    queue_max: numberText(one.queue_max),
    fallback: one.fallback ?? '',
    fallback_after_s: numberText(one.fallback_after_s),
    always: !hours,
    zone: hours?.zone ?? zone,
    week: Array.from({ length: DAYS }, (_, at) => dayText(week, at + 1)),
    holidays: (hours?.holidays ?? []).join(', '),
  };
}

export function rulesForm(rules: RoutingSettings, zone: string): RulesForm {
  return {
    ...rules,
    departments: rules.departments.map((one) => departmentForm(one, zone)),
    pages: rules.pages.map((rule) => ({
      ...rule,
      key: newKey(),
      skills: rule.skills.join(', '),
      priority: numberText(rule.priority),
    })),
  };
}

function hoursOf(form: DepartmentForm): Hours {
  return {
    zone: form.zone.trim(),
    week: form.week.flatMap((text, at) => timesOf(text, at + 1) ?? []),
    holidays: listOf(form.holidays),
  };
}

function departmentOf(form: DepartmentForm): Department {
  const { key, isNew, always, zone, week, holidays, ...rest } = form;
  const { per_agent, queue_max, fallback, fallback_after_s, ...plain } = rest;
  return {
    ...plain,
    name: form.name.trim(),
    skills: listOf(form.skills),
    ...(per_agent !== '' && { per_agent: Number(per_agent) }),
    ...(queue_max !== '' && { queue_max: Number(queue_max) }),
    ...(fallback !== '' && { fallback }),
    ...(fallback !== '' &&
      fallback_after_s !== '' && { fallback_after_s: Number(fallback_after_s) }),
    ...(!always && { hours: hoursOf(form) }),
  };
}

export function rulesOf(form: RulesForm): RoutingSettings {
  return {
    ...form,
    departments: form.departments.map(departmentOf),
    pages: form.pages.map(({ key, skills, priority, ...rule }) => ({
      ...rule,
      contains: rule.contains.trim(),
      skills: listOf(skills),
      ...(priority !== '' && { priority: Number(priority) }),
    })),
  };
}

/** An id made of a name, unlike all others. */
export function idFor(name: string, taken: readonly string[]): string {
  const slug = name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-');
  const base = slug.replace(/^-+|-+$/g, '').slice(0, 30) || 'department';
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!taken.includes(id)) return id;
  }
}

/** The department that a refusal is about, and what of it; the server names fields by paths. */
export function faultOf(
  form: RulesForm,
  field: string,
): { department: DepartmentForm; what: string } | undefined {
  const [, number, what] = /^departments\.(\d+)\.(.+)$/.exec(field) ?? [];
  const department = form.departments[Number(number)];
  return department && what ? { department, what } : undefined;
}

export function agentForm({ capacity, profile }: Pick<RosterEntry, 'capacity' | 'profile'>) {
  const { departments, skills, languages } = profile;
  const form: AgentForm = {
    capacity,
    departments: [...departments],
    skills: skills.join(', '),
    languages: languages.join(', '),
  };
  return form;
}

export function agentOf(agent: string, form: AgentForm): AgentRouting {
  const profile = {
    departments: form.departments,
    skills: listOf(form.skills),
    languages: listOf(form.languages.toLowerCase()),
  };
  return { agent, capacity: form.capacity, profile };
}
