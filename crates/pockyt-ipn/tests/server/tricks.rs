//! What can be done to a request so that two readers disagree about it, byte for byte.

use pockyt_ipn::server::Server;

use crate::support::{Running, genuine, head, listener, post, records, statuses};

/// What comes back: the statuses of the answers before the connection is closed.
const CLOSED: &[u16] = &[];

/// Each is said on a connection of its own; whatever is answered, the connection is closed after it, and
/// nothing is recorded.
fn tricks() -> Vec<(&'static str, String, &'static [u16])> {
    let body = genuine(1);
    let length = body.len();
    let plain = |headers: &str| format!("{}\r\n{body}", head(headers));
    let chunked = |encoding: &str, body: &str| {
        format!("{}connection: close\r\n\r\n{body}", head(&format!("transfer-encoding: {encoding}\r\n")))
    };
    let many: String = (0..10_000).map(|number| format!("x-{number}: 1\r\n")).collect();
    vec![
        (
            "both lengths, and the body is plain",
            plain(&format!("content-length: {length}\r\ntransfer-encoding: chunked\r\n")),
            &[400],
        ),
        (
            "both the other way round",
            plain(&format!("transfer-encoding: chunked\r\ncontent-length: {length}\r\n")),
            &[400],
        ),
        (
            "both, and chunks end where a second request begins",
            format!(
                "{}\r\n0\r\n\r\nGET /ipn HTTP/1.1\r\nhost: shop\r\n\r\n",
                head("content-length: 5\r\ntransfer-encoding: chunked\r\n")
            ),
            &[401],
        ),
        (
            "two lengths that differ",
            plain(&format!("content-length: {length}\r\ncontent-length: 3\r\n")),
            &[400],
        ),
        ("two lengths in one", plain(&format!("content-length: {length}, {length}\r\n")), &[400]),
        ("a length with a sign", plain(&format!("content-length: +{length}\r\n")), &[400]),
        ("a negative length", plain("content-length: -1\r\n"), &[400]),
        ("a length beyond 64 bits", plain("content-length: 99999999999999999999999\r\n"), &[400]),
        ("a length of all there is", plain("content-length: 18446744073709551615\r\n"), &[431]),
        ("a length far above the limit", plain("content-length: 65537\r\n"), &[413]),
        ("an encoding after chunked", chunked("chunked, identity", "0\r\n\r\n"), &[400]),
        ("an encoding that is none", chunked("xchunked", "0\r\n\r\n"), &[400]),
        ("identity", chunked("identity", &body), &[400]),
        (
            "chunked with HTTP/1.0",
            format!(
                "POST /ipn HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n"
            ),
            &[400],
        ),
        ("a chunk whose size overflows", chunked("chunked", "fffffffffffffffff\r\na"), &[400]),
        (
            "a chunk of a whole address space",
            chunked("chunked", &format!("ffffffffffffffff\r\n{}", "a".repeat(70_000))),
            &[413],
        ),
        ("a chunk with a negative size", chunked("chunked", "-1\r\na\r\n0\r\n\r\n"), &[400]),
        ("a chunk with 0x", chunked("chunked", "0x1\r\na\r\n0\r\n\r\n"), &[400]),
        ("a chunk without its line end", chunked("chunked", &format!("1\r\n{body}\r\n0\r\n\r\n")), &[400]),
        (
            "extensions without end",
            chunked("chunked", &format!("1;{}\r\na\r\n0\r\n\r\n", "x".repeat(100_000))),
            &[400],
        ),
        ("a header of 100 KB", plain(&format!("x-long: {}\r\n", "a".repeat(100_000))), &[431]),
        ("10,000 headers", plain(&many), &[431]),
        ("a path of 100 KB", format!("POST /{} HTTP/1.1\r\nhost: shop\r\n\r\n", "a".repeat(100_000)), &[431]),
        ("a space before the colon", plain(&format!("content-length : {length}\r\n")), &[400]),
        ("a folded header", plain(&format!("x-a: b\r\n c\r\ncontent-length: {length}\r\n")), &[400]),
        ("a zero byte in a header", plain(&format!("x-a: b\0c\r\ncontent-length: {length}\r\n")), &[400]),
        ("a bare CR in a header", plain(&format!("x-a: b\rc\r\ncontent-length: {length}\r\n")), &[400]),
        ("no HTTP at all", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}".to_owned(), &[400]),
        ("the first line of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), CLOSED),
        ("HTTP/3", "POST /ipn HTTP/3.0\r\n\r\n".to_owned(), &[400]),
        (
            "a tunnel",
            "CONNECT shop:443 HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n".to_owned(),
            &[405],
        ),
    ]
}

#[tokio::test]
async fn each_trick_has_its_answer_and_leaves_nothing() {
    let mut surprises = Vec::new();
    for (name, bytes, expected) in tricks() {
        let listener = listener();
        let server = Running::start(Server::default(), listener.service()).await;
        let answer = server.say(&bytes).await;
        if statuses(&answer) != expected {
            surprises.push(format!("{name}: {:?} and not {expected:?}", statuses(&answer)));
        }
        assert!(!answer.contains("success"), "{name}: {answer}");
        assert_eq!(records(&listener).await, 0, "{name}");
        // And the server goes on.
        assert_eq!(statuses(&server.say(post(&genuine(2))).await), [200], "{name}");
    }
    assert!(surprises.is_empty(), "{surprises:#?}");
}

#[tokio::test]
async fn a_request_that_breaks_off_is_no_request() {
    let listener = listener();
    let server = Running::start(Server::default(), listener.service()).await;
    let whole = post(&genuine(1));
    for end in [1, 20, whole.len() / 2, whole.len() - 1] {
        let mut stream = server.connect().await;
        tokio::io::AsyncWriteExt::write_all(&mut stream, &whole.as_bytes()[..end]).await.unwrap();
        tokio::io::AsyncWriteExt::shutdown(&mut stream).await.unwrap();
        let answer = crate::support::rest(&mut stream).await;
        assert!(!answer.contains("success") && !answer.contains(" 200 "), "{end}: {answer}");
        assert_eq!(records(&listener).await, 0, "{end}");
    }
}

#[tokio::test]
async fn bare_line_feeds_end_lines_as_the_standard_allows() {
    let listener = listener();
    let server = Running::start(Server::default(), listener.service()).await;
    let body = genuine(1);
    let (head, _) =
        post(&body).split_once("\r\n\r\n").map(|(head, body)| (head.to_owned(), body.len())).unwrap();
    let answer = server.say(format!("{}\n\n{body}", head.replace("\r\n", "\n"))).await;
    assert_eq!(statuses(&answer), [200], "{answer}");
    assert_eq!(records(&listener).await, 1, "it is the message that was signed");
}

#[tokio::test]
async fn chunks_with_a_length_beside_them_are_read_as_chunks_and_close_the_connection() {
    let listener = listener();
    let server = Running::start(Server::default(), listener.service()).await;
    let body = genuine(1);
    let head = head("content-length: 3\r\ntransfer-encoding: chunked\r\n");
    let chunks = format!("{head}\r\n{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let answer = server.say(format!("{chunks}{}", post(&genuine(2)))).await;
    assert_eq!(statuses(&answer), [200], "what follows is not looked at: {answer}");
    assert_eq!(records(&listener).await, 1);
}

#[tokio::test]
async fn requests_in_a_row_are_answered_in_a_row() {
    let listener = listener();
    let server = Running::start(Server::default(), listener.service()).await;
    let mut requests: String = (0..20).map(|n| crate::support::posted_with("", &genuine(n))).collect();
    requests.push_str(&crate::support::posted_with("", &crate::support::forged(21)));
    requests.push_str(&post(&genuine(22)));
    requests.push_str(&post(&genuine(23)));
    let answers = server.say(requests).await;
    let mut expected = vec![200; 22];
    expected[20] = 401;
    assert_eq!(statuses(&answers), expected, "nothing is read after `connection: close`");
    assert_eq!(records(&listener).await, 21);
}

#[tokio::test]
async fn a_caller_who_waits_to_be_asked_for_the_body_is_asked() {
    let listener = listener();
    let server = Running::start(Server::default(), listener.service()).await;
    let request = crate::support::posted_with("connection: close\r\nexpect: 100-continue\r\n", &genuine(1));
    assert_eq!(statuses(&server.say(request).await), [100, 200]);
    let too_large =
        format!("{}\r\n", head("connection: close\r\nexpect: 100-continue\r\ncontent-length: 70000\r\n"));
    assert_eq!(statuses(&server.say(too_large).await), [413], "and not, when it is too large");
}
