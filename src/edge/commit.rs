//! The one write path. Effects become [`Committed`] only by a transaction that has stored them,
//! and only committed effects can be sent: nobody is shown what is not stored.

use super::error;
use super::sql::ObjectSql;
use crate::store::{Sql, StoreError};
use std::cell::RefCell;
use worker::{Result, State};

type Stored<T> = std::result::Result<T, StoreError>;

/// Effects whose stored part is stored.
pub struct Committed<E>(Vec<E>);

impl<E> Committed<E> {
    /// The effects, to be carried out in order.
    pub fn effects(&self) -> &[E] {
        &self.0
    }
}

/// The database of an object and the machine rebuilt from it.
pub struct Keeper<M> {
    /// The database.
    pub sql: ObjectSql,
    machine: RefCell<Option<M>>,
}

impl<M> Keeper<M> {
    /// Nothing is read before the first turn.
    pub fn new(state: &State) -> Self {
        Self { sql: ObjectSql::new(state), machine: RefCell::default() }
    }

    /// One turn: the machine decides and its effects are stored, all in one transaction. `decide`
    /// also hears whether the machine was just rebuilt. Only a machine whose turn is stored is
    /// kept: after a failure the next turn rebuilds it.
    pub fn turn<E>(
        &self,
        restore: impl FnOnce(&ObjectSql) -> Result<M>,
        decide: impl FnOnce(&mut M, bool) -> Stored<Vec<E>>,
        store: impl FnOnce(&[E]) -> Stored<()>,
    ) -> Result<Committed<E>> {
        let kept = self.machine.take();
        let restored = kept.is_none();
        let mut machine = match kept {
            Some(machine) => machine,
            None => restore(&self.sql)?,
        };
        let committed = self.sql.atomically(|| {
            let effects = decide(&mut machine, restored)?;
            store(&effects)?;
            Ok(Committed(effects))
        });
        let committed = committed.map_err(error::fault)?;
        *self.machine.borrow_mut() = Some(machine);
        Ok(committed)
    }

    /// A look at the machine, when there is one.
    pub fn look<T>(&self, at: impl FnOnce(&M) -> T) -> Option<T> {
        self.machine.borrow().as_ref().map(at)
    }
}
