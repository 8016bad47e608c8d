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
 * A file of a conversation: made of who sends it and under which id.
 */
export type FileId = string;
/**
 * What a file is, by its bytes.
 */
export type FileKind = "image" | "pdf" | "document" | "text" | "media" | "other";
/**
 * A file in a conversation.
 */
export type FileRef = { 
/**
 * By which it is fetched.
 */
id: FileId, 
/**
 * What it is.
 */
kind: FileKind, 
/**
 * How large.
 */
bytes: number, 
/**
 * Pixels from left to right, of a picture.
 */
width?: number, 
/**
 * Pixels from top to bottom, of a picture.
 */
height?: number, 
/**
 * A small version of the picture is there, too.
 */
small?: boolean, };
/**
 * Which files a site takes.
 */
export type FileRules = { 
/**
 * Whether any.
 */
on: boolean, 
/**
 * The largest, in MiB; at most `limits::FILE_MIB_MAX`.
 */
max_mib: number, 
/**
 * Which kinds, each once.
 */
kinds: Array<FileKind>, };
/**
 * Why the server refused one request and what the client may do; a closed list.
 */
export type Rejection = "id_reused" | "text_empty" | "text_too_long" | "bad_id" | "not_assigned" | "forbidden" | "not_waiting" | "agent_unavailable" | "unknown_conversation" | "unknown_department" | "offer_over" | "note_too_long" | "file_missing";
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
text: string, } | { "kind": "file", 
/**
 * As that of a message; no file and no message share one.
 */
client_id: ClientId, 
/**
 * The file's name, for people.
 */
text: string, 
/**
 * The file.
 */
file: FileRef, } | { "kind": "assigned", 
/**
 * Who answers from now on.
 */
agent: AgentRef, } | { "kind": "requeued" } | { "kind": "closed" } | { "kind": "reopened" } | { "kind": "joined", 
/**
 * Who.
 */
agent: AgentRef, } | { "kind": "left", 
/**
 * Who.
 */
agent: AgentRef, } | { "kind": "idle" } | { "kind": "rated", 
/**
 * Whether it helped.
 */
good: boolean, 
/**
 * In their words; may be empty.
 */
comment: string, } | { "kind": "filled", 
/**
 * The sender's own id of it.
 */
client_id: ClientId, 
/**
 * In the order of the form.
 */
answers: Array<Answer>, };
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
page: string, 
/**
 * The department that the visitor chose, or that the page embeds.
 */
department?: DepartmentId, 
/**
 * The agent whom the visitor or a link asks for.
 */
agent?: AgentId, };
/**
 * A place in the queue.
 */
export type Place = { 
/**
 * 1 is next; 0 is not yet in line, for the department is closed or its queue full.
 */
position: number, 
/**
 * False when no agent accepts chats now.
 */
staffed: boolean, 
/**
 * How long it may take, in seconds and to the minute, when that can be said.
 */
wait_s?: number, 
/**
 * When the department opens next, when it is closed.
 */
opens?: Millis, };
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
 * What the page says of the visitor, and so never trusted: only shown, as text. The conversation
 * keeps what it heard before, and what of it fits (`limits::ABOUT_BYTES`).
 */
export type About = { 
/**
 * Facts by their names, such as `plan`; an empty one takes the fact away.
 */
attributes: { [key in string]: string }, 
/**
 * What the visitor has done lately, by the moment on the browser's clock.
 */
tracked: { [key in Millis]: string }, };
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
context?: Context, 
/**
 * What the page says of the visitor; of agents, ignored.
 */
about?: About, } | { "t": "send", 
/**
 * Chosen by the sender, the same at each retry.
 */
client_id: ClientId, 
/**
 * Plain text.
 */
text: string, } | { "t": "attach", 
/**
 * As that of `send`.
 */
client_id: ClientId, 
/**
 * The file's name, for people; at most `limits::FILE_NAME_CHARS`.
 */
text: string, } | { "t": "typing", 
/**
 * True while typing.
 */
on: boolean, } | { "t": "seen", 
/**
 * Last seq seen.
 */
seq: Seq, } | { "t": "rate", 
/**
 * Whether it helped.
 */
good: boolean, 
/**
 * In their words, at most `limits::NOTE_CHARS`; may be empty.
 */
comment: string, } | { "t": "close", };
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
done: boolean, } | { "t": "about", 
/**
 * All of it.
 */
about: About, } | { "t": "ack", 
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
 * A department of a site: lower-case letters, digits and hyphens, chosen by its admins.
 */
export type DepartmentId = string;
/**
 * What an agent knows and a visitor may need: written like a department.
 */
export type Skill = string;
/**
 * `GET` and `POST /api/routing`: all rules of a site. What is absent has its default, with which
 * a site behaves as one team that shares all visitors.
 */
export type RoutingSettings = { 
/**
 * Counts the saves. Rules that name another count than the present one were made from old
 * ones, and are refused; without one they replace whatever stands.
 */
version?: number, 
/**
 * How long the conversations of an agent whose last console is gone stay theirs, in seconds.
 */
grace_s: number, 
/**
 * Offers in a row that an agent may miss before admins are told.
 */
misses: number, 
/**
 * What one step of priority is worth, in seconds of waiting.
 */
priority_worth_s: number, 
/**
 * Whether any agent may take a waiting visitor out of turn; else only admins and owners.
 */
agents_take: boolean, 
/**
 * An agent who does nothing at any console for so many seconds is away; 0 for never.
 */
away_after_s: number, 
/**
 * At least one. Visitors whom no page rule sends elsewhere enter the first.
 */
departments: Array<Department>, 
/**
 * The first that fits decides where a visitor enters.
 */
pages: Array<PageRule>, };
/**
 * One queue and its rules.
 */
export type Department = { 
/**
 * Names it in rules and links.
 */
id: DepartmentId, 
/**
 * Its name for people.
 */
name: string, 
/**
 * How a visitor comes to an agent.
 */
mode: Mode, 
/**
 * Which of several free agents.
 */
policy: Policy, 
/**
 * A visitor who comes back goes to the last agent, when that one is free.
 */
last_agent_first: boolean, 
/**
 * What the visitor's language means.
 */
language: LanguageRule, 
/**
 * Skills that every visitor of this department needs.
 */
skills: Array<Skill>, 
/**
 * Conversations of this department that one agent may have at once; only capacity when absent.
 */
per_agent?: number, 
/**
 * 0 to 9; of visitors who could go to the same agent, each step counts as
 * `priority_worth_s` of waiting.
 */
priority: number, 
/**
 * Visitors in the queue; whoever comes later is parked. No bound when absent.
 */
queue_max?: number, 
/**
 * Where visitors go when nobody of this department is on duty, or after `fallback_after_s`.
 */
fallback?: DepartmentId, 
/**
 * In seconds; only when nobody is on duty when absent.
 */
fallback_after_s?: number, 
/**
 * How long an offer stands, in seconds.
 */
offer_s: number, 
/**
 * Time for notes after a close, in which the agent gets nobody new; in seconds.
 */
wrap_up_s: number, 
/**
 * A visitor who leaves the agent's word unanswered for so many seconds is asked whether they
 * are still there, and the agent's place is free; 0 for never.
 */
idle_s: number, 
/**
 * Whoever does not answer that either for so many seconds has left: the conversation is
 * closed; 0 for never.
 */
idle_close_s: number, 
/**
 * When it is open; always when absent.
 */
hours?: Hours, };
/**
 * How a visitor comes to an agent.
 */
export type Mode = "automatic" | "offer" | "manual";
/**
 * Which of several free agents.
 */
export type Policy = "least_loaded" | "round_robin";
/**
 * What the visitor's language means.
 */
export type LanguageRule = "ignored" | "preferred" | "required";
/**
 * Sends visitors of some pages to a department.
 */
export type PageRule = { 
/**
 * Part of the page's address.
 */
contains: string, 
/**
 * Where its visitors enter.
 */
department: DepartmentId, 
/**
 * Skills they need besides those of the department.
 */
skills: Array<Skill>, 
/**
 * Their priority, when not that of the department.
 */
priority?: number, };
/**
 * When a department is open.
 */
export type Hours = { 
/**
 * IANA name of the time zone in which the times are meant.
 */
zone: string, 
/**
 * Weekly times; none means closed.
 */
week: Array<Opening>, 
/**
 * Days on which it is closed, `YYYY-MM-DD`.
 */
holidays: Array<string>, };
/**
 * A time of the week.
 */
export type Opening = { 
/**
 * 1 is Monday, 7 Sunday.
 */
day: number, 
/**
 * Minute of the day, 0 to 1439.
 */
from: number, 
/**
 * Minute of the day, up to 1440, after `from`.
 */
to: number, };
/**
 * `POST /api/routing/agents`: what one agent does at the desk.
 */
export type AgentRouting = { 
/**
 * Who.
 */
agent: AgentId, 
/**
 * How many conversations at once.
 */
capacity: number, 
/**
 * Departments, skills and languages.
 */
profile: Profile, };
/**
 * Whom an agent can serve.
 */
export type Profile = { 
/**
 * Their departments; all when empty.
 */
departments: Array<DepartmentId>, 
/**
 * What they know.
 */
skills: Array<Skill>, 
/**
 * Languages as two- or three-letter codes; any when empty.
 */
languages: Array<string>, };
/**
 * A stored decision of the desk, with its reason.
 */
export type Decision = { 
/**
 * Counts all decisions of the site from 1.
 */
nth: number, 
/**
 * When.
 */
at: Millis, 
/**
 * About which conversation.
 */
conversation: ConversationId, 
/**
 * In which department.
 */
department: DepartmentId, 
/**
 * What was decided.
 */
made: Made, 
/**
 * Why.
 */
because: Because, 
/**
 * Whom it concerns: who got the conversation, or had it.
 */
agent?: AgentId, 
/**
 * How long the visitor had waited, in milliseconds.
 */
waited: number, 
/**
 * Others who were looked at, and why it was not them.
 */
others: Array<Other>, };
/**
 * What was decided.
 */
export type Made = "queued" | "parked" | "offered" | "assigned" | "requeued" | "missed" | "moved" | "closed" | "idled" | "resumed";
/**
 * Why it was decided.
 */
export type Because = "wrote" | "last_agent" | "named" | "only_one" | "least_loaded" | "longest_idle" | "turn" | "language" | "accepted" | "declined" | "no_answer" | "took_next" | "took_out_of_turn" | "transfer" | "handed_back" | "agent_gone" | "agent_away" | "out_of_hours" | "opened" | "queue_full" | "nobody_on_duty" | "waited_long" | "ended" | "silent" | "agent_full";
/**
 * Somebody who did not get the conversation.
 */
export type Other = { 
/**
 * Who.
 */
agent: AgentId, 
/**
 * Why not.
 */
why: WhyNot, };
/**
 * A picture of a site, named by what it shows: a hash of its bytes.
 */
export type PictureId = string;
/**
 * Which pictures there are.
 */
export type Pictures = { 
/**
 * The site's.
 */
logo?: PictureId, 
/**
 * Those of agents.
 */
faces: { [key in AgentId]: PictureId }, };
/**
 * `GET` and `POST /api/site`.
 */
export type SiteSettings = { 
/**
 * Its name, as visitors see it.
 */
name: string, 
/**
 * Origins whose pages may embed the widget; a port may be `*`.
 */
origins: Array<string>, };
/**
 * Why somebody did not get a conversation. The first group could not, the second only lost.
 */
export type WhyNot = "offline" | "away" | "wrap_up" | "full" | "other_department" | "department_full" | "lacks_skill" | "other_language" | "declined" | "more_loaded" | "less_idle" | "later_in_turn" | "not_asked_for" | "higher_id";
/**
 * Why an agent does not accept new chats.
 */
export type Away = "chosen" | "missed" | "shift_over" | "idle";
/**
 * A department as consoles name it.
 */
export type DepartmentRef = { 
/**
 * Its id.
 */
id: DepartmentId, 
/**
 * Its name for people; empty for the only one of a site that has made none.
 */
name: string, 
/**
 * How long one place of its queue takes, in milliseconds, when that can be said.
 */
pace_ms?: number, 
/**
 * When it opens next, when it is closed.
 */
opens?: Millis, };
/**
 * What an agent leaves for the next one.
 */
export type Note = { 
/**
 * Who wrote it.
 */
by: AgentRef, 
/**
 * Plain text.
 */
text: string, };
/**
 * A visitor shown to one agent, who may accept or decline.
 */
export type Offer = { 
/**
 * To whom.
 */
agent: AgentId, 
/**
 * Until when.
 */
until: Millis, };
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
capacity: number, 
/**
 * Why they do not accept.
 */
away?: Away, 
/**
 * Until when they write notes.
 */
wrap_up?: Millis, 
/**
 * Whom they can serve.
 */
profile: Profile, };
/**
 * The router's view of a conversation.
 */
export type DeskState = { "is": "waiting", 
/**
 * Lower is served earlier; the position is the place among all that wait in the
 * department.
 */
rank: number, 
/**
 * Who is asked, and until when.
 */
offer?: Offer, } | { "is": "parked", 
/**
 * As in the queue.
 */
rank: number, } | { "is": "assigned", 
/**
 * Who.
 */
agent: AgentRef, 
/**
 * Since when the visitor has been silent for so long that the agent's place is free.
 */
idle?: Millis, } | { "is": "closed", 
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
 * In which department.
 */
department: DepartmentId, 
/**
 * From the agent before.
 */
note?: Note, 
/**
 * Who the visitor is, when the site's server has said so.
 */
person?: Person, 
/**
 * Agents who help; it is not theirs and takes none of their places.
 */
helpers: Array<AgentRef>, 
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
to: AgentId, 
/**
 * What the next agent should know.
 */
note?: string, } | { "t": "hand_back", 
/**
 * Which.
 */
conversation: ConversationId, 
/**
 * Into which queue; the one it came from when absent.
 */
department?: DepartmentId, 
/**
 * What the next agent should know.
 */
note?: string, } | { "t": "invite", 
/**
 * Which.
 */
conversation: ConversationId, 
/**
 * Whom.
 */
to: AgentId, } | { "t": "leave", 
/**
 * Which.
 */
conversation: ConversationId, } | { "t": "take", 
/**
 * Which.
 */
conversation: ConversationId, } | { "t": "answer", 
/**
 * Which conversation was offered.
 */
conversation: ConversationId, 
/**
 * True to take it.
 */
yes: boolean, } | { "t": "ready", } | { "t": "active", } | { "t": "explain", 
/**
 * About which.
 */
conversation?: ConversationId, };
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
 * Waiting, parked, assigned, and lately closed conversations.
 */
conversations: Array<DeskEntry>, 
/**
 * The departments of the site.
 */
departments: Array<DepartmentRef>, 
/**
 * Conversations that went back to the queue while the agent of this socket was gone.
 */
lost: number, 
/**
 * Seconds without activity after which agents are away; absent for never.
 */
away_after_s?: number, } | { "t": "departments", 
/**
 * All of them now.
 */
departments: Array<DepartmentRef>, 
/**
 * As in `Desk`.
 */
away_after_s?: number, } | { "t": "missing", 
/**
 * Who.
 */
agent: AgentRef, 
/**
 * How many.
 */
misses: number, } | { "t": "decisions", 
/**
 * About which conversation; absent for all.
 */
conversation?: ConversationId, 
/**
 * The decisions.
 */
list: Array<Decision>, } | { "t": "agent", 
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
export type ErrorCode = "bad_request" | "field_missing" | "field_invalid" | "too_large" | "sign_in_required" | "wrong_credentials" | "wrong_token" | "too_many_tries" | "origin_not_allowed" | "identity_required" | "identity_invalid" | "identity_expired" | "forbidden" | "not_found" | "method_not_allowed" | "already_set_up" | "outdated" | "email_taken" | "upgrade_required" | "token_invalid" | "session_lost" | "type_not_allowed" | "has_metadata" | "files_full" | "not_configured" | "fault";
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
message: string, 
/**
 * Which field of the body it is about, as a path like `departments.1.offer_s`.
 */
field?: string, };
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
 * `POST /api/agents/remove`.
 */
export type RemoveAgent = { 
/**
 * Whom.
 */
agent: AgentId, };
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
secret: string, 
/**
 * What the site's server says of the visitor: a JSON Web Token.
 */
token?: string, };
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
site_name: string, 
/**
 * What the panel shows before anything is written.
 */
lobby: Lobby, 
/**
 * Which files may be sent; absent when none may.
 */
files?: FileRules, };
/**
 * A visitor whom the site's own server has named, in a token that it has signed.
 */
export type Person = { 
/**
 * The site's id of them, `sub` of the token; at most `limits::SUBJECT_CHARS`.
 */
id: string, 
/**
 * What they are called, cut at `limits::NAME_CHARS`.
 */
name?: string, 
/**
 * Their address, cut at `limits::EMAIL_CHARS`. Only shown, never written to.
 */
email?: string, };
/**
 * By what the tokens of a site are signed. The site decides, never the token.
 */
export type IdentityMethod = "off" | "hs256" | "es256" | "eddsa";
/**
 * `GET /api/identity`: how a site's visitors can prove who they are. No secret is in here.
 */
export type IdentityState = { 
/**
 * By what tokens are signed.
 */
method: IdentityMethod, 
/**
 * Whether the secret before the present one counts, too.
 */
old_secret: boolean, 
/**
 * The public key, as PEM.
 */
key?: string, 
/**
 * Whether visitors without a token are refused.
 */
required: boolean, };
/**
 * `POST /api/identity`: one change.
 */
export type IdentityChange = { 
/**
 * Which.
 */
do: IdentityAct, 
/**
 * With `public_key`: the key as PEM, P-256 or Ed25519.
 */
key?: string, };
/**
 * What can be changed.
 */
export type IdentityAct = "new_secret" | "end_old_secret" | "public_key" | "off" | "require" | "welcome";
/**
 * The answer to [`IdentityChange`].
 */
export type IdentityChanged = { 
/**
 * As it is now.
 */
state: IdentityState, 
/**
 * The new secret, which is not shown again.
 */
secret?: string, };
/**
 * A field of a form: written like a department, chosen by the site's admins.
 */
export type FieldId = string;
/**
 * `GET` and `POST /api/widget`: what is absent has its default.
 */
export type WidgetSettings = { 
/**
 * The colour in the snippet, as `#0b7285`; ours when empty.
 */
color: string, 
/**
 * The sentence beside the launcher in the snippet; none when empty.
 */
greeting: string, 
/**
 * Nobody of the team is shown before they are spoken to.
 */
hide_team: boolean, 
/**
 * Asked before the first message while somebody is there; nothing when it has no fields.
 */
before: Form, 
/**
 * Asked before the first message while nobody is there.
 */
away: Form, };
/**
 * What a visitor is asked.
 */
export type Form = { 
/**
 * In the order in which they are asked, at most `limits::FORM_FIELDS`.
 */
fields: Array<Field>, 
/**
 * What the visitor must agree to; nothing when empty.
 */
consent: Phrase, };
/**
 * One thing that is asked.
 */
export type Field = { 
/**
 * Names it among the answers; unique in its form.
 */
id: FieldId, 
/**
 * What is asked.
 */
kind: FieldKind, 
/**
 * Whether the form cannot be sent without it.
 */
required: boolean, 
/**
 * The question; the widget's own words for this kind when empty.
 */
label: Phrase, 
/**
 * Of `choice` and `department`: what there is to choose from.
 */
choices: Array<Choice>, };
/**
 * What is asked by a field.
 */
export type FieldKind = "name" | "email" | "phone" | "text" | "choice" | "department" | "consent";
/**
 * One of the answers to choose from.
 */
export type Choice = { 
/**
 * What is sent; unique in its field.
 */
value: string, 
/**
 * What is shown.
 */
label: Phrase, };
/**
 * A text of the owner's.
 */
export type Phrase = { 
/**
 * Where no other fits.
 */
text: string, 
/**
 * In other languages, by their tags: `{"de": "Ihr Name"}`.
 */
others: { [key in string]: string }, };
/**
 * Which of the forms.
 */
export type FormName = "before" | "away";
/**
 * `POST /api/forms`: what a visitor has answered, who shows the token of a ticket.
 */
export type FormAnswers = { 
/**
 * The sender's id, the same at each retry: the answers are stored once.
 */
client_id: ClientId, 
/**
 * Which form.
 */
form: FormName, 
/**
 * By the ids of the fields; what was left empty may be absent.
 */
answers: { [key in FieldId]: string }, 
/**
 * Whether they agree to the form's `consent`.
 */
consent: boolean, };
/**
 * One answer, as agents see it.
 */
export type Answer = { 
/**
 * To what.
 */
kind: FieldKind, 
/**
 * The question, in the site's first language; empty where the kind says it.
 */
label: string, 
/**
 * What was answered; of a choice its label.
 */
text: string, };
/**
 * What a panel shows before anything is written.
 */
export type Lobby = { 
/**
 * Somebody is there.
 */
online: boolean, 
/**
 * When the site opens next, while it is closed.
 */
opens?: Millis, 
/**
 * How long the first answer takes, in seconds: the median of the conversations that ended in
 * the last 7 days, of those that began in office hours. None when they are too few.
 */
reply_s?: number, 
/**
 * What is asked before the first message.
 */
form?: Asked, 
/**
 * Some of those who are there; nobody where the owner hides them.
 */
team: Array<AgentRef>, 
/**
 * The site's logo, and the faces of its agents.
 */
pictures: Pictures, };
/**
 * The form that belongs to this hour.
 */
export type Asked = { 
/**
 * Which it is.
 */
name: FormName, 
/**
 * What is asked.
 */
form: Form, };
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
  moved: { code: 4410, retry: true },
  slow_down: { code: 4429, retry: true },
  fault: { code: 4500, retry: true },
} as const;
/** Those after which coming back would not help. */
export const finalCodes: readonly number[] = [1003, 1009, 4400, 4401, 4402, 4409];
// Bounds that a client keeps by itself; alone, too, where there is no room.
export const textChars = 8000;
export const nameChars = 80;
export const emailChars = 254;
export const phoneChars = 32;
export const localeChars = 35;
export const pageChars = 1024;
export const factNameChars = 40;
export const factChars = 200;
export const facts = 20;
export const passwordMinChars = 8;
export const capacityMax = 50;
export const noteChars = 500;
export const answerChars = 2000;
export const formFields = 10;
export const phraseChars = 300;
export const fileNameChars = 255;
export const fileMibMax = 90;
export const smallSide = 480;
export const limits = { textChars, nameChars, emailChars, phoneChars, localeChars, pageChars, factNameChars, factChars, facts, passwordMinChars, capacityMax, noteChars, answerChars, formFields, phraseChars, fileNameChars, fileMibMax, smallSide } as const;
