//! The store of a router: rules, agents, conversations, decisions, mail. A row is the JSON of what
//! the rules keep; the desk is always read whole, and nothing is searched for in it.

use super::mail::{self, Mail};
use super::schema::{self, Schema};
use super::sql::{Sql, StoreError};
use crate::limits;
use crate::protocol::peer::ToConversation;
use crate::routing::{Effect, Router, Stored};
use crate::time::Millis;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(super) const SCHEMA: Schema =
    Schema::grown(&[include_str!("routing.sql"), mail::TABLES, include_str!("routing_rules.sql")]);

/// Decisions are forgotten so many at a time: a row less written for each.
const FORGOTTEN_AT_ONCE: i64 = 100;

/// A router's rows.
pub struct RouterStore<'a, S>(&'a S);

impl<'a, S: Sql> RouterStore<'a, S> {
    /// Opens the store without touching it; `migrate` comes first, once in an object's life.
    pub fn new(sql: &'a S) -> Self {
        Self(sql)
    }

    /// Brings the schema up to date.
    pub fn migrate(&self) -> Result<(), StoreError> {
        schema::migrate(self.0, SCHEMA)
    }

    /// The desk, rebuilt from its rows; brings the schema up to date before.
    pub fn restore(&self) -> Result<Router, StoreError> {
        self.migrate()?;
        Ok(Router::restore(self.load()?))
    }

    /// The outbox and inbox.
    pub fn mail(&self) -> Mail<'a, S> {
        Mail(self.0)
    }

    /// Everything the rules need.
    #[cold]
    pub fn load(&self) -> Result<Stored, StoreError> {
        Ok(Stored {
            settings: self.read("SELECT body FROM setting WHERE id = 1")?.pop(),
            agents: self.read("SELECT body FROM agent ORDER BY id")?,
            chats: self.read("SELECT body FROM chat ORDER BY conversation")?,
            decisions: self.read("SELECT body FROM decision ORDER BY nth")?,
        })
    }

    fn read<T: DeserializeOwned>(&self, sql: &'static str) -> Result<Vec<T>, StoreError> {
        let parse = |text: String| {
            serde_json::from_str(&text).map_err(|error| StoreError(error.to_string()))
        };
        self.0.rows(sql, &[])?.into_iter().map(|mut row| parse(row.text()?)).collect()
    }

    /// Stores what is to be stored of these effects, in order.
    pub fn apply(&self, now: Millis, effects: &[Effect]) -> Result<(), StoreError> {
        for effect in effects {
            match effect {
                Effect::SaveSettings(settings) => {
                    let sql = "INSERT OR REPLACE INTO setting(id, body) VALUES(1, ?)";
                    self.0.run(sql, &[(&json(settings)?).into()])?;
                }
                Effect::SaveAgent(agent) => {
                    let sql = "INSERT OR REPLACE INTO agent(id, body) VALUES(?, ?)";
                    self.0.run(sql, &[agent.who.id.as_str().into(), (&json(agent)?).into()])?;
                }
                Effect::DropAgent(id) => {
                    self.0.run("DELETE FROM agent WHERE id = ?", &[id.as_str().into()])?;
                }
                Effect::SaveChat(chat) => {
                    let sql = "INSERT OR REPLACE INTO chat(conversation, body) VALUES(?, ?)";
                    let id = chat.conversation.as_str();
                    self.0.run(sql, &[id.into(), (&json(chat)?).into()])?;
                }
                Effect::DropChat(id) => {
                    self.0.run("DELETE FROM chat WHERE conversation = ?", &[id.as_str().into()])?;
                }
                Effect::SaveDecision(decision) => {
                    let sql = "INSERT INTO decision(nth, body) VALUES(?, ?)";
                    self.0.run(sql, &[decision.nth.into(), (&json(decision)?).into()])?;
                    if decision.nth % FORGOTTEN_AT_ONCE == 0 {
                        let old = decision.nth - limits::DECISIONS_KEPT as i64;
                        self.0.run("DELETE FROM decision WHERE nth <= ?", &[old.into()])?;
                    }
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
}

fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError(error.to_string()))
}
