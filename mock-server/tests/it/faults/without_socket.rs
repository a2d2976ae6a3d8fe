//! The same faults as errors of the transport.

use std::error::Error;
use std::io;

use axum::body::Body;
use http::{Request, Response};
use http_body_util::BodyExt;
use pockyt_mock::{Broken, ConnectionFault, Fault, FaultKind, MockPockyt, TransportError};
use tower_service::Service;

use super::{ADD, add_body, is_booked};

async fn ask(mock: &MockPockyt) -> Result<Response<Body>, TransportError> {
    let request = Request::post(ADD).header("content-type", "application/json");
    mock.transport().call(request.body(add_body("f-1")).unwrap()).await
}

#[tokio::test]
async fn a_broken_connection_is_an_error_that_a_socket_would_give() {
    for (fault, broken, kind, booked) in [
        (Fault::new("f-1", FaultKind::LoseReply), Broken::Closed, io::ErrorKind::UnexpectedEof, true),
        (Fault::new("f-1", FaultKind::ResetReply), Broken::Reset, io::ErrorKind::ConnectionReset, true),
        (Fault::new("f-1", FaultKind::LoseRequest), Broken::Closed, io::ErrorKind::UnexpectedEof, false),
        (Fault::any(FaultKind::ResetBeforeRead), Broken::Reset, io::ErrorKind::ConnectionReset, false),
        (Fault::any(FaultKind::ResetDuringRead), Broken::Reset, io::ErrorKind::ConnectionReset, false),
        (Fault::connection(ConnectionFault::Reset), Broken::Reset, io::ErrorKind::ConnectionReset, false),
        (Fault::connection(ConnectionFault::Close), Broken::Closed, io::ErrorKind::UnexpectedEof, false),
        (
            Fault::connection(ConnectionFault::Refuse { ms: 1 }),
            Broken::Refused,
            io::ErrorKind::ConnectionRefused,
            false,
        ),
    ] {
        let mock = MockPockyt::start().await.unwrap();
        mock.fault(fault.clone()).unwrap();
        let error = ask(&mock).await.unwrap_err();
        assert_eq!(error.broken(), broken, "{fault:?}");
        let source = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
        assert_eq!(source.kind(), kind, "{fault:?}");
        assert_eq!(is_booked(&mock, "f-1"), booked, "{fault:?}");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_an_error_of_the_body() {
    for (kind, broken) in
        [(FaultKind::TruncateBody, Broken::Closed), (FaultKind::ResetDuringBody, Broken::Reset)]
    {
        let mock = MockPockyt::start().await.unwrap();
        mock.fault(Fault::new("f-1", kind)).unwrap();
        let response = ask(&mock).await.unwrap();
        assert!(response.status().is_success());
        let error = response.into_body().collect().await.unwrap_err();
        let cause = error.source().unwrap().downcast_ref::<Broken>();
        assert_eq!(cause, Some(&broken), "{kind:?}");
    }
}
