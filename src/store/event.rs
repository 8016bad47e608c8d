//! Events as rows. The text of a file is what it is and its name, that of a form the JSON of its
//! answers, that of a rating begins with what was chosen.

use super::files::{self, Files};
use super::sql::{Row, Sql, StoreError};
use crate::id::{AgentId, Chain, ClientId, Seq};
use crate::protocol::event::{AgentRef, Author, Body, Event};
use crate::protocol::file::FileRef;
use crate::time::Millis;

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
const INSERT_FILE: &str =
    "INSERT INTO event(seq, at, chain, role, agent, name, kind, client_id, text)
    VALUES(?, ?, ?, ?, ?, ?, 'file', ?, ?)";
const INSERT_FORM: &str =
    "INSERT INTO event(seq, at, chain, role, agent, name, kind, client_id, text)
    VALUES(?, ?, ?, 'visitor', '', NULL, 'filled', ?, ?)";

/// Stores an event.
pub(super) fn append<S: Sql>(sql: &S, event: &Event) -> Result<(), StoreError> {
    let (seq, at, chain) = (event.seq.0.into(), event.at.0.into(), event.chain.into());
    if let Body::Message { client_id, text } = &event.body {
        let (id, text) = (client_id.as_str().into(), text.into());
        return match &event.author {
            Author::Agent(agent) => {
                let (who, name) = (agent.id.as_str().into(), (&agent.name).into());
                sql.run(INSERT_OF_AGENT, &[seq, at, chain, who, name, id, text])
            }
            _ => sql.run(INSERT_OF_VISITOR, &[seq, at, chain, id, text]),
        };
    }
    if let Body::File { client_id, text, file } = &event.body {
        return append_file(sql, event, client_id, text, file);
    }
    if let Body::Rated { good, comment } = &event.body {
        let text = format!("{}{comment}", if *good { GOOD } else { BAD });
        return sql.run(INSERT_RATING, &[seq, at, chain, text.as_str().into()]);
    }
    if let Body::Filled { client_id, answers } = &event.body {
        let text = serde_json::to_string(answers).map_err(|error| StoreError(error.to_string()))?;
        let id = client_id.as_str().into();
        return sql.run(INSERT_FORM, &[seq, at, chain, id, text.as_str().into()]);
    }
    let (role, who) = match &event.author {
        Author::Visitor => ("visitor", None),
        Author::Agent(agent) => ("agent", Some(agent)),
        Author::System => ("system", None),
    };
    // Who is assigned, joined or left stands where others name their author: these have none.
    let (kind, who) = match &event.body {
        Body::Message { .. } => ("message", who),
        Body::File { .. } => ("file", who),
        Body::Assigned { agent } => ("assigned", Some(agent)),
        Body::Requeued => ("requeued", who),
        Body::Closed => ("closed", who),
        Body::Reopened => ("reopened", who),
        Body::Rated { .. } => ("rated", who),
        Body::Idle => ("idle", who),
        Body::Joined { agent } => ("joined", Some(agent)),
        Body::Left { agent } => ("left", Some(agent)),
        Body::Filled { .. } => ("filled", who),
    };
    let agent = who.map(|agent| agent.id.as_str()).unwrap_or_default();
    let name = who.map(|agent| agent.name.as_str());
    sql.run(INSERT, &[seq, at, chain, role.into(), agent.into(), name.into(), kind.into()])
}

fn append_file<S: Sql>(
    sql: &S,
    event: &Event,
    client_id: &ClientId,
    text: &str,
    file: &FileRef,
) -> Result<(), StoreError> {
    let (role, agent, name) = match &event.author {
        Author::Agent(agent) => ("agent", agent.id.as_str(), Some(agent.name.as_str())),
        _ => ("visitor", "", None),
    };
    let text = files::write(file, text)?;
    let (seq, at, chain) = (event.seq.0.into(), event.at.0.into(), event.chain.into());
    let (who, id, text) = (agent.into(), client_id.as_str().into(), (&text).into());
    sql.run(INSERT_FILE, &[seq, at, chain, role.into(), who, name.into(), id, text])?;
    Files(sql).sent(&file.id)
}

/// The chain of an event.
pub(super) fn read_chain(row: &mut Row) -> Result<Chain, StoreError> {
    let number = u64::try_from(row.int()?).map_err(|_| StoreError::unreadable("chain"))?;
    Ok(Chain::new(number))
}

/// An event of its row.
pub(super) fn read(mut row: Row) -> Result<Event, StoreError> {
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
        "file" => {
            let client_id = client_id.as_deref().and_then(ClientId::parse).ok_or_else(lost)?;
            let (file, text) = files::read(&text.ok_or_else(lost)?)?;
            Body::File { client_id, text, file }
        }
        "assigned" => Body::Assigned { agent: agent.ok_or_else(lost)? },
        "requeued" => Body::Requeued,
        "closed" => Body::Closed,
        "reopened" => Body::Reopened,
        "idle" => Body::Idle,
        "joined" => Body::Joined { agent: agent.ok_or_else(lost)? },
        "left" => Body::Left { agent: agent.ok_or_else(lost)? },
        "rated" => {
            let text = text.ok_or_else(lost)?;
            let (good, rest) = (text.strip_prefix(GOOD), text.strip_prefix(BAD));
            let comment = good.or(rest).ok_or_else(lost)?.to_owned();
            Body::Rated { good: good.is_some(), comment }
        }
        "filled" => {
            let client_id = client_id.as_deref().and_then(ClientId::parse).ok_or_else(lost)?;
            let answers = serde_json::from_str(&text.ok_or_else(lost)?).map_err(|_| lost())?;
            Body::Filled { client_id, answers }
        }
        _ => return Err(lost()),
    };
    Ok(Event { seq, at, author, body, chain })
}
