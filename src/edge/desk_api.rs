//! The API routes of the desk: its rules, and what agents can serve. The site says who may, the
//! router does it.

use super::api::{Outcome, body, check_own_origin, odd_answer, router, signed, site, who};
use super::cookie::Cookie;
use super::error::Refused;
use crate::auth::authorize::{Action, may};
use crate::protocol::api::{ErrorCode, Me, RemoveAgent};
use crate::protocol::routing::{AgentRouting, RoutingSettings};
use crate::protocol::site::{RouterAnswer, RouterRequest, SiteAnswer, SiteRequest};
use worker::{Env, Request, Response};

/// `GET /api/routing`
pub async fn rules(request: Request, env: &Env) -> Outcome<Response> {
    let me = allowed(&request, env, Action::ReadRouting).await?;
    rules_of(router(env, &me.site, &RouterRequest::Rules).await?)
}

/// `POST /api/routing`
pub async fn set_rules(mut request: Request, env: &Env) -> Outcome<Response> {
    check_own_origin(&request)?;
    let me = allowed(&request, env, Action::ChangeRouting).await?;
    let rules: RoutingSettings = body(&mut request).await?;
    rules_of(router(env, &me.site, &RouterRequest::SetRules(rules)).await?)
}

/// `POST /api/routing/agents`
pub async fn set_agent(mut request: Request, env: &Env) -> Outcome<Response> {
    check_own_origin(&request)?;
    let Cookie { site: id, secret } = signed(&request)?;
    let AgentRouting { agent, capacity, profile } = body(&mut request).await?;
    let question = SiteRequest::SetCapacity { secret, agent, capacity };
    let SiteAnswer::Changed(member) = site(env, &id, &question).await? else {
        return Err(odd_answer());
    };
    let agent = member.agent.clone();
    router(env, &id, &RouterRequest::SetAgent { agent, capacity, profile }).await?;
    Ok(Response::from_json(&member)?)
}

/// `POST /api/agents/remove`
pub async fn remove(mut request: Request, env: &Env) -> Outcome<Response> {
    check_own_origin(&request)?;
    let Cookie { site: id, secret } = signed(&request)?;
    let RemoveAgent { agent } = body(&mut request).await?;
    let question = SiteRequest::RemoveAgent { secret, agent: agent.clone() };
    site(env, &id, &question).await?;
    router(env, &id, &RouterRequest::Removed { agent }).await?;
    Ok(Response::empty()?.with_status(204))
}

async fn allowed(request: &Request, env: &Env, action: Action) -> Outcome<Me> {
    let me = who(request, env).await?;
    if may(me.role, action) {
        return Ok(me);
    }
    Err(Refused::new(ErrorCode::Forbidden, "Your role does not allow this.").into())
}

fn rules_of(answer: RouterAnswer) -> Outcome<Response> {
    let RouterAnswer::Rules(rules) = answer else { return Err(odd_answer()) };
    Ok(Response::from_json(&rules)?)
}
