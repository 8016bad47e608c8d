// Single-key shortcuts: which key means what, and when they rest.

export type Command =
  | 'next'
  | 'previous'
  | 'reply'
  | 'close'
  | 'accept'
  | 'decline'
  | 'filter'
  | 'help';

export const commands: ReadonlyArray<[string, Command]> = [
  ['j', 'next'],
  ['k', 'previous'],
  ['r', 'reply'],
  ['e', 'close'],
  ['a', 'accept'],
  ['d', 'decline'],
  ['/', 'filter'],
  ['?', 'help'],
];

export type Press = {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  isComposing: boolean;
  repeat: boolean;
  target: unknown;
};

/** The command of a key press, if it is one: never while typing, never with a modifier. */
export function commandOf(press: Press): Command | null {
  if (press.ctrlKey || press.metaKey || press.altKey || press.isComposing) return null;
  if (isEditing(press.target)) return null;
  const key = press.key.toLowerCase();
  const command = commands.find(([name]) => name === key)?.[1] ?? null;
  const moves = command === 'next' || command === 'previous';
  return press.repeat && !moves ? null : command;
}

function isEditing(target: unknown): boolean {
  const element = target as { tagName?: string; type?: string; isContentEditable?: boolean } | null;
  if (!element?.tagName) return false;
  if (element.isContentEditable) return true;
  const tag = element.tagName.toUpperCase();
  if (tag === 'INPUT') return element.type !== 'checkbox' && element.type !== 'radio';
  return tag === 'TEXTAREA' || tag === 'SELECT';
}
