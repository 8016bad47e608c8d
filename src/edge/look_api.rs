//! The API routes of what a site shows of itself: its name and origins, its logo, its team's faces.

use super::api::{Outcome, body, check_own_origin, odd_answer, signed, site};
use super::cookie::Cookie;
use super::error::Refused;
use crate::auth::secret;
use crate::id::{PictureId, SiteId};
use crate::limits;
use crate::protocol::api::{ErrorCode, SiteSettings};
use crate::protocol::picture::Subject;
use crate::protocol::site::{SiteAnswer, SiteRequest};
use worker::{Env, Headers, Method, Request, Response};

/// `GET /api/site`
pub async fn read(request: Request, env: &Env) -> Outcome<Response> {
    let Cookie { site: id, secret } = signed(&request)?;
    settings(site(env, &id, &SiteRequest::Site { secret }).await?)
}

/// `POST /api/site`
pub async fn set(mut request: Request, env: &Env) -> Outcome<Response> {
    check_own_origin(&request)?;
    let Cookie { site: id, secret } = signed(&request)?;
    let wanted: SiteSettings = body(&mut request).await?;
    settings(site(env, &id, &SiteRequest::SetSite { secret, settings: wanted }).await?)
}

fn settings(answer: SiteAnswer) -> Outcome<Response> {
    let SiteAnswer::Site(settings) = answer else { return Err(odd_answer()) };
    Ok(Response::from_json(&settings)?)
}

/// `GET /api/pictures`
pub async fn pictures(request: Request, env: &Env) -> Outcome<Response> {
    let Cookie { site: id, secret } = signed(&request)?;
    listed(site(env, &id, &SiteRequest::Pictures { secret }).await?)
}

fn listed(answer: SiteAnswer) -> Outcome<Response> {
    let SiteAnswer::Pictures(pictures) = answer else { return Err(odd_answer()) };
    Ok(Response::from_json(&pictures)?)
}

/// `POST` and `DELETE /api/pictures/{of}`; the body is the picture.
pub async fn set_picture(mut request: Request, env: &Env, of: &str) -> Outcome<Response> {
    check_own_origin(&request)?;
    let Cookie { site: id, secret } = signed(&request)?;
    let of = Subject::parse(of).ok_or_else(missing)?;
    let body = match request.method() {
        Method::Delete => None,
        _ => Some(bytes(&mut request).await?),
    };
    listed(site(env, &id, &SiteRequest::SetPicture { secret, of, body }).await?)
}

async fn bytes(request: &mut Request) -> Outcome<String> {
    let limit = limits::PICTURE_BYTES;
    let length = request.headers().get("Content-Length")?;
    let told = length.and_then(|text| text.parse::<usize>().ok());
    if told.is_none_or(|bytes| bytes > limit) {
        let text = format!("At most {} KiB.", limit / 1024);
        return Err(Refused::new(ErrorCode::TooLarge, &text).into());
    }
    Ok(secret::encode(&request.bytes().await?))
}

/// `GET /api/pictures/{site}/{id}`: what it is called by is what it shows, so it never changes.
pub async fn picture(env: &Env, id: &str, name: &str) -> Outcome<Response> {
    let id = SiteId::parse(id).ok_or_else(missing)?;
    let name = PictureId::parse(name).ok_or_else(missing)?;
    let SiteAnswer::Picture(picture) = site(env, &id, &SiteRequest::Picture { id: name }).await?
    else {
        return Err(odd_answer());
    };
    let headers = Headers::new();
    headers.set("Content-Type", &picture.kind)?;
    headers.set("Content-Security-Policy", "default-src 'none'; sandbox")?;
    headers.set("Cache-Control", "public, max-age=31536000, immutable")?;
    // One answer for all pages, since caches keep it.
    headers.set("Access-Control-Allow-Origin", "*")?;
    let bytes = secret::decode_bytes(&picture.body).unwrap_or_default();
    Ok(Response::from_bytes(bytes)?.with_headers(headers))
}

fn missing() -> Refused {
    Refused::new(ErrorCode::NotFound, "There is no such picture.")
}
