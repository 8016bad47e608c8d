//! The API routes of the widget: what owners set, what a panel is told, and the forms that visitors
//! fill in. The site checks a form, the conversation keeps it.

use super::api::{self, Outcome, body, check_own_origin, odd_answer, router, signed, site};
use super::cookie::Cookie;
use super::error::{Failure, Refused};
use super::{door, platform};
use crate::id::SiteId;
use crate::protocol::api::ErrorCode;
use crate::protocol::picture::Pictures;
use crate::protocol::session::Holder;
use crate::protocol::site::{RouterAnswer, RouterRequest, SiteAnswer, SiteRequest};
use crate::protocol::widget::{FormAnswers, Lobby, WidgetSettings};
use worker::{Env, Request, Response};

/// `GET /api/widget`
pub async fn settings(request: Request, env: &Env) -> Outcome<Response> {
    let Cookie { site: id, secret } = signed(&request)?;
    shown(site(env, &id, &SiteRequest::Widget { secret }).await?)
}

/// `POST /api/widget`
pub async fn set(mut request: Request, env: &Env) -> Outcome<Response> {
    check_own_origin(&request)?;
    let Cookie { site: id, secret } = signed(&request)?;
    let settings: Box<WidgetSettings> = body(&mut request).await?;
    shown(site(env, &id, &SiteRequest::SetWidget { secret, settings }).await?)
}

fn shown(answer: SiteAnswer) -> Outcome<Response> {
    let SiteAnswer::Widget(settings) = answer else { return Err(odd_answer()) };
    Ok(Response::from_json(&settings)?)
}

/// What a panel of this site shows now.
pub(super) async fn lobby(
    env: &Env,
    id: &SiteId,
    settings: WidgetSettings,
    pictures: Pictures,
) -> Outcome<Lobby> {
    let answer = router(env, id, &RouterRequest::Presence).await?;
    let RouterAnswer::Presence(presence) = answer else { return Err(odd_answer()) };
    Ok(settings.lobby(presence, pictures))
}

/// `POST /api/forms`
pub async fn fill(mut request: Request, env: &Env) -> Outcome<Response> {
    let key = api::signing_key(env).await?;
    let grant = door::check_bearer(&request, &key, platform::now())?;
    if matches!(grant.holder, Holder::Agent { .. }) {
        return Err(Refused::new(ErrorCode::Forbidden, "Only visitors fill in forms.").into());
    }
    let form: FormAnswers = body(&mut request).await?;
    let answer = site(env, &grant.site, &SiteRequest::CheckForm(form)).await?;
    let SiteAnswer::Filled(filled) = answer else { return Err(odd_answer()) };
    let text = serde_json::to_string(&filled).map_err(worker::Error::from)?;
    let answer = door::fill(env, &grant, &text).await?;
    match answer.status_code() {
        204 => Ok(Response::empty()?.with_status(204)),
        403 => {
            let text = "This conversation belongs to somebody who has signed in.";
            Err(Refused::new(ErrorCode::Forbidden, text).into())
        }
        status => Err(Failure::Fault(worker::Error::RustError(format!("answered {status}")))),
    }
}
