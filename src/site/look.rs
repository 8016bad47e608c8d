//! What the owner shows of the site: its name and where, its logo, and the faces of the team.

use super::check::{self, bad};
use super::{Answer, Member, Records, Settings, forbidden, with_member};
use crate::auth::authorize::{Action, may};
use crate::auth::secret;
use crate::files::{Scanner, Trouble, media_type};
use crate::limits;
use crate::protocol::api::{ApiError, ErrorCode, SiteSettings};
use crate::protocol::picture::{Picture, Subject};
use crate::protocol::site::{SiteAnswer, SiteRequest};
use crate::time::Millis;

/// Answers the requests that are about this.
pub(super) fn handle<R: Records>(
    now: Millis,
    request: SiteRequest,
    settings: Settings,
    records: &R,
) -> Result<Answer, R::Error> {
    match request {
        SiteRequest::Pictures { secret } => with_member(now, &secret, records, |_| {
            Ok(Ok(SiteAnswer::Pictures(records.pictures()?)))
        }),
        SiteRequest::SetPicture { secret, of, body } => {
            with_member(now, &secret, records, |caller| set_picture(&caller, of, body, records))
        }
        SiteRequest::Picture { id } => {
            let missing = || ApiError::new(ErrorCode::NotFound, "There is no such picture.");
            Ok(records.picture(&id)?.map(SiteAnswer::Picture).ok_or_else(missing))
        }
        SiteRequest::SetSite { secret, settings: asked } => {
            with_member(now, &secret, records, |caller| set(&caller, &asked, settings, records))
        }
        SiteRequest::Site { secret } => with_member(now, &secret, records, |_| Ok(read(settings))),
        _ => Ok(Err(bad("This is no question about a site's look."))),
    }
}

fn read(settings: Settings) -> Answer {
    let Settings { name, origins, .. } = settings;
    Ok(SiteAnswer::Site(SiteSettings { name, origins }))
}

fn set<R: Records>(
    caller: &Member,
    asked: &SiteSettings,
    settings: Settings,
    records: &R,
) -> Result<Answer, R::Error> {
    if !may(caller.role, Action::ChangeWidget) {
        return Ok(Err(forbidden()));
    }
    let origins = match check::site(&asked.name, &asked.origins) {
        Ok(origins) => origins,
        Err(error) => return Ok(Err(error)),
    };
    let settings = Settings { name: asked.name.trim().to_owned(), origins, ..settings };
    records.put_settings(&settings)?;
    Ok(read(settings))
}

fn set_picture<R: Records>(
    caller: &Member,
    of: Subject,
    body: Option<String>,
    records: &R,
) -> Result<Answer, R::Error> {
    if of == Subject::Logo && !may(caller.role, Action::ChangeWidget) {
        return Ok(Err(forbidden()));
    }
    let agent = (of == Subject::Me).then_some(&caller.agent.id);
    match body.map(picture).transpose() {
        Err(error) => return Ok(Err(error)),
        Ok(None) => records.drop_picture(agent)?,
        Ok(Some(picture)) => {
            let Some(id) = secret::picture_of(&picture.body) else {
                return Ok(Err(bad("This is no picture.")));
            };
            records.put_picture(agent, &id, &picture)?;
        }
    }
    Ok(Ok(SiteAnswer::Pictures(records.pictures()?)))
}

/// What pages of strangers will draw: a small picture, and nothing beside what it shows.
fn picture(body: String) -> Result<Picture, ApiError> {
    let bytes = secret::decode_bytes(&body).unwrap_or_default();
    if bytes.len() > limits::PICTURE_BYTES {
        let text = format!("At most {} KiB.", limits::PICTURE_BYTES / 1024);
        return Err(ApiError::new(ErrorCode::TooLarge, text));
    }
    let kind = media_type(&bytes).ok_or_else(|| {
        ApiError::new(ErrorCode::TypeNotAllowed, "Send a picture in JPEG, PNG or WebP.")
    })?;
    let mut scanner = Scanner::default();
    let facts = scanner.feed(&bytes).and_then(|()| scanner.finish()).map_err(|trouble| {
        let (code, text) = match trouble {
            Trouble::Metadata => {
                (ErrorCode::HasMetadata, "Take EXIF, XMP and comments out of the picture.")
            }
            Trouble::Broken => (ErrorCode::TypeNotAllowed, "The picture is broken."),
            Trouble::TooManyPixels => (ErrorCode::TooLarge, "The picture has too many pixels."),
        };
        ApiError::new(code, text)
    })?;
    if facts.longer() > limits::PICTURE_SIDE {
        let text = format!("At most {} pixels on each side.", limits::PICTURE_SIDE);
        return Err(ApiError::new(ErrorCode::TooLarge, text));
    }
    Ok(Picture { kind: kind.to_owned(), body })
}
