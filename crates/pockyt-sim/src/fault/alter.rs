//! What a fault makes of an answer.

use super::{BadBody, BadHeaders, FaultKind};
use crate::{ApiResponse, Reply};

const ERROR_PAGE: &str = "<html><head><title>error</title></head><body><h1>The upstream server did not \
                          answer</h1><p>pockyt-mock, because of a fault that was set</p></body></html>";
const PAGE: &[u8] = b"<!doctype html><html><head><title>Welcome</title></head><body>This is not what you \
                      asked for: a fault that was set.</body></html>";

/// The order that an answer is about.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Subject<'a> {
    pub(crate) transaction_no: Option<&'a str>,
    pub(crate) reference: Option<&'a str>,
}

/// The answer to a request that is not carried out because of this fault; `None` when it is carried out.
pub(crate) fn instead_of_carrying_out(
    kind: FaultKind,
    own_url: impl FnOnce() -> String,
) -> Option<ApiResponse> {
    match kind {
        FaultKind::ResetBeforeRead | FaultKind::ResetDuringRead => Some(silent(Reply::Reset)),
        FaultKind::LoseRequest => Some(silent(Reply::Lost)),
        FaultKind::ServerError { status, booked: false, retry_after } => {
            Some(error_page(status, retry_after))
        }
        FaultKind::Redirect { status } => Some(ApiResponse {
            status,
            headers: vec![("Location", own_url())],
            body: Vec::new(),
            reply: Reply::Send,
        }),
        _ => None,
    }
}

/// What comes in place of the answer of a request that was carried out.
pub(crate) fn alter(kind: FaultKind, mut response: ApiResponse, subject: Subject<'_>) -> ApiResponse {
    match kind {
        FaultKind::LoseReply => response.reply = Reply::Lost,
        FaultKind::ResetReply => response.reply = Reply::Reset,
        FaultKind::TruncateBody => response.reply = Reply::Truncated,
        FaultKind::ResetDuringBody => response.reply = Reply::TruncatedByReset,
        FaultKind::CloseAfterAnswer => response.reply = Reply::SendAndClose,
        FaultKind::FloodBody { bytes } => response.reply = Reply::Flood { bytes },
        FaultKind::ServerError { status, retry_after, .. } => response = error_page(status, retry_after),
        FaultKind::ReplaceBody(bad) => response.body = replaced(bad, response.body),
        FaultKind::WrongHeaders(bad) => add_wrong_headers(bad, &mut response.headers),
        FaultKind::WrongAnswer => response.body = about_another(response.body, subject),
        _ => {}
    }
    response
}

fn silent(reply: Reply) -> ApiResponse {
    ApiResponse { status: 502, headers: Vec::new(), body: Vec::new(), reply }
}

fn error_page(status: u16, retry_after: Option<u32>) -> ApiResponse {
    let mut headers = vec![("Content-Type", "text/html".to_owned())];
    headers.extend(retry_after.map(|seconds| ("Retry-After", seconds.to_string())));
    ApiResponse { status, headers, body: ERROR_PAGE.into(), reply: Reply::Send }
}

fn replaced(bad: BadBody, mut body: Vec<u8>) -> Vec<u8> {
    match bad {
        BadBody::Empty => Vec::new(),
        BadBody::Html => PAGE.into(),
        BadBody::NoResult => br#"{"ret_code":"000100","ret_msg":"success"}"#.into(),
        BadBody::NotJson => {
            body.pop();
            body
        }
        BadBody::InvalidUtf8 => {
            // Every answer ends in a text and a brace, so this is within the last text.
            let end = body.len().saturating_sub(2);
            body.insert(end, 0xff);
            body
        }
    }
}

fn add_wrong_headers(bad: BadHeaders, headers: &mut Vec<(&'static str, String)>) {
    match bad {
        BadHeaders::Html => headers.push(("Content-Type", "text/html".to_owned())),
        BadHeaders::NoType => headers.push(("Content-Type", String::new())),
        BadHeaders::Gzip => headers.push(("Content-Encoding", "gzip".to_owned())),
        BadHeaders::Many { count } => {
            headers.extend((0..count).map(|n| ("Pockyt-Mock-Padding", n.to_string())));
        }
    }
}

/// The same answer with another order's number and reference.
fn about_another(body: Vec<u8>, subject: Subject<'_>) -> Vec<u8> {
    let Ok(mut text) = String::from_utf8(body) else { return Vec::new() };
    if let Some(number) = subject.transaction_no {
        text = text.replace(&format!("\"{number}\""), &format!("\"{}\"", other_number(number)));
    }
    if let Some(reference) = subject.reference {
        let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
        text = text.replace(&quoted(reference), &quoted(&format!("{reference}-other")));
    }
    text.into_bytes()
}

/// A number that no order has: those of the simulator begin with a 4, the documentation's with 2 or 3.
fn other_number(number: &str) -> String {
    let rest: String = number.chars().skip(1).collect();
    format!("9{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer() -> ApiResponse {
        let body = br#"{"result":{"transactionNo":"412","reference":"a\"b"},"ret_msg":"ok"}"#.to_vec();
        ApiResponse { status: 200, headers: Vec::new(), body, reply: Reply::Send }
    }

    fn body(kind: FaultKind) -> Vec<u8> {
        alter(kind, answer(), Subject { transaction_no: Some("412"), reference: Some("a\"b") }).body
    }

    #[test]
    fn a_wrong_answer_is_a_right_answer_about_another_order() {
        assert_eq!(
            String::from_utf8(body(FaultKind::WrongAnswer)).unwrap(),
            r#"{"result":{"transactionNo":"912","reference":"a\"b-other"},"ret_msg":"ok"}"#
        );
    }

    #[test]
    fn bad_bodies_are_bad_in_the_way_they_say() {
        let replaced = |bad| body(FaultKind::ReplaceBody(bad));
        assert!(replaced(BadBody::Empty).is_empty());
        assert!(replaced(BadBody::Html).starts_with(b"<!doctype html"));
        let is_json = |body: &[u8]| serde_json::from_slice::<serde_json::Value>(body).is_ok();
        assert!(is_json(&replaced(BadBody::NoResult)));
        assert!(!is_json(&replaced(BadBody::NotJson)));
        let invalid = replaced(BadBody::InvalidUtf8);
        assert!(std::str::from_utf8(&invalid).is_err());
        assert_eq!(
            String::from_utf8_lossy(&invalid).replace('\u{fffd}', ""),
            String::from_utf8(answer().body).unwrap()
        );
    }
}
