// Written from src/protocol by `npm run types`. Change the Rust types, not this.
/**
 * A site: lower-case letters, digits and hyphens, chosen by its owner.
 */
export type SiteId = string;
/**
 * A conversation: derived from site and visitor, so it tells nothing about either.
 */
export type ConversationId = string;
/**
 * An agent of a site: random, made when the agent is added.
 */
export type AgentId = string;
/**
 * The sender's id of a message; the same at each retry of the same message.
 */
export type ClientId = string;
/**
 * One history of a conversation: random, made with the log.
 */
export type Epoch = string;
/**
 * Dense position of an event in its conversation: 1, 2, 3 … 0 means none.
 */
export type Seq = number;
/**
 * Names a log up to one event: a hash over all events to that one. Two histories that differ
 * anywhere before differ here, too. At most 53 bits, so that a JavaScript number holds it.
 */
export type Chain = number;
/**
 * A moment: milliseconds since 1970-01-01 UTC.
 */
export type Millis = number;
/**
 * Why the server refused one request and what the client may do; a closed list.
 */
export type Rejection = "id_reused" | "text_empty" | "text_too_long" | "bad_id" | "not_assigned" | "forbidden" | "not_waiting" | "agent_unavailable" | "unknown_conversation";
/**
 * An agent as others see them.
 */
export type AgentRef = { 
/**
 * Stable id of the agent.
 */
id: AgentId, 
/**
 * Display name, at most `limits::NAME_CHARS` characters.
 */
name: string, };
/**
 * Who wrote an event.
 */
export type Author = { "role": "visitor" } | { "role": "agent" } & AgentRef | { "role": "system" };
/**
 * The two sides of a conversation, for read marks and typing.
 */
export type Side = "visitor" | "agent";
/**
 * What happened in an event.
 */
export type Body = { "kind": "message", 
/**
 * The sender's own id of it, so that other tabs recognise it.
 */
client_id: ClientId, 
/**
 * The text as written.
 */
text: string, } | { "kind": "assigned", 
/**
 * Who answers from now on.
 */
agent: AgentRef, } | { "kind": "requeued" } | { "kind": "closed" } | { "kind": "reopened" };
/**
 * One stored entry of a conversation's log.
 */
export type Event = { 
/**
 * Dense position in the log: 1, 2, 3 …
 */
seq: Seq, 
/**
 * When the server stored it, milliseconds since 1970.
 */
at: Millis, 
/**
 * Who wrote it.
 */
author: Author, 
/**
 * What happened.
 */
body: Body, 
/**
 * Names the history up to and with this event.
 */
chain: Chain, };
/**
 * Where a visitor is, told by their browser and so never trusted: only shown, as text.
 */
export type Context = { 
/**
 * BCP 47 language of the widget, at most `limits::LOCALE_CHARS`.
 */
locale: string, 
/**
 * URL of the page, at most `limits::PAGE_CHARS`.
 */
page: string, };
/**
 * A place in the queue.
 */
export type Place = { 
/**
 * 1 is next.
 */
position: number, 
/**
 * False when no agent accepts chats now.
 */
staffed: boolean, };
/**
 * Who serves the conversation.
 */
export type Status = { "is": "waiting", 
/**
 * Place in the queue, when the router has told it.
 */
place: Place | null, } | { "is": "assigned", 
/**
 * Who.
 */
agent: AgentRef, } | { "is": "closed" };
/**
 * Read marks: the last seq each side has seen.
 */
export type Marks = { 
/**
 * The visitor's.
 */
visitor: Seq, 
/**
 * The agents'.
 */
agent: Seq, };
/**
 * What a client sends on the socket of a conversation.
 */
export type ClientFrame = { "t": "hello", 
/**
 * Last seq the client holds, 0 for none.
 */
after: Seq, 
/**
 * The history that seq belongs to; absent when the client holds nothing.
 */
epoch?: Epoch, 
/**
 * The chain of the event `after`; absent when the client holds nothing.
 */
chain?: Chain, 
/**
 * What the visitor looks at; shown to agents, ignored from agents.
 */
context?: Context, } | { "t": "send", 
/**
 * Chosen by the sender, the same at each retry.
 */
client_id: ClientId, 
/**
 * Plain text.
 */
text: string, } | { "t": "typing", 
/**
 * True while typing.
 */
on: boolean, } | { "t": "seen", 
/**
 * Last seq seen.
 */
seq: Seq, } | { "t": "close", };
/**
 * What the object sends to a client.
 */
export type ServerFrame = { "t": "welcome", 
/**
 * Which history this is; it changes when history moved backwards.
 */
epoch: Epoch, 
/**
 * Who the server takes the client for.
 */
you: Author, 
/**
 * Last seq of the log.
 */
last_seq: Seq, 
/**
 * True when the client's `after` is not of this history: forget all and start at 0.
 */
reset: boolean, 
/**
 * Who serves the conversation.
 */
status: Status, 
/**
 * What each side has seen.
 */
seen: Marks, } | { "t": "batch", 
/**
 * Dense run of events; may be empty.
 */
events: Array<Event>, 
/**
 * True when the client has everything and gets events live; false: say hello again.
 */
done: boolean, } | { "t": "ack", 
/**
 * The id the client gave.
 */
client_id: ClientId, 
/**
 * Where it is in the log.
 */
seq: Seq, 
/**
 * When it was stored.
 */
at: Millis, 
/**
 * The chain of its event.
 */
chain: Chain, } | { "t": "event", 
/**
 * The event.
 */
event: Event, } | { "t": "typing", 
/**
 * Who.
 */
who: Author, 
/**
 * True while typing.
 */
on: boolean, } | { "t": "seen", 
/**
 * Which side.
 */
side: Side, 
/**
 * Up to where.
 */
seq: Seq, } | { "t": "status", 
/**
 * The status now.
 */
status: Status, } | { "t": "rejected", 
/**
 * Of which message, when it was a `send`.
 */
client_id?: ClientId, 
/**
 * Why.
 */
code: Rejection, };
/**
 * An agent at the desk.
 */
export type RosterEntry = { 
/**
 * Who.
 */
agent: AgentRef, 
/**
 * Has a console open.
 */
online: boolean, 
/**
 * Accepts new chats.
 */
accepting: boolean, 
/**
 * Open conversations.
 */
load: number, 
/**
 * How many at most.
 */
capacity: number, };
/**
 * The router's view of a conversation.
 */
export type DeskState = { "is": "waiting", 
/**
 * Lower is served earlier; the position is the place among all waiting ones.
 */
rank: number, } | { "is": "assigned", 
/**
 * Who.
 */
agent: AgentRef, } | { "is": "closed", 
/**
 * Who served it last, if anybody.
 */
agent: AgentRef | null, };
/**
 * A conversation at the desk.
 */
export type DeskEntry = { 
/**
 * Which conversation.
 */
conversation: ConversationId, 
/**
 * When it began to wait, or was closed.
 */
since: Millis, 
/**
 * Language of the visitor's widget; untrusted text.
 */
locale: string, 
/**
 * Page of the visitor; untrusted text.
 */
page: string, 
/**
 * Who serves it.
 */
state: DeskState, };
/**
 * What a console sends.
 */
export type DeskClientFrame = { "t": "hello", } | { "t": "accept", 
/**
 * True to accept.
 */
on: boolean, } | { "t": "transfer", 
/**
 * Which.
 */
conversation: ConversationId, 
/**
 * To whom.
 */
to: AgentId, } | { "t": "take", 
/**
 * Which.
 */
conversation: ConversationId, };
/**
 * What the router sends to consoles.
 */
export type DeskServerFrame = { "t": "desk", 
/**
 * The agent of this socket.
 */
you: AgentId, 
/**
 * Everyone who has signed in lately.
 */
agents: Array<RosterEntry>, 
/**
 * Waiting, assigned, and lately closed conversations.
 */
conversations: Array<DeskEntry>, } | { "t": "agent", 
/**
 * Its state now.
 */
agent: RosterEntry, } | { "t": "conversations", 
/**
 * Their state now.
 */
changed: Array<DeskEntry>, } | { "t": "rejected", 
/**
 * Which conversation it was about.
 */
conversation?: ConversationId, 
/**
 * Why.
 */
code: Rejection, };
/**
 * Codes of [`ApiError`].
 */
export type ErrorCode = "bad_request" | "too_large" | "sign_in_required" | "wrong_credentials" | "wrong_token" | "too_many_tries" | "origin_not_allowed" | "forbidden" | "not_found" | "method_not_allowed" | "already_set_up" | "email_taken" | "upgrade_required" | "token_invalid" | "session_lost" | "not_configured" | "fault";
/**
 * The body of every answer that is not a success.
 */
export type ApiError = { 
/**
 * From a closed list; programs decide by it.
 */
code: ErrorCode, 
/**
 * For people: what to do.
 */
message: string, };
/**
 * What an agent may do at a site.
 */
export type Role = "agent" | "admin" | "owner";
/**
 * `POST /api/setup`: the owner and the first site, once.
 */
export type SetUp = { 
/**
 * The set-up token of the deployment.
 */
token: string, 
/**
 * Id of the first site, as in `data-site`.
 */
site: SiteId, 
/**
 * Its name, as visitors see it.
 */
site_name: string, 
/**
 * Origins whose pages may embed the widget; a port may be `*`.
 */
origins: Array<string>, 
/**
 * The owner.
 */
name: string, 
/**
 * The owner's e-mail.
 */
email: string, 
/**
 * The owner's password.
 */
password: string, };
/**
 * `GET /api/setup`.
 */
export type SetUpState = { 
/**
 * True once the first site exists.
 */
done: boolean, 
/**
 * The first site, where agents sign in when they name none.
 */
site: SiteId | null, };
/**
 * `POST /api/sign-in`.
 */
export type SignIn = { 
/**
 * Which site; the first one of the deployment when absent.
 */
site?: SiteId, 
/**
 * E-mail, compared without case.
 */
email: string, 
/**
 * Password.
 */
password: string, };
/**
 * The signed-in agent: the answer of sign-in, set-up and `GET /api/me`.
 */
export type Me = { 
/**
 * Their site.
 */
site: SiteId, 
/**
 * The site's name.
 */
site_name: string, 
/**
 * Who they are.
 */
agent: AgentRef, 
/**
 * Their e-mail.
 */
email: string, 
/**
 * Their role.
 */
role: Role, 
/**
 * How many conversations at once.
 */
capacity: number, };
/**
 * `POST /api/agents`: a new agent of the caller's site.
 */
export type NewAgent = { 
/**
 * Display name.
 */
name: string, 
/**
 * E-mail, unique in the site.
 */
email: string, 
/**
 * First password.
 */
password: string, 
/**
 * Role; only an owner may make admins.
 */
role: Role, 
/**
 * How many conversations at once.
 */
capacity: number, };
/**
 * One row of `GET /api/agents`.
 */
export type TeamMember = { 
/**
 * Who.
 */
agent: AgentRef, 
/**
 * Their e-mail.
 */
email: string, 
/**
 * Their role.
 */
role: Role, 
/**
 * How many conversations at once.
 */
capacity: number, };
/**
 * `POST /api/tickets`: a token for one kind of socket.
 */
export type TicketRequest = { "for": "desk", } | { "for": "conversation", 
/**
 * Which.
 */
conversation: ConversationId, };
/**
 * A signed, short-lived token that opens sockets.
 */
export type Ticket = { 
/**
 * Goes into the subprotocol list of the socket, after `edgewise.v1`.
 */
token: string, 
/**
 * From now, in milliseconds.
 */
expires_in_ms: number, };
/**
 * `POST /api/visitors`: who am I, and how do I get to my conversation?
 */
export type VisitorHello = { 
/**
 * The site of the embedding page.
 */
site: SiteId, 
/**
 * The browser's secret: 32 random bytes in base64url, made by the browser once.
 */
secret: string, };
/**
 * The answer to [`VisitorHello`].
 */
export type VisitorWelcome = { 
/**
 * The visitor's conversation.
 */
conversation: ConversationId, 
/**
 * Opens its socket.
 */
ticket: Ticket, 
/**
 * Name of the site, as its owner wrote it.
 */
site_name: string, };
/**
 * One request of a client.
 */
export type Poll = { 
/**
 * The session, as the first answer named it; absent opens one.
 */
session?: string, 
/**
 * Frames of the client, in order, each the text of one. None in an open session: wait for
 * frames of the server.
 */
frames: Array<string>, };
/**
 * The answer.
 */
export type PollAnswer = { 
/**
 * Names the session in further requests.
 */
session: string, 
/**
 * Frames of the server, in order, each the text of one.
 */
frames: Array<string>, 
/**
 * The session has ended behind these frames.
 */
close?: PollClose, };
/**
 * How a polled session has ended: what the close of a socket would say.
 */
export type PollClose = { 
/**
 * A close code (rule C1).
 */
code: number, 
/**
 * Its reason.
 */
reason: string, };
/** Why a socket is closed, and whether coming back helps (rule C1). */
export const closeCodes = {
  text_only: { code: 1003, retry: false },
  too_big: { code: 1009, retry: false },
  bad_frame: { code: 4400, retry: false },
  signed_out: { code: 4401, retry: false },
  hello_required: { code: 4402, retry: false },
  lapsed: { code: 4408, retry: true },
  replaced: { code: 4409, retry: false },
  slow_down: { code: 4429, retry: true },
  fault: { code: 4500, retry: true },
} as const;
/** Bounds that a client keeps by itself. */
export const limits = {
  textChars: 8000,
  nameChars: 80,
  localeChars: 35,
  pageChars: 1024,
  passwordMinChars: 8,
  capacityMax: 50,
} as const;
