//! Schemas grow by steps, and a step once released is never changed. An object runs the steps it
//! lacks when it starts; running them again does nothing. An empty one gets the newest tables.

use super::sql::{Sql, StoreError};

/// Statements, several in each text.
pub type Steps = &'static [&'static str];

/// The tables of one kind of object.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// All of them as they are now. Making them at once rather than by all steps writes fewer rows,
    /// which are billed.
    pub newest: Steps,
    /// How they came to be: step n leads from version n to n + 1.
    pub steps: Steps,
}

impl Schema {
    /// Of a kind of which there are few: a new one takes all steps, too.
    pub const fn grown(steps: Steps) -> Self {
        Self { newest: steps, steps }
    }
}

const NOTE: &str =
    "CREATE TABLE IF NOT EXISTS schema_version(id INTEGER PRIMARY KEY, version INTEGER NOT NULL)";

/// Brings the database to the newest version.
pub fn migrate<S: Sql>(sql: &S, schema: Schema) -> Result<(), StoreError> {
    migrate_from(sql, current(sql)?, schema)
}

/// As `migrate`, when it is known how many steps have been taken.
pub fn migrate_from<S: Sql>(sql: &S, have: usize, schema: Schema) -> Result<(), StoreError> {
    let Schema { newest, steps } = schema;
    if have >= steps.len() {
        return Ok(());
    }
    let texts = if have == 0 { newest } else { steps.get(have..).unwrap_or_default() };
    sql.atomically(|| {
        sql.run(NOTE, &[])?;
        for text in texts {
            for statement in text.split(';').map(str::trim).filter(|text| !text.is_empty()) {
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
    [conversation::SCHEMA, routing::SCHEMA, site::SCHEMA, deployment::SCHEMA]
        .map(|schema| schema.steps.len())
        .into_iter()
        .max()
        .unwrap_or(0)
}
