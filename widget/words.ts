/** What the widget says. The type check asks every other language for the keys of this one. */

export const en = {
  open: 'Open chat',
  close: 'Close chat',
  language: '中文',
  messages: 'Messages',
  message: 'Message',
  send: 'Send',
  you: 'You',
  hello: 'Hello! How can we help?',
  queued: 'Queued',
  sending: 'Sending…',
  sent: 'Sent',
  seen: 'Seen',
  retry: 'Retry',
  discard: 'Discard',
  /** After a name. */
  types: ' is typing…',
  /** After a name. */
  here: ' is here',
  closed: 'This chat was closed. Write to open it again.',
  waiting: 'Waiting for someone to join…',
  place: (position: number) => `You are number ${position} in the queue`,
  nobody: 'Nobody is here right now. Leave your message, we will answer here.',
  offline: 'No connection. Reconnecting… ',
  later: 'Will be sent when you are back online',
  /** Instead of it, where the browser keeps nothing. */
  stay: 'Keep this page open until your message is sent',
  unavailable: 'Chat is not available here',
  stopped: 'Chat has stopped in this tab. Reload the page to go on.',
  failed: 'Not sent',
  tooLong: 'Too long, not sent',
  full: 'Too many messages are waiting to be sent',
};

export type Words = typeof en;
