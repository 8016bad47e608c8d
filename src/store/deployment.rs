//! The store of a deployment: its signing key, and whether set-up is done.

use super::schema::{self, Schema};
use super::sql::{Sql, StoreError};
use crate::id::SiteId;
use crate::protocol::site::DeploymentState;

pub(super) const SCHEMA: Schema = Schema::grown(&["CREATE TABLE deployment(
    id INTEGER PRIMARY KEY CHECK(id = 1), signing_key TEXT NOT NULL, site TEXT)"]);

/// A deployment's one row.
pub struct DeploymentStore<'a, S>(&'a S);

impl<'a, S: Sql> DeploymentStore<'a, S> {
    /// Opens the store without touching it; `migrate` comes first, once in an object's life.
    pub fn new(sql: &'a S) -> Self {
        Self(sql)
    }

    /// Brings the schema up to date.
    pub fn migrate(&self) -> Result<(), StoreError> {
        schema::migrate(self.0, SCHEMA)
    }

    /// The state; `fresh` becomes the signing key when there is none yet.
    pub fn state(&self, fresh: &str) -> Result<DeploymentState, StoreError> {
        let insert = "INSERT OR IGNORE INTO deployment(id, signing_key) VALUES(1, ?)";
        let select = "SELECT signing_key, site FROM deployment WHERE id = 1";
        let mut rows = self.0.rows(select, &[])?;
        if rows.is_empty() {
            self.0.run(insert, &[fresh.into()])?;
            rows = self.0.rows(select, &[])?;
        }
        let mut row = rows.pop().ok_or_else(|| StoreError::unreadable("deployment"))?;
        let signing_key = row.text()?;
        let site = row.maybe_text()?.as_deref().and_then(SiteId::parse);
        Ok(DeploymentState { signing_key, site })
    }

    /// Notes the first site; one noted before stays.
    pub fn set_up(&self, site: &SiteId) -> Result<(), StoreError> {
        let sql = "UPDATE deployment SET site = ? WHERE id = 1 AND site IS NULL";
        self.0.run(sql, &[site.as_str().into()])
    }
}
