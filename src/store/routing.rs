//! The store of a router: agents, conversations, mail.

use super::mail::{self, Mail};
use super::schema::{self, Steps};
use super::sql::{Row, Sql, StoreError};
use crate::id::{AgentId, ConversationId, Generation};
use crate::protocol::event::AgentRef;
use crate::protocol::frames::{Context, Place};
use crate::protocol::peer::ToConversation;
use crate::routing::{Agent, Chat, Effect, Presence, Router, State};
use crate::time::Millis;

pub(super) const STEPS: Steps = &[include_str!("routing.sql"), mail::TABLES];

/// A router's rows.
pub struct RouterStore<'a, S>(&'a S);

impl<'a, S: Sql> RouterStore<'a, S> {
    /// Opens the store without touching it; `migrate` comes first, once in an object's life.
    pub fn new(sql: &'a S) -> Self {
        Self(sql)
    }

    /// Brings the schema up to date.
    pub fn migrate(&self) -> Result<(), StoreError> {
        schema::migrate(self.0, STEPS)
    }

    /// The desk, rebuilt from its rows; brings the schema up to date before.
    pub fn restore(&self) -> Result<Router, StoreError> {
        self.migrate()?;
        let (agents, chats) = self.load()?;
        Ok(Router::restore(agents, chats))
    }

    /// The outbox and inbox.
    pub fn mail(&self) -> Mail<'a, S> {
        Mail(self.0)
    }

    /// Agents and conversations.
    pub fn load(&self) -> Result<(Vec<Agent>, Vec<Chat>), StoreError> {
        let agents = "SELECT id, name, capacity, accepting, idle_since, gone_since FROM agent";
        let chats = "SELECT conversation, since, locale, page, generation, state, rank, position,
                     staffed, agent, name FROM chat";
        let agents: Result<Vec<_>, _> =
            self.0.rows(agents, &[])?.into_iter().map(read_agent).collect();
        let chats: Result<Vec<_>, _> =
            self.0.rows(chats, &[])?.into_iter().map(read_chat).collect();
        Ok((agents?, chats?))
    }

    /// Stores what is to be stored of these effects, in order.
    pub fn apply(&self, now: Millis, effects: &[Effect]) -> Result<(), StoreError> {
        for effect in effects {
            match effect {
                Effect::SaveAgent(agent) => self.save_agent(agent)?,
                Effect::SaveChat(chat) => self.save_chat(chat)?,
                Effect::DropChat(id) => {
                    self.0.run("DELETE FROM chat WHERE conversation = ?", &[id.as_str().into()])?;
                }
                Effect::Tell { to, tell } => {
                    let latest = matches!(tell, ToConversation::Place { .. }).then_some("place");
                    self.mail().put(now, to.as_str(), latest, tell)?;
                }
                Effect::Send { .. } | Effect::Advance { .. } | Effect::Close { .. } => {}
            }
        }
        Ok(())
    }

    fn save_agent(&self, agent: &Agent) -> Result<(), StoreError> {
        let gone = match agent.presence {
            Presence::Online => None,
            Presence::Gone { since } => Some(since.0),
        };
        let sql = "INSERT OR REPLACE INTO agent(id, name, capacity, accepting, idle_since,
                   gone_since) VALUES(?, ?, ?, ?, ?, ?)";
        self.0.run(
            sql,
            &[
                agent.who.id.as_str().into(),
                agent.who.name.as_str().into(),
                agent.capacity.into(),
                agent.accepting.into(),
                agent.idle_since.0.into(),
                gone.into(),
            ],
        )
    }

    fn save_chat(&self, chat: &Chat) -> Result<(), StoreError> {
        let (state, rank, told, agent) = match &chat.state {
            State::Waiting { rank, told } => ("waiting", Some(*rank), *told, None),
            State::Assigned { agent } => ("assigned", None, None, Some(agent)),
            State::Closed { agent } => ("closed", None, None, agent.as_ref()),
        };
        let sql =
            "INSERT OR REPLACE INTO chat(conversation, since, locale, page, generation, state,
                   rank, position, staffed, agent, name) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        self.0.run(
            sql,
            &[
                chat.conversation.as_str().into(),
                chat.since.0.into(),
                chat.context.locale.as_str().into(),
                chat.context.page.as_str().into(),
                chat.generation.0.into(),
                state.into(),
                rank.into(),
                told.map(|place| place.position).into(),
                told.map(|place| place.staffed).into(),
                agent.map(|agent| agent.id.as_str()).into(),
                agent.map(|agent| agent.name.as_str()).into(),
            ],
        )
    }
}

fn read_agent(mut row: Row) -> Result<Agent, StoreError> {
    let id = AgentId::parse(&row.text()?).ok_or_else(|| StoreError::unreadable("agent"))?;
    Ok(Agent {
        who: AgentRef { id, name: row.text()? },
        capacity: row.count()?,
        accepting: row.flag()?,
        idle_since: Millis(row.int()?),
        presence: match row.maybe_int()? {
            None => Presence::Online,
            Some(since) => Presence::Gone { since: Millis(since) },
        },
    })
}

fn read_chat(mut row: Row) -> Result<Chat, StoreError> {
    let lost = || StoreError::unreadable("chat");
    let conversation = ConversationId::parse(&row.text()?).ok_or_else(lost)?;
    let since = Millis(row.int()?);
    let context = Context { locale: row.text()?, page: row.text()? };
    let generation = Generation(row.count()?);
    let state = row.text()?;
    let rank = row.maybe_int()?.and_then(|number| i32::try_from(number).ok());
    let position = row.maybe_int()?.and_then(|number| u32::try_from(number).ok());
    let staffed = row.maybe_int()?.map(|flag| flag != 0);
    let agent = row.maybe_text()?.as_deref().and_then(AgentId::parse);
    let agent = agent.zip(row.maybe_text()?).map(|(id, name)| AgentRef { id, name });
    let state = match state.as_str() {
        "waiting" => State::Waiting {
            rank: rank.ok_or_else(lost)?,
            told: position.zip(staffed).map(|(position, staffed)| Place { position, staffed }),
        },
        "assigned" => State::Assigned { agent: agent.ok_or_else(lost)? },
        _ => State::Closed { agent },
    };
    Ok(Chat { conversation, since, context, generation, state })
}
