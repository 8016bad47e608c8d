//! The store of a conversation: its events, its head, its mail.

use super::head;
use super::mail::{self, Mail};
use super::schema::{self, Steps};
use super::sql::{Arg, Row, Sql, StoreError};
use crate::conversation::{Conversation, Digest, Effect, Head, Ids, Last, Log, Page, Tail};
use crate::id::{AgentId, Chain, ClientId, ConversationId, Epoch, Seq};
use crate::limits;
use crate::protocol::event::{AgentRef, Author, Body, Event};
use crate::protocol::frames::ClientFrame;
use crate::protocol::peer::{Delivery, ToConversation};
use crate::protocol::session::Session;
use crate::time::Millis;

pub(super) const STEPS: Steps = &[
    include_str!("conversation.sql"),
    mail::TABLES,
    "ALTER TABLE event ADD COLUMN chain INTEGER NOT NULL DEFAULT 0",
    "DROP INDEX event_client_id;
     CREATE TABLE ids(first INTEGER PRIMARY KEY, digests TEXT NOT NULL)",
    "ALTER TABLE head ADD COLUMN wait_s INTEGER;
     ALTER TABLE head ADD COLUMN opens INTEGER;
     ALTER TABLE head ADD COLUMN department TEXT;
     ALTER TABLE head ADD COLUMN wished TEXT",
    "ALTER TABLE head ADD COLUMN care TEXT",
    "ALTER TABLE head ADD COLUMN person TEXT",
];

/// The one peer of a conversation's outbox.
const ROUTER: &str = "router";

const INSERT: &str = "INSERT INTO event(seq, at, chain, role, agent, name, kind, client_id, text)
    VALUES(?, ?, ?, ?, ?, ?, ?, NULL, NULL)";
/// What stands in front of the comment of a rating.
const GOOD: &str = "+";
const BAD: &str = "-";
const INSERT_RATING: &str =
    "INSERT INTO event(seq, at, chain, role, agent, name, kind, client_id, text)
    VALUES(?, ?, ?, 'visitor', '', NULL, 'rated', NULL, ?)";
const INSERT_OF_VISITOR: &str =
    "INSERT INTO event(seq, at, chain, role, agent, name, kind, client_id, text)
    VALUES(?, ?, ?, 'visitor', '', NULL, 'message', ?, ?)";
const INSERT_OF_AGENT: &str =
    "INSERT INTO event(seq, at, chain, role, agent, name, kind, client_id, text)
    VALUES(?, ?, ?, 'agent', ?, ?, 'message', ?, ?)";
const EVENT: &str = "SELECT seq, at, chain, role, agent, name, kind, client_id, text FROM event
    WHERE seq = ?";
const READ: &str = "SELECT seq, at, chain, role, agent, name, kind, client_id, text FROM event
    WHERE seq > ? ORDER BY seq LIMIT ?";
const TAIL: &str = "SELECT seq, at, chain, role, agent, name, kind, client_id, text FROM event
    ORDER BY seq DESC LIMIT 1";
const PAGES: &str = "SELECT first, digests FROM ids ORDER BY first";
const PAGE: &str = "INSERT INTO ids(first, digests) VALUES(?, ?)";
const SENDERS: &str = "SELECT role, agent, client_id FROM event WHERE seq >= ? ORDER BY seq";
/// A conversation's rows.
pub struct ConversationStore<'a, S>(&'a S);

impl<'a, S: Sql> ConversationStore<'a, S> {
    /// Opens the store without touching it; `migrate` comes first, once in an object's life.
    pub fn new(sql: &'a S) -> Self {
        Self(sql)
    }

    /// Brings the schema up to date.
    pub fn migrate(&self) -> Result<(), StoreError> {
        schema::migrate(self.0, STEPS)
    }

    /// The conversation, rebuilt from its rows; brings the schema up to date before. `fresh`
    /// becomes the epoch of one that has no rows. That one gets its tables with its first row: most
    /// panels that are opened are never written in.
    pub fn restore(&self, id: ConversationId, fresh: Epoch) -> Result<Conversation, StoreError> {
        if self.is_begun()? {
            self.migrate()?;
        }
        let (head, tail) = self.load()?;
        Ok(Conversation::restore(id, head, tail, fresh))
    }

    /// One turn for a frame: what it causes is decided and stored; the effects are what is left
    /// to be done. After an error the machine counts for nothing and has to be restored.
    pub fn take_frame(
        &self,
        machine: &mut Conversation,
        now: Millis,
        from: &Session,
        frame: ClientFrame,
    ) -> Result<Vec<Effect>, StoreError> {
        let new = machine.is_empty();
        let effects = machine.handle_frame(now, from, frame, self)?;
        if new && effects.iter().any(Effect::is_stored) {
            self.migrate()?;
        }
        self.store(now, &effects)?;
        Ok(effects)
    }

    /// One turn for the clock.
    pub fn take_time(
        &self,
        machine: &mut Conversation,
        now: Millis,
    ) -> Result<Vec<Effect>, StoreError> {
        let effects = machine.handle_time(now);
        self.store(now, &effects).map(|()| effects)
    }

    /// One turn for a delivery of the router.
    pub fn take_delivery(
        &self,
        machine: &mut Conversation,
        now: Millis,
        delivery: Delivery<ToConversation>,
    ) -> Result<Vec<Effect>, StoreError> {
        self.0.atomically(|| {
            if machine.is_empty() {
                self.migrate()?;
            }
            let mut effects = Vec::new();
            for tell in self.mail().fresh(delivery)? {
                effects.extend(machine.handle_tell(now, tell));
            }
            self.apply(now, &effects)?;
            Ok(effects)
        })
    }

    /// All or nothing. A single statement is so by itself; a transaction around it would cost as
    /// much as a tenth of a message.
    fn store(&self, now: Millis, effects: &[Effect]) -> Result<(), StoreError> {
        match effects.iter().filter(|effect| effect.is_stored()).count() {
            0 => Ok(()),
            1 => self.apply(now, effects),
            _ => self.0.atomically(|| self.apply(now, effects)),
        }
    }

    /// When the outbox wants to be carried next.
    pub fn due(&self) -> Result<Option<Millis>, StoreError> {
        if self.is_begun()? { self.mail().due() } else { Ok(None) }
    }

    fn is_begun(&self) -> Result<bool, StoreError> {
        Ok(schema::current(self.0)? > 0)
    }

    /// The outbox and inbox.
    pub fn mail(&self) -> Mail<'a, S> {
        Mail(self.0)
    }

    /// Head and end of the log.
    pub fn load(&self) -> Result<(Option<Head>, Tail), StoreError> {
        if !self.is_begun()? {
            return Ok((None, Tail::default()));
        }
        let tail = match self.0.rows(TAIL, &[])?.pop() {
            Some(row) => {
                let event = read_event(row)?;
                let last = Last::of(&event.author, &event.body);
                Tail { seq: event.seq, chain: event.chain, at: event.at, last }
            }
            None => Tail::default(),
        };
        Ok((head::load(self.0)?, tail))
    }

    /// Stores what is to be stored of these effects, in order.
    pub fn apply(&self, now: Millis, effects: &[Effect]) -> Result<(), StoreError> {
        for effect in effects {
            match effect {
                Effect::Append(event) => self.append(event)?,
                Effect::Remember(page) => {
                    let digests = write_digests(&page.digests);
                    self.0.run(PAGE, &[page.first.0.into(), (&digests).into()])?;
                }
                Effect::Save(head) => head::save(self.0, head)?,
                Effect::Tell(tell) => self.mail().put(now, ROUTER, None, tell)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn append(&self, event: &Event) -> Result<(), StoreError> {
        let (seq, at, chain) = (event.seq.0.into(), event.at.0.into(), event.chain.into());
        if let Body::Message { client_id, text } = &event.body {
            let (id, text) = (client_id.as_str().into(), text.into());
            return match &event.author {
                Author::Agent(agent) => {
                    let (who, name) = (agent.id.as_str().into(), (&agent.name).into());
                    self.0.run(INSERT_OF_AGENT, &[seq, at, chain, who, name, id, text])
                }
                _ => self.0.run(INSERT_OF_VISITOR, &[seq, at, chain, id, text]),
            };
        }
        if let Body::Rated { good, comment } = &event.body {
            let text = format!("{}{comment}", if *good { GOOD } else { BAD });
            return self.0.run(INSERT_RATING, &[seq, at, chain, text.as_str().into()]);
        }
        let (role, who) = match &event.author {
            Author::Visitor => ("visitor", None),
            Author::Agent(agent) => ("agent", Some(agent)),
            Author::System => ("system", None),
        };
        // An `assigned` event names its agent where others name their author: it has none.
        let (kind, who) = match &event.body {
            Body::Message { .. } => ("message", who),
            Body::Assigned { agent } => ("assigned", Some(agent)),
            Body::Requeued => ("requeued", who),
            Body::Closed => ("closed", who),
            Body::Reopened => ("reopened", who),
            Body::Rated { .. } => ("rated", who),
            Body::Idle => ("idle", who),
        };
        let agent = who.map(|agent| agent.id.as_str()).unwrap_or_default();
        let name = who.map(|agent| agent.name.as_str());
        self.0.run(INSERT, &[seq, at, chain, role.into(), agent.into(), name.into(), kind.into()])
    }
}

impl<S: Sql> Log for ConversationStore<'_, S> {
    type Error = StoreError;

    fn event(&self, seq: Seq) -> Result<Option<Event>, StoreError> {
        self.0.rows(EVENT, &[seq.0.into()])?.pop().map(read_event).transpose()
    }

    fn ids(&self) -> Result<Ids, StoreError> {
        let pages: Result<Vec<Page>, StoreError> =
            self.0.rows(PAGES, &[])?.into_iter().map(read_page).collect();
        let pages = pages?;
        let begin = pages.last().map_or(Seq(1), Page::next);
        let rest: Result<Vec<Option<Digest>>, StoreError> =
            self.0.rows(SENDERS, &[begin.0.into()])?.into_iter().map(read_digest).collect();
        Ok(Ids::restore(&pages, rest?))
    }

    fn read(&self, after: Seq) -> Result<Vec<Event>, StoreError> {
        let limit = Arg::Int(limits::BATCH_EVENTS as i64);
        let mut events = Vec::new();
        let mut bytes = 0;
        for row in self.0.rows(READ, &[after.0.into(), limit])? {
            let event = read_event(row)?;
            if let Body::Message { text, .. } = &event.body {
                bytes += text.len();
            }
            // The first event goes whatever its size: a batch always leads on.
            if bytes > limits::BATCH_BYTES && !events.is_empty() {
                break;
            }
            events.push(event);
        }
        Ok(events)
    }
}

fn read_chain(row: &mut Row) -> Result<Chain, StoreError> {
    let number = u64::try_from(row.int()?).map_err(|_| StoreError::unreadable("chain"))?;
    Ok(Chain::new(number))
}

/// Eight characters a digest, so that a page is cut without looking into it.
const DIGEST_CHARS: usize = 8;
const NO_DIGEST: &str = "--------";

fn write_digests(digests: &[Option<Digest>]) -> String {
    let text = |digest: &Option<Digest>| match digest {
        Some(Digest(number)) => format!("{number:08x}"),
        None => NO_DIGEST.to_owned(),
    };
    digests.iter().map(text).collect()
}

fn read_page(mut row: Row) -> Result<Page, StoreError> {
    let (first, text) = (Seq(row.count()?), row.text()?);
    let read = |digest: &[u8]| match digest {
        none if none == NO_DIGEST.as_bytes() => Some(None),
        some => {
            let number = u32::from_str_radix(std::str::from_utf8(some).ok()?, 16).ok()?;
            Some(Some(Digest(number)))
        }
    };
    let digests: Option<Vec<_>> = text.as_bytes().chunks(DIGEST_CHARS).map(read).collect();
    Ok(Page { first, digests: digests.ok_or_else(|| StoreError::unreadable("page of ids"))? })
}

/// The digest of a stored message; none for other events.
fn read_digest(mut row: Row) -> Result<Option<Digest>, StoreError> {
    let (role, agent, client_id) = (row.text()?, row.text()?, row.maybe_text()?);
    let Some(client_id) = client_id else { return Ok(None) };
    let lost = || StoreError::unreadable("event");
    let client_id = ClientId::parse(&client_id).ok_or_else(lost)?;
    let author = match role.as_str() {
        "visitor" => Author::Visitor,
        _ => {
            let id = AgentId::parse(&agent).ok_or_else(lost)?;
            Author::Agent(AgentRef { id, name: String::new() })
        }
    };
    Ok(Some(Digest::of(&author, &client_id)))
}

fn read_event(mut row: Row) -> Result<Event, StoreError> {
    let seq = Seq(row.count()?);
    let at = Millis(row.int()?);
    let chain = read_chain(&mut row)?;
    let role = row.text()?;
    let agent = AgentId::parse(&row.text()?);
    let name = row.maybe_text()?;
    let agent = agent.zip(name).map(|(id, name)| AgentRef { id, name });
    let kind = row.text()?;
    let client_id = row.maybe_text()?;
    let text = row.maybe_text()?;
    let lost = || StoreError::unreadable("event");
    let author = match role.as_str() {
        "visitor" => Author::Visitor,
        "agent" => Author::Agent(agent.clone().ok_or_else(lost)?),
        _ => Author::System,
    };
    let body = match kind.as_str() {
        "message" => {
            let client_id = client_id.as_deref().and_then(ClientId::parse).ok_or_else(lost)?;
            Body::Message { client_id, text: text.ok_or_else(lost)? }
        }
        "assigned" => Body::Assigned { agent: agent.ok_or_else(lost)? },
        "requeued" => Body::Requeued,
        "closed" => Body::Closed,
        "reopened" => Body::Reopened,
        "idle" => Body::Idle,
        "rated" => {
            let text = text.ok_or_else(lost)?;
            let (good, rest) = (text.strip_prefix(GOOD), text.strip_prefix(BAD));
            let comment = good.or(rest).ok_or_else(lost)?.to_owned();
            Body::Rated { good: good.is_some(), comment }
        }
        _ => return Err(lost()),
    };
    Ok(Event { seq, at, author, body, chain })
}
