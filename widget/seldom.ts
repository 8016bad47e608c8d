/** What the parts say in English that are loaded when they are asked for, and come with them. */
import type { Said, Words } from './words.ts';

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

/** The words of a language, whole: only English has them in two places. */
export const whole = (words: Said): Words => ({ ...seldom, ...words });
