//! The log of one conversation as the simulation knows it, read from the table by SQL of its own.
//! It grows only, but for a restored backup: then another history begins, and the old one is kept
//! for what is still on its way.

use super::{Checked, HostSql, Violation, fault, violation};
use edgewise::conversation::Standing;
use edgewise::id::{AgentId, Chain, ClientId};
use edgewise::protocol::event::{AgentRef, Author, Body, Event};
use edgewise::store::{Row, Sql, StoreError};
use edgewise::time::Millis;
use std::collections::{HashMap, HashSet};

const ROWS: &str = "SELECT seq, at, chain, role, agent, name, kind, client_id, text FROM event
    WHERE seq > ? ORDER BY seq";

/// Who sent a message: the visitor, or an agent.
type Sender = Option<AgentId>;

/// Who serves a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Served {
    #[default]
    Closed,
    Waiting,
    By(AgentId),
}

#[derive(Default)]
pub struct Ledger {
    histories: Vec<Vec<Event>>,
    ids: HashMap<(Sender, ClientId), usize>,
    /// Who serves, by the log alone.
    standing: Served,
    /// The number of the last message of each tab that writes.
    order: HashMap<String, u32>,
    /// Messages that were refused on one session, or stood in a history that was lost: on another
    /// session they may still arrive, late.
    unordered: HashSet<ClientId>,
}

impl Ledger {
    pub fn new() -> Self {
        Self { histories: vec![Vec::new()], ..Self::default() }
    }

    /// The history that goes on.
    pub fn now(&self) -> u32 {
        self.histories.len() as u32 - 1
    }

    pub fn log(&self) -> &[Event] {
        &self.histories[self.histories.len() - 1]
    }

    pub fn last(&self) -> u32 {
        self.log().len() as u32
    }

    /// How many events a history has.
    pub fn known(&self, history: u32) -> usize {
        self.histories[history as usize].len()
    }

    pub fn event(&self, seq: u32) -> Option<&Event> {
        self.log().get((seq as usize).checked_sub(1)?)
    }

    /// The stored message of this sender and id.
    pub fn find(&self, author: &Author, id: &ClientId) -> Option<&Event> {
        let at = *self.ids.get(&(sender(author), id.clone()))?;
        self.log().get(at)
    }

    /// Reads what a transaction has stored: dense, once, in the order of each writer (D1 to D3).
    pub fn absorb(&mut self, sql: &HostSql) -> Checked {
        let rows = rows(sql, self.last())?;
        for row in rows {
            let event = read(row).map_err(fault)?;
            if event.seq.0 != self.last() + 1 {
                return violation(format!("D3: {} follows {}", event.seq, self.last()));
            }
            self.note(&event)?;
            if let Some(log) = self.histories.last_mut() {
                log.push(event);
            }
        }
        Ok(())
    }

    fn note(&mut self, event: &Event) -> Checked {
        match &event.body {
            Body::Assigned { agent } => self.standing = Served::By(agent.id.clone()),
            Body::Requeued | Body::Reopened => self.standing = Served::Waiting,
            Body::Message { .. } | Body::Filled { .. } if event.seq.0 == 1 => {
                self.standing = Served::Waiting;
            }
            Body::Closed => self.standing = Served::Closed,
            Body::Message { .. }
            | Body::File { .. }
            | Body::Filled { .. }
            | Body::Rated { .. }
            | Body::Idle
            | Body::Joined { .. }
            | Body::Left { .. } => {}
        }
        let Body::Message { client_id, .. } = &event.body else { return Ok(()) };
        if self.standing == Served::Closed {
            return violation(format!("L2: {client_id} was written and nobody was called"));
        }
        let key = (sender(&event.author), client_id.clone());
        if let Some(first) = self.ids.insert(key, event.seq.0 as usize - 1) {
            return violation(format!("D2: {client_id} stands at {} and {}", first + 1, event.seq));
        }
        if self.unordered.contains(client_id) {
            return Ok(());
        }
        let (tab, number) = origin(client_id);
        let before = self.order.insert(tab.to_owned(), number);
        match before {
            Some(before) if before >= number => {
                violation(format!("D3: {tab} wrote {number} before {before}, the log says after"))
            }
            _ => Ok(()),
        }
    }

    pub fn note_refused(&mut self, id: &ClientId) {
        self.unordered.insert(id.clone());
    }

    /// R14: the status is what the log says.
    pub fn check_standing(&self, standing: &Standing) -> Checked {
        let agree = match (&self.standing, standing) {
            (Served::Closed, Standing::Closed) | (Served::Waiting, Standing::Waiting { .. }) => {
                true
            }
            (Served::By(id), Standing::Assigned { agent }) => *id == agent.id,
            _ => false,
        };
        if agree {
            return Ok(());
        }
        violation(format!("R14: {standing:?} where the log says {:?}", self.standing))
    }

    /// The whole table is what was read when it was stored (D1).
    pub fn check_whole(&self, sql: &HostSql) -> Checked {
        let rows = rows(sql, 0)?;
        let stored: Result<Vec<Event>, StoreError> = rows.into_iter().map(read).collect();
        if stored.map_err(fault)? != self.log() {
            return violation("D1: the log changed after it was stored".into());
        }
        Ok(())
    }

    /// The database was put back: another history begins with what it holds.
    pub fn branch(&mut self, sql: &HostSql) -> Checked {
        self.histories.push(Vec::new());
        self.unordered.extend(self.ids.drain().map(|((_, id), _)| id));
        self.order.clear();
        self.standing = Served::Closed;
        self.absorb(sql)
    }

    /// A reader that took the event at each seq from these histories holds the log (D4).
    pub fn check_reader(&self, name: &str, held: &[u32]) -> Checked {
        if held.len() != self.log().len() {
            let (has, all) = (held.len(), self.log().len());
            return violation(format!("D4: {name} holds {has} events of {all}"));
        }
        let other = |(at, history): (usize, &u32)| {
            *history != self.now() && self.histories[*history as usize][at] != self.log()[at]
        };
        match held.iter().enumerate().position(other) {
            Some(at) => violation(format!("D4: {name} holds another event at {}", at + 1)),
            None => Ok(()),
        }
    }
}

/// Tab and number in an id that a tab of this world has made.
fn origin(id: &ClientId) -> (&str, u32) {
    let (tab, number) = id.as_str().split_once('n').unwrap_or((id.as_str(), "0"));
    (tab, number.parse().unwrap_or(0))
}

fn sender(author: &Author) -> Sender {
    match author {
        Author::Agent(agent) => Some(agent.id.clone()),
        _ => None,
    }
}

/// The stored events after `after`. Before the first message there is no table.
fn rows(sql: &HostSql, after: u32) -> Result<Vec<Row>, Violation> {
    if sql.count("SELECT count(*) FROM sqlite_master") == 0 {
        return Ok(Vec::new());
    }
    sql.rows(ROWS, &[after.into()]).map_err(fault)
}

fn read(mut row: Row) -> Result<Event, StoreError> {
    let odd = || StoreError("a row that no event makes".into());
    let seq = edgewise::id::Seq(row.count()?);
    let at = Millis(row.int()?);
    let chain = Chain::new(row.int()? as u64);
    let role = row.text()?;
    let agent = AgentId::parse(&row.text()?).zip(row.maybe_text()?);
    let agent = agent.map(|(id, name)| AgentRef { id, name });
    let kind = row.text()?;
    let client_id = row.maybe_text()?.as_deref().and_then(ClientId::parse);
    let message = client_id.zip(row.maybe_text()?);
    let body = match kind.as_str() {
        "message" => {
            let (client_id, text) = message.ok_or_else(odd)?;
            Body::Message { client_id, text }
        }
        "assigned" => Body::Assigned { agent: agent.clone().ok_or_else(odd)? },
        "requeued" => Body::Requeued,
        "closed" => Body::Closed,
        "reopened" => Body::Reopened,
        "idle" => Body::Idle,
        "joined" => Body::Joined { agent: agent.clone().ok_or_else(odd)? },
        "left" => Body::Left { agent: agent.clone().ok_or_else(odd)? },
        _ => return Err(odd()),
    };
    let author = match role.as_str() {
        "visitor" => Author::Visitor,
        "agent" => Author::Agent(agent.ok_or_else(odd)?),
        _ => Author::System,
    };
    Ok(Event { seq, at, author, body, chain })
}
