/** What the parts say in English that are loaded when they are asked for, and come with them. */
import type { Plural, Said } from './words.ts';

export const seldom = {
  language: 'Language',
  sound: 'Sound',
  download: 'Download this chat',
  end: 'End chat',
  rate: 'How was this chat?',
  good: 'Good',
  bad: 'Not good',
  comment: 'In your words (optional)',
  give: 'Rate',
  dismiss: 'Dismiss',
};

/** Around the thread, and in forms. */
export const around = {
  waiting: 'Waiting for someone to join…',
  place: 'You are number {} in the queue',
  wait: { one: 'about {} minute', other: 'about {} minutes' } as Plural,
  opens: 'We are closed now and open again: {}. Leave your message, we will answer here.',
  nobody: 'Nobody is here right now. Leave your message, we will answer here.',
  offline: 'No connection. Reconnecting…',
  later: 'Will be sent when you are back online',
  /** Instead of it, where the browser keeps nothing. */
  stay: 'Keep this page open until your message is sent',
  unavailable: 'Chat is not available here',
  stopped: 'Chat has stopped in this tab. Reload the page to go on.',
  online: 'We are online',
  away: 'Away right now',
  back: 'Back: {}',
  minutes: 'Usually replies in a few minutes',
  hour: 'Usually replies within an hour',
  day: 'Usually replies within a day',
  askName: 'Name',
  askEmail: 'Email',
  askPhone: 'Phone',
  askText: 'How can we help?',
  askDepartment: 'Department',
  choose: 'Please choose',
  optional: '{} (optional)',
  start: 'Start chat',
  missing: 'Please fill this in.',
  wrong: 'Please check this.',
  unsent: 'That did not work. Please try again.',
  attach: 'Attach a file',
  more: 'More',
  unread: { one: '{} new message', other: '{} new messages' } as Plural,
};

/** On a button, and over what it opens. */
export const picking = { emoji: 'Emoji' };

/** Of files. */
export const filing = {
  cancel: 'Cancel',
  view: 'View {}',
  save: 'Save {}',
  shut: 'Close',
  large: 'Files may have {} MB at most',
  kind: 'Files of this kind cannot be sent here',
  many: 'No more files fit into this chat',
  lost: 'The file could not be loaded',
};

/** The words of a language, whole: only English has them in several places, one for each part. */
export const whole = (words: Said) => ({ ...seldom, ...words });
export const wholeAround = (words: Said) => ({ ...around, ...words });
export const wholePicking = (words: Said) => ({ ...picking, ...words });
export const wholeFiling = (words: Said) => ({ ...filing, ...words });
