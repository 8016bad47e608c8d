//! Schemas grow by steps, and a step once released is never changed. An object runs the steps it
//! lacks when it starts; running them again does nothing.

use super::sql::{Sql, StoreError};

/// The steps of one kind of object: step n leads from version n to n + 1.
pub type Steps = &'static [&'static str];

const NOTE: &str =
    "CREATE TABLE IF NOT EXISTS schema_version(id INTEGER PRIMARY KEY, version INTEGER NOT NULL)";

/// Brings the database to the newest version.
pub fn migrate<S: Sql>(sql: &S, steps: Steps) -> Result<(), StoreError> {
    migrate_from(sql, current(sql)?, steps)
}

/// As `migrate`, when it is known how many steps have been taken.
pub fn migrate_from<S: Sql>(sql: &S, have: usize, steps: Steps) -> Result<(), StoreError> {
    if have >= steps.len() {
        return Ok(());
    }
    sql.atomically(|| {
        sql.run(NOTE, &[])?;
        for step in steps.iter().skip(have) {
            for statement in step.split(';').map(str::trim).filter(|text| !text.is_empty()) {
                sql.run(statement, &[])?;
            }
        }
        let version = i64::try_from(steps.len()).unwrap_or(i64::MAX);
        let note = "INSERT OR REPLACE INTO schema_version(id, version) VALUES(1, ?)";
        sql.run(note, &[version.into()])
    })
}

/// The version of the database; 0 when it is empty. It writes nothing, so a stranger who names
/// an object that does not exist leaves no trace.
pub fn current<S: Sql>(sql: &S) -> Result<usize, StoreError> {
    let known = "SELECT 1 FROM sqlite_master WHERE name = 'schema_version'";
    if sql.rows(known, &[])?.is_empty() {
        return Ok(0);
    }
    match sql.rows("SELECT version FROM schema_version WHERE id = 1", &[])?.pop() {
        Some(mut row) => Ok(row.count()? as usize),
        None => Ok(0),
    }
}

/// The newest schema version over all objects, for `/healthz`.
pub fn version() -> usize {
    use super::{conversation, deployment, routing, site};
    [conversation::STEPS, routing::STEPS, site::STEPS, deployment::STEPS]
        .map(<[_]>::len)
        .into_iter()
        .max()
        .unwrap_or(0)
}
