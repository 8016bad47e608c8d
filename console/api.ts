// The HTTP surface of docs/protocol.md (A), as typed calls. A failure is an `ApiFailure` with a
// code from the closed list, or `unreachable` when there was no answer.

import type {
  AgentRouting,
  ApiError,
  ErrorCode,
  FileRules,
  IdentityChange,
  IdentityChanged,
  IdentityState,
  Me,
  NewAgent,
  Pictures,
  RoutingSettings,
  SetUp,
  SetUpState,
  SignIn,
  SiteSettings,
  TeamMember,
  Ticket,
  TicketRequest,
  WidgetSettings,
} from '../client/frames.ts';
import { hearDate } from './lib/clock.ts';

export type FailureCode = ErrorCode | 'unreachable';

export class ApiFailure extends Error {
  readonly code: FailureCode;
  /** Which field of what was sent is wrong, where the server says so. */
  readonly field: string;

  /** `message` is the server's own, for what no code can say. */
  constructor(code: FailureCode, message: string = code, field = '') {
    super(message);
    this.code = code;
    this.field = field;
  }
}

/** What to say about any failure of a call. */
export function failureCode(failure: unknown): FailureCode {
  return failure instanceof ApiFailure ? failure.code : 'unreachable';
}

let signInEnded: () => void = () => {};

/** `listener` runs when a call is refused because the sign-in has ended. */
export function onSignInRequired(listener: () => void): void {
  signInEnded = listener;
}

/** A socket was told so (close code 4401). */
export function reportSignInEnded(): void {
  signInEnded();
}

/** Whose picture, in the path of one that is set. */
export type Subject = 'logo' | 'me';

async function answerOf(method: string, path: string, body?: unknown): Promise<Response> {
  const headers = new Headers({ accept: 'application/json' });
  const json = body !== undefined && !(body instanceof Blob);
  if (json) headers.set('content-type', 'application/json');
  try {
    const answer = await fetch(path, {
      method,
      headers,
      body: json ? JSON.stringify(body) : ((body as Blob | undefined) ?? null),
      credentials: 'same-origin',
      cache: 'no-store',
    });
    hearDate(answer.headers.get('date'));
    return answer;
  } catch {
    throw new ApiFailure('unreachable');
  }
}

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await answerOf(method, path, body);
  if (answer.status === 204) return undefined as T;
  const value: unknown = await answer.json().catch(() => null);
  if (answer.ok) return value as T;
  const code = (value as ApiError | null)?.code ?? 'fault';
  if (code === 'sign_in_required') signInEnded();
  const { message, field } = (value as ApiError | null) ?? {};
  throw new ApiFailure(code, message, field);
}

export const api = {
  setUpState: () => call<SetUpState>('GET', '/api/setup'),
  setUp: (form: SetUp) => call<Me>('POST', '/api/setup', form),
  signIn: (form: SignIn) => call<Me>('POST', '/api/sign-in', form),
  signOut: () => call<void>('POST', '/api/sign-out'),
  me: () => call<Me>('GET', '/api/me'),
  team: () => call<TeamMember[]>('GET', '/api/agents'),
  addAgent: (form: NewAgent) => call<TeamMember>('POST', '/api/agents', form),
  routing: () => call<RoutingSettings>('GET', '/api/routing'),
  setRouting: (rules: RoutingSettings) => call<RoutingSettings>('POST', '/api/routing', rules),
  widget: () => call<WidgetSettings>('GET', '/api/widget'),
  setWidget: (all: WidgetSettings) => call<WidgetSettings>('POST', '/api/widget', all),
  site: () => call<SiteSettings>('GET', '/api/site'),
  setSite: (all: SiteSettings) => call<SiteSettings>('POST', '/api/site', all),
  pictures: () => call<Pictures>('GET', '/api/pictures'),
  setPicture: (of: Subject, picture: Blob) =>
    call<Pictures>('POST', `/api/pictures/${of}`, picture),
  dropPicture: (of: Subject) => call<Pictures>('DELETE', `/api/pictures/${of}`),
  files: () => call<FileRules | null>('GET', '/api/files'),
  setFiles: (rules: FileRules) => call<FileRules>('POST', '/api/files', rules),
  setAgent: (form: AgentRouting) => call<TeamMember>('POST', '/api/routing/agents', form),
  identity: () => call<IdentityState>('GET', '/api/identity'),
  changeIdentity: (change: IdentityChange) =>
    call<IdentityChanged>('POST', '/api/identity', change),
  ticket: (request: TicketRequest) => call<Ticket>('POST', '/api/tickets', request),
};
