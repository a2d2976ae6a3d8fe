//! Refusals of the control API.

use axum::extract::{FromRequestParts, Path};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use pockyt_sim::ControlError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::body::Unreadable;

/// A status and a sentence, sent as `{"error": "..."}`. The sentence never repeats a secret.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    error: String,
}

#[derive(Serialize)]
struct ProblemBody<'a> {
    error: &'a str,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self { status, error: error.into() }
    }

    pub(crate) fn bad_request(error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    pub(crate) fn conflict(error: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, error)
    }

    pub(crate) fn forbidden(error: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, error)
    }

    pub(crate) fn not_found(error: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, error)
    }
}

impl From<Unreadable> for Problem {
    fn from(unreadable: Unreadable) -> Self {
        Self::new(unreadable.status(), unreadable.to_string())
    }
}

/// What a path names. A path that is not UTF-8 is refused like everything else.
pub(crate) struct Named<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(named) = Path::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::bad_request("the path is not UTF-8"))?;
        Ok(Self(named))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        super::body::json(self.status, &ProblemBody { error: &self.error })
    }
}

impl From<ControlError> for Problem {
    fn from(error: ControlError) -> Self {
        let status = match error {
            ControlError::NotOpen { .. } => StatusCode::CONFLICT,
            ControlError::UnknownOperation => StatusCode::BAD_REQUEST,
            _ => StatusCode::NOT_FOUND,
        };
        Self::new(status, error.to_string())
    }
}
