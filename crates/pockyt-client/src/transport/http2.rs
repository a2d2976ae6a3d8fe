//! An HTTP/2 connection, which runs in a task of its own and carries all calls.

use std::sync::Arc;

use futures_util::FutureExt as _;
use http::{Request, Response};
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper::rt::Executor as _;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::Io;
use super::http1::AnswerBody;
use crate::layers::RequestBody;

const MOST_HEADER_BYTES: u32 = 64 * 1024;

/// A hold on the connection, which is closed when nobody has one and nothing is under way.
#[derive(Clone)]
pub(super) struct Shared {
    sender: SendRequest<RequestBody>,
    was_used: bool,
    _open: Arc<()>,
}

impl Shared {
    pub(super) async fn over(io: Io, open: Arc<()>) -> Result<Self, hyper::Error> {
        let mut builder = Builder::new(TokioExecutor::new());
        builder.timer(TokioTimer::new()).max_header_list_size(MOST_HEADER_BYTES);
        let (sender, connection) = builder.handshake(io).await?;
        TokioExecutor::new().execute(connection.map(drop));
        Ok(Self { sender, was_used: true, _open: open })
    }

    /// For one more call, unless the connection is closed.
    pub(super) fn in_use(&mut self) -> Option<Self> {
        self.was_used = true;
        (!self.sender.is_closed()).then(|| self.clone())
    }

    /// Whether a call has had it since this was asked before.
    pub(super) fn was_used(&mut self) -> bool {
        std::mem::take(&mut self.was_used)
    }

    pub(super) async fn exchange(
        mut self,
        request: Request<RequestBody>,
    ) -> Result<Response<AnswerBody>, hyper::Error> {
        Ok(self.sender.send_request(request).await?.map(AnswerBody::of_shared))
    }
}
