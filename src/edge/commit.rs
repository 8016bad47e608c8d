//! The one write path. Effects become [`Committed`] only by a turn that has stored them, and only
//! committed effects can be sent: nobody is shown what is not stored.

use super::error;
use super::sql::ObjectSql;
use crate::store::StoreError;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use worker::{Error, Result, State};

/// The effects of a turn, when all of it could be stored.
pub type Turn<E> = std::result::Result<Vec<E>, StoreError>;

/// Effects whose stored part is stored.
pub struct Committed<E>(Vec<E>);

impl<E> Committed<E> {
    /// The effects, to be carried out in order.
    pub fn effects(&self) -> &[E] {
        &self.0
    }
}

/// Does the work; a panic becomes an error like any other, which ends one turn and no more.
pub fn caught<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let panicked = |_| Err(Error::RustError("a handler panicked".into()));
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(panicked)
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

    /// One turn: `work` has the machine decide and stores all of it or nothing. It also hears
    /// whether the machine was just rebuilt. Only a machine whose turn is stored is kept: after an
    /// error or a panic the next turn rebuilds it, and nobody else notices.
    pub fn turn<E>(
        &self,
        restore: impl FnOnce(&ObjectSql) -> Result<M>,
        work: impl FnOnce(&mut M, bool) -> Turn<E>,
    ) -> Result<Committed<E>> {
        let kept = self.machine.take();
        let turn = || {
            let restored = kept.is_none();
            let mut machine = match kept {
                Some(machine) => machine,
                None => restore(&self.sql)?,
            };
            let effects = work(&mut machine, restored).map_err(error::fault)?;
            Ok((machine, effects))
        };
        let (machine, effects) = caught(turn)?;
        *self.machine.borrow_mut() = Some(machine);
        Ok(Committed(effects))
    }

    /// A look at the machine, when there is one.
    pub fn look<T>(&self, at: impl FnOnce(&M) -> T) -> Option<T> {
        self.machine.borrow().as_ref().map(at)
    }
}
