//! Standard error: a line for each delivery that nobody acknowledged, and the last ones.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, channel, sync_channel};
use std::time::Duration;

use http::Uri;
use pockyt_mock::{AttemptView, FailureReason, NotificationView, Verdict};

/// Lines that may wait to be written; more are dropped.
const WAITING: usize = 1024;
/// How long the last lines may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Writes a line for each attempt that was not acknowledged.
///
/// A thread does the writing: whoever started the mock may not read its standard error, and a full pipe
/// must not hold up deliveries.
pub(crate) fn to_stderr() -> io::Result<impl Fn(&NotificationView, &AttemptView) + Send + Sync + 'static> {
    let (lines, written) = sync_channel(WAITING);
    std::thread::Builder::new().name("report".into()).spawn(move || write_all(&written))?;
    Ok(move |notification: &NotificationView, attempt: &AttemptView| {
        if let Some(line) = line_of(notification, attempt) {
            // What is said here can be asked of the control API as well.
            let _ = lines.try_send(line);
        }
    })
}

fn write_all(lines: &Receiver<String>) {
    for line in lines {
        if writeln!(io::stderr().lock(), "{line}").is_err() {
            return;
        }
    }
}

/// Writes these lines as the last ones, if that is soon done: who waits for the end of the mock before reading what
/// it said would otherwise wait for ever.
pub(crate) fn say_last(lines: Vec<String>) {
    let (say, said) = channel();
    let saying = std::thread::Builder::new().name("last words".into()).spawn(move || {
        for line in lines {
            let _ = writeln!(io::stderr().lock(), "{line}");
        }
        say.send(())
    });
    if saying.is_ok() {
        let _ = said.recv_timeout(PATIENCE);
    }
}

fn line_of(notification: &NotificationView, attempt: &AttemptView) -> Option<String> {
    if attempt.verdict == Some(Verdict::Acknowledged) {
        return None;
    }
    let went = match (attempt.failure, attempt.status) {
        (Some(reason), _) => format!("{}{}", reason.as_str(), remedy(reason, &notification.url)),
        (None, Some(status)) => format!("answered {status}, where 200 and `success` acknowledge"),
        (None, None) => "not acknowledged".to_owned(),
    };
    // Quoted and escaped: a terminal would obey what a merchant puts into a reference.
    let reference =
        notification.reference.as_ref().map(|reference| format!(" {reference:?}")).unwrap_or_default();
    let (order, number) = (&notification.transaction_no, attempt.number);
    Some(format!("notification of order {order}{reference}, attempt {number}: {went}"))
}

/// The option that helps, if one does.
fn remedy(reason: FailureReason, url: &str) -> String {
    let uri: Option<Uri> = url.split('#').next().and_then(|url| url.parse().ok());
    let host = uri.as_ref().and_then(Uri::host).unwrap_or("HOST");
    let is_https = uri.as_ref().and_then(Uri::scheme_str) == Some("https");
    let port = uri.as_ref().and_then(Uri::port_u16).unwrap_or(if is_https { 443 } else { 80 });
    match reason {
        FailureReason::NotAllowed => format!(
            " (only loopback is, and never the mock itself: allow more with --ipn-allow {host}, or send it \
             elsewhere with --resolve {host}:{port}=ADDR:PORT)"
        ),
        FailureReason::Unresolved => {
            format!(" (no address for this name: give one with --resolve {host}:{port}=ADDR:PORT)")
        }
        FailureReason::Tls => {
            " (a certificate that is not trusted? give its authority with --ipn-ca FILE)".to_owned()
        }
        FailureReason::Unsupported => " (only http:// and https:// are delivered)".to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pockyt_mock::{AttemptId, Millis, NotificationId, NotificationKind};

    fn line(url: &str, failure: Option<FailureReason>, status: Option<u16>) -> Option<String> {
        let acknowledged = status == Some(200);
        let verdict = if acknowledged { Verdict::Acknowledged } else { Verdict::NotAcknowledged };
        let attempt = AttemptView {
            id: AttemptId(12),
            number: 3,
            due_at: Millis(0),
            status,
            body: None,
            failure,
            verdict: Some(verdict),
        };
        let notification = NotificationView {
            id: NotificationId(4),
            kind: NotificationKind::Payment,
            transaction_no: "4001".into(),
            reference: Some("web\u{1b}[2J".into()),
            status: "success",
            url: url.into(),
            content_type: "application/x-www-form-urlencoded",
            body: String::new(),
            acknowledged,
            next_due_at: None,
            attempts: vec![attempt.clone()],
        };
        line_of(&notification, &attempt)
    }

    #[test]
    fn a_line_names_order_attempt_and_reason() {
        assert_eq!(line("http://shop.example/ipn", None, Some(200)), None);
        assert_eq!(
            line("http://shop.example/ipn", None, Some(401)).unwrap(),
            "notification of order 4001 \"web\\u{1b}[2J\", attempt 3: answered 401, where 200 and `success` acknowledge"
        );
        let refused = line("http://127.0.0.1:9/ipn", Some(FailureReason::Refused), None).unwrap();
        assert!(refused.ends_with("attempt 3: refused"), "{refused}");
    }

    #[test]
    fn the_option_that_helps_is_named_and_no_password_of_the_url() {
        let url = "http://me:hush@shop.example:8080/ipn?key=hush#x";
        for (reason, helps) in [
            (FailureReason::NotAllowed, "--ipn-allow shop.example,"),
            (FailureReason::NotAllowed, "--resolve shop.example:8080=ADDR:PORT"),
            (FailureReason::Unresolved, "--resolve shop.example:8080=ADDR:PORT"),
            (FailureReason::Tls, "--ipn-ca"),
            (FailureReason::Unsupported, "only http:// and https://"),
        ] {
            let line = line(url, Some(reason), None).unwrap();
            assert!(line.contains(helps), "{line}");
            assert!(!line.contains("hush"), "{line}");
        }
        let odd = line("http://[", Some(FailureReason::Unresolved), None).unwrap();
        assert!(odd.contains("HOST:80"), "{odd}");
    }
}
