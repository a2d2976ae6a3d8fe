//! Without the feature `http2` it is not offered, so there never is such a connection.

use std::future::Ready;
use std::time::Duration;

use http::{Request, Response};

use super::http1::{AnswerBody, Broken};
use crate::layers::RequestBody;

#[derive(Clone)]
pub(super) enum Shared {}

impl Shared {
    pub(super) fn in_use(&mut self) -> Option<Self> {
        match *self {}
    }

    pub(super) fn idle_for(&self) -> Duration {
        match *self {}
    }

    pub(super) fn is_same_as(&self, _: &Self) -> bool {
        match *self {}
    }

    pub(super) fn exchange(
        &mut self,
        _: Request<RequestBody>,
    ) -> Ready<Result<Response<AnswerBody>, Broken>> {
        match *self {}
    }
}
