//! What the host tests share: SQLite behind the store's trait, and short ways to make things.
#![allow(dead_code, reason = "each test file uses its own part")]

pub mod desk;
pub mod talk;

use edgewise::id::{AgentId, ClientId, ConversationId, Epoch, Seq};
use edgewise::protocol::api::Role;
use edgewise::protocol::event::AgentRef;
use edgewise::protocol::session::{Holder, Session, SessionId, Stage};
use edgewise::store::{Arg, Row, Sql, StoreError, Value};
use edgewise::time::Millis;
use rusqlite::Connection;
use rusqlite::types::{Value as SqliteValue, ValueRef};
use std::cell::Cell;

/// The production SQL's database, in memory.
pub struct HostSql {
    connection: Connection,
    depth: Cell<u32>,
    /// Fails the n-th write from now, to see what a failure leaves behind.
    pub fail_after: Cell<Option<u32>>,
}

impl HostSql {
    pub fn new() -> Self {
        let connection = Connection::open_in_memory().unwrap();
        Self { connection, depth: Cell::new(0), fail_after: Cell::new(None) }
    }

    /// The one number a query answers with.
    pub fn count(&self, sql: &'static str) -> u32 {
        self.rows(sql, &[]).unwrap().pop().unwrap().count().unwrap()
    }

    fn check_failure(&self) -> Result<(), StoreError> {
        match self.fail_after.get() {
            Some(0) => {
                self.fail_after.set(None);
                Err(StoreError::Failed("the disk is full".into()))
            }
            Some(left) => {
                self.fail_after.set(Some(left - 1));
                Ok(())
            }
            None => Ok(()),
        }
    }
}

fn sqlite(value: &Arg<'_>) -> SqliteValue {
    match value {
        Arg::Null => SqliteValue::Null,
        Arg::Int(number) => SqliteValue::Integer(*number),
        Arg::Text(text) => SqliteValue::Text((*text).to_owned()),
    }
}

fn store_error(error: rusqlite::Error) -> StoreError {
    StoreError::of(error.to_string())
}

impl Sql for HostSql {
    fn run(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<(), StoreError> {
        self.check_failure()?;
        let args: Vec<SqliteValue> = args.iter().map(sqlite).collect();
        let mut statement = self.connection.prepare(sql).map_err(store_error)?;
        statement.execute(rusqlite::params_from_iter(args)).map(drop).map_err(store_error)
    }

    fn rows(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Row>, StoreError> {
        let args: Vec<SqliteValue> = args.iter().map(sqlite).collect();
        let mut statement = self.connection.prepare(sql).map_err(store_error)?;
        let width = statement.column_count();
        let mut found = statement.query(rusqlite::params_from_iter(args)).map_err(store_error)?;
        let mut rows = Vec::new();
        while let Some(row) = found.next().map_err(store_error)? {
            let value = |at| match row.get_ref(at).unwrap() {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(number) => Value::Int(number),
                ValueRef::Text(text) => Value::Text(String::from_utf8(text.to_vec()).unwrap()),
                other => panic!("a column of an unexpected type: {other:?}"),
            };
            rows.push(Row::new((0..width).map(value).collect()));
        }
        Ok(rows)
    }

    fn atomically<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        let name = format!("s{}", self.depth.get());
        let plain = |sql: String| self.connection.execute_batch(&sql).map_err(store_error);
        plain(format!("SAVEPOINT {name}"))?;
        self.depth.set(self.depth.get() + 1);
        let outcome = work();
        self.depth.set(self.depth.get() - 1);
        match &outcome {
            Ok(_) => plain(format!("RELEASE {name}"))?,
            Err(_) => plain(format!("ROLLBACK TO {name}; RELEASE {name}"))?,
        }
        outcome
    }
}

pub fn agent(id: &str) -> AgentRef {
    AgentRef { id: agent_id(id), name: format!("Agent {id}") }
}

pub fn agent_id(id: &str) -> AgentId {
    AgentId::parse(id).unwrap()
}

pub fn client_id(id: &str) -> ClientId {
    ClientId::parse(id).unwrap()
}

pub fn conversation_id(id: &str) -> ConversationId {
    ConversationId::parse(id).unwrap()
}

pub fn epoch(id: &str) -> Epoch {
    Epoch::parse(id).unwrap()
}

pub fn at(seconds: i64) -> Millis {
    Millis(1_000_000_000_000 + seconds * 1_000)
}

pub fn seq(number: u32) -> Seq {
    Seq(number)
}

fn session(id: u32, holder: Holder) -> Session {
    Session { id: SessionId(id), holder, stage: Stage::Live, since: at(0) }
}

/// A live session of the visitor.
pub fn visitor(id: u32) -> Session {
    session(id, Holder::Visitor)
}

/// A live session of an agent with this role.
pub fn agent_session(id: u32, name: &str, role: Role, capacity: u32) -> Session {
    session(id, Holder::Agent { agent: agent(name), role, capacity, login: String::new() })
}
