//! A visitor at the door: whether the page may, who it is, and which conversation is theirs.

use super::{Answer, Method, Records, Settings, origin};
use crate::auth::identity::{Signature, Signed, invalid, secret};
use crate::auth::secret::conversation_after;
use crate::id::{ConversationId, SiteId};
use crate::limits;
use crate::protocol::api::{ApiError, ErrorCode};
use crate::protocol::identity::Person;
use crate::protocol::site::{Proof, SiteAnswer, SiteRequest, Visit};
use crate::time::Millis;

pub(super) fn visit<R: Records>(
    now: Millis,
    asked: &Visit,
    settings: Settings,
    records: &R,
) -> Result<Answer, R::Error> {
    let Visit { origin, own, conversation, proof } = asked;
    if !own && !origin::allows(&settings.origins, origin) {
        return Ok(Err(ApiError::new(
            ErrorCode::OriginNotAllowed,
            format!("Pages of {origin} may not use this site: add it to the allowed origins."),
        )));
    }
    let person = match proof.as_ref().map(|proof| named(now, proof, &settings)) {
        Some(Err(refusal)) => return Ok(Err(refusal)),
        None if settings.identity.required => {
            let text = "This site takes only visitors whom its server has named: call `identify`.";
            return Ok(Err(ApiError::new(ErrorCode::IdentityRequired, text)));
        }
        other => other.and_then(Result::ok),
    };
    let theirs = match &person {
        Some(person) => of_person(&person.id, conversation, records)?,
        None => of_browser(conversation, records)?.1,
    };
    let (site_name, files, widget) = (settings.name, settings.files, Box::new(records.widget()?));
    let mut pictures = records.pictures()?;
    while pictures.faces.len() > limits::FACES_TOLD {
        pictures.faces.pop_last();
    }
    let answer = |conversation| SiteAnswer::Visit {
        site_name,
        conversation,
        person,
        widget,
        files,
        pictures,
    };
    Ok(theirs.map(answer))
}

/// Whom the token names, when it counts.
fn named(now: Millis, proof: &Proof, settings: &Settings) -> Result<Person, ApiError> {
    let Settings { site, identity, .. } = settings;
    let signed = match identity.method {
        Method::Off => return Err(invalid("this site takes none; its owner can change that")),
        Method::Hs256 { number, old } => hs256(proof, [Some(number), old], site)?,
        Method::Key { kind, .. } => {
            let signed = Signed::parse(&proof.token, kind.algorithm())?;
            if !proof.genuine {
                return Err(invalid(&format!("it is not signed with the key of “{site}”")));
            }
            signed
        }
    };
    signed.person(site, now)
}

/// The signature that the platform has to check before this request is handled, if there is one.
///
/// # Errors
/// Those of the store.
pub fn signature_of<R: Records>(
    request: &SiteRequest,
    records: &R,
) -> Result<Option<Signature>, R::Error> {
    let SiteRequest::Visit(Visit { proof: Some(proof), .. }) = request else { return Ok(None) };
    let Some(settings) = records.settings()? else { return Ok(None) };
    let Method::Key { kind, spki } = &settings.identity.method else { return Ok(None) };
    // What cannot even be taken apart is refused when the request is handled.
    let signed = Signed::parse(&proof.token, kind.algorithm()).ok();
    Ok(signed.and_then(|signed| signed.signature(*kind, spki)))
}

fn hs256<'a>(
    proof: &'a Proof,
    numbers: [Option<u32>; 2],
    site: &SiteId,
) -> Result<Signed<'a>, ApiError> {
    let signed = Signed::parse(&proof.token, "HS256")?;
    let mut secrets = numbers.iter().flatten().filter_map(|number| secret(&proof.root, *number));
    if secrets.any(|secret| signed.is_of(&secret)) {
        return Ok(signed);
    }
    Err(invalid(&format!("it is not signed with the secret of “{site}”")))
}

/// A person keeps one conversation, wherever they come from. Who comes for the first time brings
/// along what was written in this browser; its secret then leads to another conversation, so that
/// the person's opens to nobody who merely knows the secret.
fn of_person<R: Records>(
    id: &str,
    first: &ConversationId,
    records: &R,
) -> Result<Result<ConversationId, ApiError>, R::Error> {
    if let Some(known) = records.conversation_of(id)? {
        return Ok(Ok(known));
    }
    let (count, present) = of_browser(first, records)?;
    if let Ok(present) = &present {
        records.put_conversation(id, present)?;
        records.put_given(first, count.saturating_add(1))?;
    }
    Ok(present)
}

/// How many conversations of this browser have become those of persons, and the present one.
fn of_browser<R: Records>(
    first: &ConversationId,
    records: &R,
) -> Result<(u32, Result<ConversationId, ApiError>), R::Error> {
    let count = records.given(first)?;
    let fault = || ApiError::new(ErrorCode::Fault, "Something went wrong here. Try again.");
    Ok((count, conversation_after(first, count).ok_or_else(fault)))
}
