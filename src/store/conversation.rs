//! The store of a conversation: its events, its head, its mail.

use super::mail::{self, Mail};
use super::schema::{self, Steps};
use super::sql::{Row, Sql, StoreError, Value};
use crate::conversation::{Effect, Head, Log, Standing};
use crate::id::{AgentId, ClientId, Epoch, Generation, Seq};
use crate::limits;
use crate::protocol::event::{AgentRef, Author, Body, Event};
use crate::protocol::frames::{Context, Marks, Place};
use crate::time::Millis;

pub(super) const STEPS: Steps = &[include_str!("conversation.sql"), mail::TABLES];

const INSERT: &str = "INSERT INTO event(seq, at, role, agent, name, kind, client_id, text)
    VALUES(?, ?, ?, ?, ?, ?, ?, ?)";
const SELECT: &str = "SELECT seq, at, role, agent, name, kind, client_id, text FROM event";
const SAVE: &str =
    "INSERT OR REPLACE INTO head(id, epoch, standing, position, staffed, agent, name,
    generation, seen_visitor, seen_agent, locale, page) VALUES(1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const LOAD: &str = "SELECT epoch, standing, position, staffed, agent, name, generation,
    seen_visitor, seen_agent, locale, page FROM head WHERE id = 1";

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

    /// The outbox and inbox.
    pub fn mail(&self) -> Mail<'a, S> {
        Mail(self.0)
    }

    /// Head and last seq.
    pub fn load(&self) -> Result<(Option<Head>, Seq), StoreError> {
        let head = self.0.rows(LOAD, &[])?.pop().map(read_head).transpose()?;
        let mut last = self.0.rows("SELECT coalesce(max(seq), 0) FROM event", &[])?;
        let seq = match last.pop() {
            Some(mut row) => Seq(row.count()?),
            None => Seq(0),
        };
        Ok((head, seq))
    }

    /// Stores what is to be stored of these effects, in order. `router` is the peer's name.
    pub fn apply(&self, effects: &[Effect], router: &str) -> Result<(), StoreError> {
        for effect in effects {
            match effect {
                Effect::Append(event) => self.append(event)?,
                Effect::Save(head) => self.save(head)?,
                Effect::Tell(tell) => self.mail().put(router, None, tell)?,
                Effect::Send { .. } | Effect::Advance { .. } | Effect::Close { .. } => {}
            }
        }
        Ok(())
    }

    fn append(&self, event: &Event) -> Result<(), StoreError> {
        let (role, who) = match &event.author {
            Author::Visitor => ("visitor", None),
            Author::Agent(agent) => ("agent", Some(agent)),
            Author::System => ("system", None),
        };
        // An `assigned` event names its agent where others name their author: it has none.
        let (kind, who, client_id, text) = match &event.body {
            Body::Message { client_id, text } => {
                ("message", who, Some(client_id.as_str()), Some(text.as_str()))
            }
            Body::Assigned { agent } => ("assigned", Some(agent), None, None),
            Body::Requeued => ("requeued", who, None, None),
            Body::Closed => ("closed", who, None, None),
            Body::Reopened => ("reopened", who, None, None),
        };
        self.0.run(
            INSERT,
            &[
                event.seq.0.into(),
                event.at.0.into(),
                role.into(),
                who.map(|agent| agent.id.as_str()).unwrap_or_default().into(),
                who.map(|agent| agent.name.as_str()).into(),
                kind.into(),
                client_id.into(),
                text.into(),
            ],
        )
    }

    fn save(&self, head: &Head) -> Result<(), StoreError> {
        let (standing, place, agent) = match &head.standing {
            Standing::Waiting { place } => ("waiting", *place, None),
            Standing::Assigned { agent } => ("assigned", None, Some(agent)),
            Standing::Closed => ("closed", None, None),
        };
        self.0.run(
            SAVE,
            &[
                head.epoch.as_str().into(),
                standing.into(),
                place.map(|place| place.position).into(),
                place.map(|place| place.staffed).into(),
                agent.map(|agent| agent.id.as_str()).into(),
                agent.map(|agent| agent.name.as_str()).into(),
                head.generation.0.into(),
                head.seen.visitor.0.into(),
                head.seen.agent.0.into(),
                head.context.locale.as_str().into(),
                head.context.page.as_str().into(),
            ],
        )
    }
}

impl<S: Sql> Log for ConversationStore<'_, S> {
    type Error = StoreError;

    fn find(&self, author: &Author, id: &ClientId) -> Result<Option<Event>, StoreError> {
        let (role, agent) = match author {
            Author::Visitor => ("visitor", ""),
            Author::Agent(agent) => ("agent", agent.id.as_str()),
            Author::System => return Ok(None),
        };
        let sql = format!("{SELECT} WHERE role = ? AND agent = ? AND client_id = ?");
        let args = [role.into(), agent.into(), id.as_str().into()];
        self.0.rows(&sql, &args)?.pop().map(read_event).transpose()
    }

    fn read(&self, after: Seq) -> Result<Vec<Event>, StoreError> {
        let sql = format!("{SELECT} WHERE seq > ? ORDER BY seq LIMIT ?");
        let limit = Value::Int(limits::BATCH_EVENTS as i64);
        let mut events = Vec::new();
        let mut bytes = 0;
        for row in self.0.rows(&sql, &[after.0.into(), limit])? {
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

fn read_event(mut row: Row) -> Result<Event, StoreError> {
    let seq = Seq(row.count()?);
    let at = Millis(row.int()?);
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
        _ => return Err(lost()),
    };
    Ok(Event { seq, at, author, body })
}

fn read_head(mut row: Row) -> Result<Head, StoreError> {
    let lost = || StoreError::unreadable("head");
    let epoch = Epoch::parse(&row.text()?).ok_or_else(lost)?;
    let standing = row.text()?;
    let position = row.maybe_int()?.and_then(|number| u32::try_from(number).ok());
    let staffed = row.maybe_int()?.map(|flag| flag != 0);
    let agent = row.maybe_text()?.as_deref().and_then(AgentId::parse);
    let name = row.maybe_text()?;
    let standing = match standing.as_str() {
        "waiting" => {
            let place = position.zip(staffed);
            Standing::Waiting {
                place: place.map(|(position, staffed)| Place { position, staffed }),
            }
        }
        "assigned" => {
            let (id, name) = agent.zip(name).ok_or_else(lost)?;
            Standing::Assigned { agent: AgentRef { id, name } }
        }
        _ => Standing::Closed,
    };
    Ok(Head {
        epoch,
        standing,
        generation: Generation(row.count()?),
        seen: Marks { visitor: Seq(row.count()?), agent: Seq(row.count()?) },
        context: Context { locale: row.text()?, page: row.text()? },
    })
}
