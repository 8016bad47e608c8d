//! The team: who is added, changed, taken out.

use super::{Answer, Fresh, Member, Records, check, forbidden, new_member, team_member};
use crate::auth::authorize::{Action, may};
use crate::id::AgentId;
use crate::limits;
use crate::protocol::api::{ApiError, ErrorCode, NewAgent};
use crate::protocol::site::SiteAnswer;

pub(super) fn add<R: Records>(
    caller: &Member,
    asked: NewAgent,
    fresh: Fresh,
    records: &R,
) -> Result<Answer, R::Error> {
    if !may(caller.role, Action::AddAgent(asked.role)) {
        return Ok(Err(forbidden()));
    }
    let member = match new_member(asked, fresh) {
        Ok(member) => member,
        Err(error) => return Ok(Err(error)),
    };
    let team = records.members()?;
    if team.iter().any(|one| one.email == member.email) {
        let text = "Somebody in the team has this e-mail.";
        return Ok(Err(ApiError::new(ErrorCode::EmailTaken, text)));
    }
    if team.len() >= limits::AGENTS_PER_SITE {
        return Ok(Err(ApiError::new(ErrorCode::BadRequest, "The team is full.")));
    }
    records.put_member(&member)?;
    Ok(Ok(SiteAnswer::Added(team_member(&member))))
}

pub(super) fn set_capacity<R: Records>(
    caller: &Member,
    agent: &AgentId,
    capacity: u32,
    records: &R,
) -> Result<Answer, R::Error> {
    if !may(caller.role, Action::ChangeRouting) {
        return Ok(Err(forbidden()));
    }
    if let Err(error) = check::capacity(capacity) {
        return Ok(Err(error));
    }
    let Some(mut member) = find(agent, records)? else { return Ok(Err(nobody())) };
    if member.capacity != capacity {
        member.capacity = capacity;
        records.put_member(&member)?;
    }
    Ok(Ok(SiteAnswer::Changed(team_member(&member))))
}

pub(super) fn remove<R: Records>(
    caller: &Member,
    agent: &AgentId,
    records: &R,
) -> Result<Answer, R::Error> {
    // Who is gone already is gone: the same again may have been left half done.
    if let Some(member) = find(agent, records)? {
        if !may(caller.role, Action::RemoveAgent(member.role)) {
            return Ok(Err(forbidden()));
        }
        records.drop_member(agent)?;
    } else if !may(caller.role, Action::ChangeRouting) {
        return Ok(Err(forbidden()));
    }
    Ok(Ok(SiteAnswer::Removed))
}

fn find<R: Records>(agent: &AgentId, records: &R) -> Result<Option<Member>, R::Error> {
    Ok(records.members()?.into_iter().find(|one| one.agent.id == *agent))
}

fn nobody() -> ApiError {
    ApiError::new(ErrorCode::NotFound, "There is no such agent.")
}
