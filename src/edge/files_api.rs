//! Attachments over HTTP. Whoever may open a conversation's socket may send a file to it and fetch
//! one from it: the same token says so, and no address holds a secret. The bytes go from browser
//! to bucket through here, a piece at a time, and are looked through on their way.

use super::api::{Outcome, body, check_own_origin, odd_answer, signed, site, who};
use super::cookie::Cookie;
use super::error::Refused;
use super::pipe::{self, Piped};
use super::{api, carry, door, platform};
use crate::auth::secret;
use crate::files::{Facts, Trouble};
use crate::id::{ClientId, ConversationId, FileId, SiteId};
use crate::limits;
use crate::protocol::api::{ApiError, ErrorCode};
use crate::protocol::file::{FileKind, FileRef, FileRequest, FileRules};
use crate::protocol::session::{Door, Grant};
use crate::protocol::site::{SiteAnswer, SiteRequest};
use worker::{Bucket, Env, Headers, Request, Response};

/// The binding of the bucket. A deployment without it takes no files, and lacks nothing else.
pub const BUCKET: &str = "FILES";

/// At the end of the path of a picture's small version, and of where it lies.
const SMALL: &str = "/small";

/// What a site takes here: nothing without a bucket.
pub fn offered(env: &Env, rules: FileRules) -> Option<FileRules> {
    (rules.on && env.bucket(BUCKET).is_ok()).then_some(rules)
}

/// Where a file lies. All of a conversation begin alike.
pub fn key(site: &SiteId, conversation: &ConversationId, file: &FileId) -> String {
    format!("{site}/{conversation}/{file}")
}

/// `GET /api/files`
pub async fn rules(request: Request, env: &Env) -> Outcome<Response> {
    let me = who(&request, env).await?;
    let rules = rules_of(env, &me.site).await?;
    Ok(Response::from_json(&bucket(env).is_ok().then_some(rules))?)
}

/// `POST /api/files`
pub async fn set_rules(mut request: Request, env: &Env) -> Outcome<Response> {
    check_own_origin(&request)?;
    let Cookie { site: id, secret } = signed(&request)?;
    bucket(env)?;
    let rules: FileRules = body(&mut request).await?;
    let answer = site(env, &id, &SiteRequest::SetFiles { secret, rules }).await?;
    let SiteAnswer::Files(rules) = answer else { return Err(odd_answer()) };
    Ok(Response::from_json(&rules)?)
}

async fn rules_of(env: &Env, id: &SiteId) -> Outcome<FileRules> {
    match site(env, id, &SiteRequest::Files).await? {
        SiteAnswer::Files(rules) => Ok(rules),
        _ => Err(odd_answer()),
    }
}

/// `GET /api/files/{file}` and `…/small`: always something to be saved, never a page of ours.
pub async fn fetch(request: Request, env: &Env, name: &str) -> Outcome<Response> {
    let grant = allowed(&request, env).await?;
    let missing = || Refused::new(ErrorCode::NotFound, "There is no such file here.");
    let small = name.strip_suffix(SMALL);
    let file = FileId::parse(small.unwrap_or(name)).ok_or_else(missing)?;
    let key = key(&grant.site, conversation_of(&grant)?, &file);
    let key = if small.is_some() { key + SMALL } else { key };
    let object = bucket(env)?.get(key).execute().await?;
    let object = object.ok_or_else(missing)?;
    let content = object.body().ok_or_else(missing)?.response_body()?;
    let headers = Headers::new();
    headers.set("Content-Type", "application/octet-stream")?;
    headers.set("Content-Disposition", "attachment")?;
    headers.set("Content-Security-Policy", "default-src 'none'; sandbox")?;
    headers.set("Content-Length", &object.size().to_string())?;
    Ok(Response::from_body(content)?.with_headers(headers))
}

/// `POST /api/files/{client_id}` and `…/small`
pub async fn take(request: Request, env: &Env, name: &str) -> Outcome<Response> {
    let small = name.strip_suffix(SMALL);
    let bad = || Refused::new(ErrorCode::BadRequest, "This is no id of a message.");
    let client_id = ClientId::parse(small.unwrap_or(name)).ok_or_else(bad)?;
    match small {
        Some(_) => take_small(request, env, client_id).await,
        None => take_whole(request, env, client_id).await,
    }
}

async fn take_whole(request: Request, env: &Env, client_id: ClientId) -> Outcome<Response> {
    let grant = allowed(&request, env).await?;
    let bucket = bucket(env)?;
    let rules = rules_of(env, &grant.site).await?;
    let bytes = length_of(&request)?;
    if !rules.on {
        return Err(Refused::new(ErrorCode::Forbidden, "This site takes no files.").into());
    }
    if bytes > rules.max_bytes() {
        let text = format!("At most {} MiB.", rules.max_mib);
        return Err(Refused::new(ErrorCode::TooLarge, &text).into());
    }
    let begin = FileRequest::Begin { client_id: client_id.clone(), bytes };
    if let Some(there) = ask(env, &grant, &begin).await? {
        return Ok(Response::from_json(&there)?);
    }
    let file = secret::file_of(&grant.holder.author(), &client_id).ok_or_else(odd_answer)?;
    let key = key(&grant.site, conversation_of(&grant)?, &file);
    let takes = |kind: FileKind| rules.kinds.contains(&kind);
    let found = match pipe::fill(&bucket, &key, &request, bytes, &takes).await {
        Ok(Piped::Whole(facts)) => Ok((facts, bytes)),
        // Another tab was faster, or its row was lost: what lies there counts.
        Ok(Piped::There) => pipe::look(&bucket, &key).await.and_then(|(facts, bytes)| {
            if takes(facts.kind) { Ok((facts, bytes)) } else { Err(pipe::Failed::Kind) }
        }),
        Err(failed) => Err(failed),
    };
    let (facts, bytes) = match found {
        Ok(found) => found,
        // What the network broke off may come again.
        Err(pipe::Failed::Fault(error)) => return Err(error.into()),
        Err(failed) => {
            ask(env, &grant, &FileRequest::Drop { client_id }).await?;
            return Err(refusal(failed)?.into());
        }
    };
    let file = file_ref(file, facts, bytes);
    let Some(stored) = ask(env, &grant, &FileRequest::Finish { client_id, file }).await? else {
        bucket.delete(key).await?;
        return Err(Refused::new(ErrorCode::NotFound, "The file was given up meanwhile.").into());
    };
    Ok(Response::from_json(&stored)?.with_status(201))
}

/// `POST /api/files/{client_id}/small`: of a picture that is there, and that no message carries.
async fn take_small(request: Request, env: &Env, client_id: ClientId) -> Outcome<Response> {
    let grant = allowed(&request, env).await?;
    let bucket = bucket(env)?;
    let bytes = length_of(&request)?;
    if bytes > limits::SMALL_BYTES {
        let text = format!("At most {} KiB.", limits::SMALL_BYTES / 1024);
        return Err(Refused::new(ErrorCode::TooLarge, &text).into());
    }
    let missing = || Refused::new(ErrorCode::NotFound, "There is no such picture to be sent.");
    let find = FileRequest::Find { client_id: client_id.clone() };
    let file = ask(env, &grant, &find).await?.ok_or_else(missing)?;
    if file.small {
        return Ok(Response::from_json(&file)?);
    }
    let key = key(&grant.site, conversation_of(&grant)?, &file.id) + SMALL;
    let takes = |kind: FileKind| kind == FileKind::Image;
    match pipe::fill(&bucket, &key, &request, bytes, &takes).await {
        Ok(Piped::Whole(facts)) if facts.longer() > limits::SMALL_SIDE => {
            bucket.delete(key).await?;
            let text = format!("At most {} pixels on each side.", limits::SMALL_SIDE);
            return Err(Refused::new(ErrorCode::TooLarge, &text).into());
        }
        Ok(_) => {}
        Err(failed) => return Err(refusal(failed)?.into()),
    }
    let Some(file) = ask(env, &grant, &FileRequest::Small { client_id }).await? else {
        // A message went with the picture meanwhile, or it was given up.
        bucket.delete(key).await?;
        return Err(missing().into());
    };
    Ok(Response::from_json(&file)?.with_status(201))
}

fn length_of(request: &Request) -> Outcome<u32> {
    let length = request.headers().get("Content-Length")?;
    let length = length.and_then(|text| text.parse::<u32>().ok());
    let empty = || Refused::new(ErrorCode::BadRequest, "Send a file.");
    Ok(length.filter(|bytes| *bytes > 0).ok_or_else(empty)?)
}

fn file_ref(id: FileId, Facts { kind, size }: Facts, bytes: u32) -> FileRef {
    let (width, height) = (size.map(|size| size.0), size.map(|size| size.1));
    FileRef { id, kind, bytes, width, height, small: false }
}

/// What the sender is told; a fault of the bucket stays ours.
fn refusal(failed: pipe::Failed) -> worker::Result<Refused> {
    let (code, text) = match failed {
        pipe::Failed::Fault(error) => return Err(error),
        pipe::Failed::Kind => (ErrorCode::TypeNotAllowed, "This site takes no files of this kind."),
        pipe::Failed::Trouble(Trouble::Metadata) => {
            let text = "The picture says more than it shows: take EXIF, XMP and comments out.";
            (ErrorCode::HasMetadata, text)
        }
        pipe::Failed::Trouble(Trouble::TooManyPixels) => {
            (ErrorCode::TooLarge, "The picture has too many pixels.")
        }
        pipe::Failed::Trouble(Trouble::Broken) => {
            (ErrorCode::TypeNotAllowed, "The file is broken.")
        }
    };
    Ok(Refused::new(code, text))
}

/// Asks the conversation, in the name of who sends.
async fn ask(env: &Env, grant: &Grant, question: &FileRequest) -> Outcome<Option<FileRef>> {
    let text = serde_json::to_string(question).map_err(worker::Error::from)?;
    let mut response = door::files(env, grant, &text).await?;
    let answer: Result<Option<FileRef>, ApiError> =
        serde_json::from_str(&response.text().await?).map_err(worker::Error::from)?;
    Ok(answer?)
}

async fn allowed(request: &Request, env: &Env) -> Outcome<Grant> {
    let key = api::signing_key(env).await?;
    Ok(door::check_bearer(request, &key, platform::now())?)
}

fn conversation_of(grant: &Grant) -> Outcome<&ConversationId> {
    match &grant.door {
        Door::Conversation(id) => Ok(id),
        Door::Desk => Err(odd_answer()),
    }
}

fn bucket(env: &Env) -> Outcome<Bucket> {
    let text = "Files need the R2 binding FILES; see wrangler.toml.";
    env.bucket(BUCKET).map_err(|_| Refused::new(ErrorCode::NotConfigured, text).into())
}

/// Drops files from the bucket, however many are not there any more.
///
/// # Errors
/// Those of the bucket; all may be tried again.
pub async fn drop_all(env: &Env, conversation: &str, files: &[FileId]) -> worker::Result<()> {
    let Some((site, conversation)) = carry::parse_conversation_name(conversation) else {
        return Ok(());
    };
    let keys = files.iter().map(|file| key(&site, &conversation, file));
    let keys: Vec<String> = keys.flat_map(|key| [key.clone() + SMALL, key]).collect();
    // Without the bucket, nothing that lies in it is ours any more.
    match env.bucket(BUCKET) {
        Ok(bucket) => bucket.delete_multiple(keys).await,
        Err(_) => Ok(()),
    }
}
