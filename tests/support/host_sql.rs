//! SQLite on the host behind the store's trait.
#![allow(dead_code, reason = "each user needs its own part")]

use edgewise::store::{Arg, Row, Sql, StoreError, Value};
use rusqlite::backup::Backup;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql};
use std::cell::Cell;
use std::time::Duration;

/// More than there are statements in one object: each is prepared once.
const STATEMENTS: usize = 64;

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
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Self { connection, depth: Cell::new(0), fail_after: Cell::new(None) }
    }

    /// Another database with the same rows.
    pub fn copy(&self) -> Self {
        let mut copy = Self::new();
        let backup = Backup::new(&self.connection, &mut copy.connection).unwrap();
        backup.run_to_completion(1_000, Duration::ZERO, None).unwrap();
        drop(backup);
        copy
    }

    /// The one number a query answers with.
    pub fn count(&self, sql: &'static str) -> u32 {
        self.rows(sql, &[]).unwrap().pop().unwrap().count().unwrap()
    }

    fn check_failure(&self) -> Result<(), StoreError> {
        match self.fail_after.get() {
            Some(0) => {
                self.fail_after.set(None);
                Err(StoreError("the disk is full".into()))
            }
            Some(left) => {
                self.fail_after.set(Some(left - 1));
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn plain(&self, sql: &str) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(store_error)?;
        statement.execute([]).map(drop).map_err(store_error)
    }
}

/// An argument as SQLite takes it, without a copy of its text.
struct Bound<'a>(&'a Arg<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Arg::Null => ValueRef::Null,
            Arg::Int(number) => ValueRef::Integer(*number),
            Arg::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

fn store_error(error: rusqlite::Error) -> StoreError {
    StoreError(error.to_string())
}

impl Sql for HostSql {
    fn run(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<(), StoreError> {
        self.check_failure()?;
        let mut statement = self.connection.prepare_cached(sql).map_err(store_error)?;
        let args = rusqlite::params_from_iter(args.iter().map(Bound));
        statement.execute(args).map(drop).map_err(store_error)
    }

    fn rows(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(store_error)?;
        let width = statement.column_count();
        let args = rusqlite::params_from_iter(args.iter().map(Bound));
        let mut found = statement.query(args).map_err(store_error)?;
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
        self.plain(&format!("SAVEPOINT {name}"))?;
        self.depth.set(self.depth.get() + 1);
        let outcome = work();
        self.depth.set(self.depth.get() - 1);
        if outcome.is_err() {
            self.plain(&format!("ROLLBACK TO {name}"))?;
        }
        self.plain(&format!("RELEASE {name}"))?;
        outcome
    }
}
