//! Which files the site takes.

use super::{Answer, Member, Records, Settings, forbidden};
use crate::auth::authorize::{Action, may};
use crate::limits;
use crate::protocol::api::{ApiError, ErrorCode};
use crate::protocol::file::FileRules;
use crate::protocol::site::SiteAnswer;

pub(super) fn set<R: Records>(
    caller: &Member,
    files: FileRules,
    settings: Settings,
    records: &R,
) -> Result<Answer, R::Error> {
    if !may(caller.role, Action::ChangeFiles) {
        return Ok(Err(forbidden()));
    }
    if !files.fits() {
        let text = format!("1 to {} MiB, and at least one kind.", limits::FILE_MIB_MAX);
        return Ok(Err(ApiError::new(ErrorCode::BadRequest, text)));
    }
    let settings = Settings { files, ..settings };
    records.put_settings(&settings)?;
    Ok(Ok(SiteAnswer::Files(settings.files)))
}
