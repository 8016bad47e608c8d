//! The row of what a conversation keeps beside its log.

use super::sql::{Row, Sql, StoreError};
use crate::conversation::{Care, Head, Standing};
use crate::id::{AgentId, DepartmentId, Epoch, Generation, Seq};
use crate::protocol::event::AgentRef;
use crate::protocol::frames::{About, Context, Marks, Place};
use crate::time::Millis;

const SAVE: &str =
    "INSERT OR REPLACE INTO head(id, epoch, standing, position, staffed, agent, name,
    generation, seen_visitor, seen_agent, locale, page, wait_s, opens, department, wished,
    care, person, about, chosen)
    VALUES(1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const LOAD: &str = "SELECT epoch, standing, position, staffed, agent, name, generation,
    seen_visitor, seen_agent, locale, page, wait_s, opens, department, wished, care,
    person, about, chosen FROM head WHERE id = 1";

/// The head, once anybody has written.
pub(super) fn load<S: Sql>(sql: &S) -> Result<Option<Head>, StoreError> {
    sql.rows(LOAD, &[])?.pop().map(read_head).transpose()
}

/// Stores the head.
pub(super) fn save<S: Sql>(sql: &S, head: &Head) -> Result<(), StoreError> {
    let (standing, place, agent) = match &head.standing {
        Standing::Waiting { place } => ("waiting", *place, None),
        Standing::Assigned { agent } => ("assigned", None, Some(agent)),
        Standing::Closed => ("closed", None, None),
    };
    let care = (head.care != Care::default()).then(|| serde_json::to_string(&head.care));
    let care = care.transpose().map_err(|error| StoreError(error.to_string()))?;
    let person = head.person.as_ref().map(serde_json::to_string).transpose();
    let person = person.map_err(|error| StoreError(error.to_string()))?;
    let about = (head.about != About::default()).then(|| serde_json::to_string(&head.about));
    let about = about.transpose().map_err(|error| StoreError(error.to_string()))?;
    sql.run(
        SAVE,
        &[
            head.epoch.as_str().into(),
            standing.into(),
            place.map(|place| place.position).into(),
            place.map(|place| place.staffed).into(),
            agent.map(|agent| agent.id.as_str()).into(),
            agent.map(|agent| agent.name.as_str()).into(),
            head.generation.0.into(),
            head.seen.visitor.0.into(),
            head.seen.agent.0.into(),
            head.context.locale.as_str().into(),
            head.context.page.as_str().into(),
            place.and_then(|place| place.wait_s).into(),
            place.and_then(|place| place.opens).map(|moment| moment.0).into(),
            head.context.department.as_ref().map(DepartmentId::as_str).into(),
            head.context.agent.as_ref().map(AgentId::as_str).into(),
            care.as_deref().into(),
            person.as_deref().into(),
            about.as_deref().into(),
            head.chosen.as_ref().map(DepartmentId::as_str).into(),
        ],
    )
}

fn read_head(mut row: Row) -> Result<Head, StoreError> {
    let lost = || StoreError::unreadable("head");
    let epoch = Epoch::parse(&row.text()?).ok_or_else(lost)?;
    let standing = row.text()?;
    let position = row.maybe_int()?.and_then(|number| u32::try_from(number).ok());
    let staffed = row.maybe_int()?.map(|flag| flag != 0);
    let agent = row.maybe_text()?.as_deref().and_then(AgentId::parse);
    let name = row.maybe_text()?;
    let generation = Generation(row.count()?);
    let seen = Marks { visitor: Seq(row.count()?), agent: Seq(row.count()?) };
    let (locale, page) = (row.text()?, row.text()?);
    let wait_s = row.maybe_int()?.and_then(|number| u32::try_from(number).ok());
    let opens = row.maybe_int()?.map(Millis);
    let department = row.maybe_text()?.as_deref().and_then(DepartmentId::parse);
    let wished = row.maybe_text()?.as_deref().and_then(AgentId::parse);
    let care = row.maybe_text()?.and_then(|text| serde_json::from_str(&text).ok());
    let person = row.maybe_text()?.map(|text| serde_json::from_str(&text)).transpose();
    let about = row.maybe_text()?.and_then(|text| serde_json::from_str(&text).ok());
    let chosen = row.maybe_text()?.as_deref().and_then(DepartmentId::parse);
    let standing = match standing.as_str() {
        "waiting" => {
            let place = |(position, staffed)| Place { position, staffed, wait_s, opens };
            Standing::Waiting { place: position.zip(staffed).map(place) }
        }
        "assigned" => {
            let (id, name) = agent.zip(name).ok_or_else(lost)?;
            Standing::Assigned { agent: AgentRef { id, name } }
        }
        _ => Standing::Closed,
    };
    Ok(Head {
        epoch,
        standing,
        generation,
        seen,
        context: Context { locale, page, department, agent: wished },
        about: about.unwrap_or_default(),
        chosen,
        care: care.unwrap_or_default(),
        person: person.map_err(|_| lost())?,
    })
}
