//! Every bound, with its unit and the reason for it. The tests try each at the bound and one past.

use crate::time::Span;

/// Length of a site id. It stands in HTML by hand, so it is short.
pub const SITE_ID_BYTES: usize = 40;
/// Length of any other id: room for a UUID or 256 bits in base64url.
pub const ID_BYTES: usize = 48;
/// A message. Longer texts are documents, and a row must stay far below SQLite's 2 MB.
pub const TEXT_CHARS: usize = 8_000;
/// Names of agents and sites.
pub const NAME_CHARS: usize = 80;
/// E-mail addresses (RFC 5321 path).
pub const EMAIL_CHARS: usize = 254;
/// Shortest password (NIST SP 800-63B).
pub const PASSWORD_MIN_CHARS: usize = 8;
/// Longest password: enough for any pass phrase, bounded work for argon2.
pub const PASSWORD_MAX_CHARS: usize = 256;
/// Language tag of a widget (BCP 47 asks for at least 35).
pub const LOCALE_CHARS: usize = 35;
/// URL of the visitor's page, cut there by the widget.
pub const PAGE_CHARS: usize = 1_024;
/// Name of a fact about the visitor, or of something they did.
pub const FACT_NAME_CHARS: usize = 40;
/// What is said of it.
pub const FACT_CHARS: usize = 200;
/// Facts about one visitor, and things they did: more than anybody looks through beside a chat.
pub const FACTS: usize = 20;
/// Text of all of them: it is kept with a socket before there is a row, in 16 KiB with the rest.
pub const ABOUT_BYTES: usize = 4 * 1024;
/// Origins a site may list.
pub const ORIGINS: usize = 50;
/// A frame of a visitor: an 8,000-character text of 4-byte characters fits.
pub const VISITOR_FRAME_BYTES: usize = 32 * 1024;
/// Frames of a conversation that are no further apart come in a burst. People are slower, and a
/// core that has hundreds of conversations in bursts comes to each as often as this.
pub const BURST_GAP: Span = Span(25);
/// Frames of a conversation that wait for the end of a pass of the event loop.
pub const GATHERED_FRAMES: usize = 64;
/// Text of all of them. One that is far too big waits for nothing.
pub const GATHERED_BYTES: usize = 256 * 1024;
/// A frame of an agent.
pub const AGENT_FRAME_BYTES: usize = 64 * 1024;
/// Body of an API request.
pub const BODY_BYTES: usize = 16 * 1024;
/// Body of a delivery between objects; it is ours, and batches are bounded by `TELLS_PER_DELIVERY`.
pub const TELLS_PER_DELIVERY: usize = 64;
/// Receivers served by one run of an outbox: the platform opens six connections at a time, so six
/// rounds.
pub const PEERS_PER_RUN: usize = 36;
/// Events in one batch.
pub const BATCH_EVENTS: usize = 200;
/// Text in one batch.
pub const BATCH_BYTES: usize = 256 * 1024;
/// Events whose ids are kept in one page: so many rows at most are read to remember the newest ids.
pub const PAGE_EVENTS: usize = 128;
/// Sockets of one participant in one object; one goes when one more comes.
pub const SESSIONS_PER_PARTICIPANT: usize = 5;
/// A client that has given no sign of life for this long has missed a ping: by then it would have
/// given up a connection that does not answer.
pub const PING_MISSED: Span = Span::seconds(40);
/// Frames a participant may send at once …
pub const BURST_FRAMES: u32 = 40;
/// … and the pace after that: one frame each so many milliseconds.
pub const FRAME_PACE: Span = Span(100);
/// The largest file a site takes unless it says otherwise, in MiB: a picture of any phone fits.
pub const FILE_MIB: u32 = 10;
/// The largest it may allow: the platform takes no larger body on its smallest plan (100 MB).
pub const FILE_MIB_MAX: u32 = 90;
/// Name of a file: what file systems allow.
pub const FILE_NAME_CHARS: usize = 255;
/// The small version of a picture: what a thread shows of it …
pub const SMALL_BYTES: u32 = 128 * 1024;
/// … and its longer side, in pixels.
pub const SMALL_SIDE: u32 = 480;
/// Files of one conversation …
pub const FILES: u32 = 50;
/// … and all their bytes.
pub const FILES_BYTES: u64 = 250 << 20;
/// A file that no message carries is dropped after this: a day, for a browser that was closed
/// between file and message still has both.
pub const FILE_WAIT: Span = Span::seconds(24 * 3600);
/// Dropping a file that failed is tried again after this.
pub const FILE_PAUSE: Span = Span::seconds(60);
/// Files dropped by one ring of the alarm.
pub const FILES_PER_RUN: u32 = 50;
/// Pixels of a picture: that of any camera fits, and what unpacks to gigabytes does not.
pub const IMAGE_PIXELS: u64 = 64_000_000;
/// A logo or a face: what consoles make of a picture, were it a photograph in PNG.
pub const PICTURE_BYTES: usize = 64 * 1024;
/// Its longer side, in pixels: twice or thrice what is seen.
pub const PICTURE_SIDE: u32 = 512;
/// Faces a panel is told of; the others are shown by their initials.
pub const FACES_TOLD: usize = 100;
/// Agents shown before anybody has written.
pub const TEAM_SHOWN: usize = 3;
/// Agents one site may have.
pub const AGENTS_PER_SITE: usize = 1_000;
/// Conversations an agent may serve at once.
pub const CAPACITY_MAX: u32 = 50;
/// Closed conversations the desk still lists.
pub const CLOSED_LISTED: usize = 50;
/// Closed conversations the desk remembers, so that who comes back finds the last agent.
pub const CLOSED_KEPT: usize = 1_000;
/// Places of a queue that are told in the turn that changed them, if that is the first one for
/// `PLACES_PAUSE` …
pub const PLACES_AT_ONCE: usize = 20;
/// … and of those behind, so many at a time: a tell wakes an object, so a move of ten thousand is
/// spread …
pub const PLACES_PER_ROUND: usize = 100;
/// … over rounds this far apart.
pub const PLACES_PAUSE: Span = Span::seconds(1);
/// How long an agent's conversations stay after the last console is gone, unless a site says
/// otherwise; in seconds. A reload takes two, a network that changes about ten.
pub const GRACE_S: u32 = 30;
/// How long a visitor may leave an agent's word unanswered before they are asked, and again before
/// the conversation is closed, unless a site says otherwise; in seconds. Who looks something up or
/// fetches a card is back by then.
pub const IDLE_S: u32 = 900;
/// Any time a site may set for its desk, in seconds: a day.
pub const DESK_TIME_S: u32 = 24 * 3600;
/// Departments a site may have.
pub const DEPARTMENTS: usize = 50;
/// Rules of pages a site may have; the body of a request bounds them, too.
pub const PAGE_RULES: usize = 100;
/// Skills of one agent, department or rule; languages of an agent.
pub const SKILLS: usize = 20;
/// Highest priority of a department.
pub const PRIORITY_MAX: u32 = 9;
/// Times of a week, and holidays, in the hours of one department.
pub const OPENINGS: usize = 50;
/// A note that goes with a transfer.
pub const NOTE_CHARS: usize = 500;
/// Conversations that must have ended before it is told how long an answer takes …
pub const REPLIES_MIN: usize = 3;
/// … of those that ended within this: a week has all hours of an office.
pub const REPLIES_WITHIN: Span = Span::seconds(7 * 24 * 3600);
/// Fields of one form: a longer one nobody fills in.
pub const FORM_FIELDS: usize = 10;
/// Answers to choose from in one field.
pub const FORM_CHOICES: usize = 30;
/// A question, an answer to choose, the greeting, or what a visitor agrees to.
pub const PHRASE_CHARS: usize = 300;
/// Languages of one such text.
pub const PHRASE_LANGUAGES: usize = 20;
/// An answer of a visitor: some paragraphs.
pub const ANSWER_CHARS: usize = 2_000;
/// A telephone number, with all that people write into it (E.164 has 15 digits).
pub const PHONE_CHARS: usize = 32;
/// Agents who help with one conversation; more would talk across each other.
pub const HELPERS: usize = 4;
/// Decisions a desk remembers.
pub const DECISIONS_KEPT: usize = 1_000;
/// Decisions told at a time; what is older is of no help.
pub const DECISIONS_TOLD: usize = 50;
/// Others named in a decision.
pub const OTHERS_NAMED: usize = 6;
/// Agents looked at to name those who could not: a decision must not cost a walk over all.
pub const OTHERS_LOOKED_AT: usize = 20;
/// Places left in a queue from which the expected wait is told.
pub const PACE_SAMPLES: usize = 16;
/// A longer pause between two of them is no pace: the count begins anew.
pub const PACE_GAP: Span = Span::seconds(1_800);
/// Who has declined or missed a visitor is asked again after this, when nobody else took them.
pub const OFFER_REST: Span = Span::seconds(60);
/// A console with no sign of life for so long is gone: three pings of 25 s may fail.
pub const LEASE: Span = Span::seconds(80);
/// How often leases are read while an agent is online.
pub const LEASE_CHECK: Span = Span::seconds(30);
/// Life of a visitor's token: long enough to connect, short enough to be worthless when found.
pub const VISITOR_TOKEN: Span = Span::seconds(300);
/// Longest life of a token by which a site's server names a visitor: `exp` less `iat`.
pub const IDENTITY: Span = Span::seconds(3600);
/// So far may the clock of a site's server be ahead of ours.
pub const CLOCK_SKEW: Span = Span::seconds(60);
/// Such a token: room for an address, a name, and claims that are for others.
pub const IDENTITY_BYTES: usize = 4 * 1024;
/// A site's id of a person, `sub`.
pub const SUBJECT_CHARS: usize = 128;
/// A visitor's session by the secret alone takes messages for so long, and then needs another
/// token: so a site that begins to refuse such visitors is rid of them after this.
pub const UNNAMED_SESSION: Span = Span::seconds(3600);
/// Life of an agent's ticket.
pub const AGENT_TOKEN: Span = Span::seconds(60);
/// An agent's sign-in ends after so long without use.
pub const SIGN_IN_IDLE: Span = Span::seconds(12 * 3600);
/// An agent's sign-in ends after so long whatever happens.
pub const SIGN_IN_MAX: Span = Span::seconds(7 * 24 * 3600);
/// The last use of a sign-in is written down this often: a row an hour, not one a request.
pub const SIGN_IN_NOTED: Span = Span::seconds(3600);
/// Wrong passwords of one account before it rests.
pub const SIGN_IN_TRIES: u32 = 8;
/// How long it rests.
pub const SIGN_IN_REST: Span = Span::seconds(15 * 60);
/// A receiver that has not answered a delivery after so many milliseconds has failed: one stuck
/// object must not hold up the outbox for all.
pub const DELIVERY_MS: u32 = 10_000;
/// First pause of an outbox after a failure; it doubles …
pub const OUTBOX_PAUSE: Span = Span::seconds(1);
/// … up to this.
pub const OUTBOX_PAUSE_MAX: Span = Span::seconds(60);
/// Clients that may come back are spread over at least this.
pub const RETRY_SPREAD: Span = Span::seconds(2);
/// A fault of ours is not met again before this has passed.
pub const FAULT_REST: Span = Span::seconds(1);
/// A request that waits for frames is answered after this at the latest: proxies cut what is
/// silent for 30 s.
pub const POLL_WAIT: Span = Span::seconds(25);
/// A polled session nobody asks for is gone after this.
pub const POLL_LEASE: Span = Span::seconds(60);
/// Frames in one request of a polled session.
pub const POLL_FRAMES: usize = 16;
/// Body of such a request: any one frame fits, whatever must be escaped in it, or many short ones.
pub const POLL_BYTES: usize = 96 * 1024;
/// Frames kept for a polled session that does not ask for them: then it has to say hello again.
pub const POLL_QUEUE: usize = 256;
/// A stuck socket handler is cut off after this.
pub const SOCKET_EVENT: Span = Span::seconds(20);
