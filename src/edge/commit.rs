//! The one write path. Effects become [`Committed`] only by a transaction that has stored them,
//! and only committed effects can be sent: nobody is shown what is not stored.

use super::sql::ObjectSql;
use crate::store::{Sql, StoreError};

/// Effects whose stored part is stored.
pub struct Committed<E>(Vec<E>);

impl<E> Committed<E> {
    /// The effects, to be carried out in order.
    pub fn effects(&self) -> &[E] {
        &self.0
    }
}

/// Lets `decide` work out effects, stores them with `store`, all in one transaction.
pub fn commit<E>(
    sql: &ObjectSql,
    decide: impl FnOnce() -> Result<Vec<E>, StoreError>,
    store: impl FnOnce(&[E]) -> Result<(), StoreError>,
) -> Result<Committed<E>, StoreError> {
    sql.atomically(|| {
        let effects = decide()?;
        store(&effects)?;
        Ok(Committed(effects))
    })
}
