//! Two families of errors: the caller's, answered with a code and a sentence, and ours, logged in
//! full and shown as a plain code. One table says which status each code has.

use crate::protocol::api::{ApiError, ErrorCode};
use crate::store::StoreError;
use worker::{Error, Response, Result, console_error};

/// The caller's mistake.
pub struct Refused(pub ApiError);

impl Refused {
    /// With a sentence that says what to do.
    pub fn new(code: ErrorCode, message: &str) -> Self {
        Self(ApiError::new(code, message))
    }
}

/// Why a request was not answered as wished.
pub enum Failure {
    /// The caller's mistake.
    Refused(ApiError),
    /// Ours.
    Fault(Error),
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused.0)
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}

impl Failure {
    /// The answer a stranger sees.
    pub fn response(self, route: &str) -> Result<Response> {
        let error = match self {
            Self::Refused(error) => error,
            Self::Fault(error) => {
                console_error!("{route}: {error}");
                ApiError::new(ErrorCode::Fault, "Something went wrong here. Try again.")
            }
        };
        Ok(Response::from_json(&error)?.with_status(status(error.code)))
    }
}

/// The status of each code.
fn status(code: ErrorCode) -> u16 {
    match code {
        ErrorCode::BadRequest | ErrorCode::FieldMissing | ErrorCode::FieldInvalid => 400,
        ErrorCode::SignInRequired | ErrorCode::WrongCredentials | ErrorCode::TokenInvalid => 401,
        ErrorCode::IdentityInvalid | ErrorCode::IdentityExpired => 401,
        ErrorCode::WrongToken | ErrorCode::OriginNotAllowed | ErrorCode::Forbidden => 403,
        ErrorCode::IdentityRequired => 403,
        ErrorCode::NotFound => 404,
        ErrorCode::MethodNotAllowed => 405,
        ErrorCode::AlreadySetUp
        | ErrorCode::EmailTaken
        | ErrorCode::FilesFull
        | ErrorCode::Outdated => 409,
        ErrorCode::SessionLost => 410,
        ErrorCode::TooLarge => 413,
        ErrorCode::TypeNotAllowed => 415,
        ErrorCode::HasMetadata => 422,
        ErrorCode::UpgradeRequired => 426,
        ErrorCode::TooManyTries => 429,
        ErrorCode::Fault => 500,
        ErrorCode::NotConfigured => 503,
    }
}

/// A fault of the store as the platform's error.
pub fn fault(error: StoreError) -> Error {
    Error::RustError(error.to_string())
}

/// An object that cannot tell its own name, or an id that is none.
pub fn no_id() -> Error {
    Error::RustError("an object or id without a proper name".into())
}
