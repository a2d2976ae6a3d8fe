//! Explaining signatures that do not fit.
use crate::support::{CANARY, Scratch, pockyt, run, run_signed, run_with};
use serde_json::Value;

fn signed(params: &[&str]) -> String {
    let ran = run_signed(&[&["sign", "--pure", "--body", "form"], params].concat(), b"");
    ran.out.trim_end().to_owned()
}

fn explained(args: &[&str], body: &str) -> (i32, Value) {
    let ran = run_signed(&[&["explain", "--json"], args].concat(), body.as_bytes());
    (ran.code, serde_json::from_str(&ran.out).expect("one line of JSON"))
}

#[test]
fn a_right_signature_needs_no_explanation() {
    let body = signed(&["a=1"]);
    let (code, told) = explained(&[], &body);
    assert_eq!((code, &told["outcome"], &told["canonical"]), (0, &"right".into(), &"a=1&".into()));
    let ran = run_signed(&["explain"], format!("{body}\n").as_bytes());
    assert_eq!(ran.out, "right: the signature is right as it is\n  text to sign  a=1&\n");
}

#[test]
fn a_known_variation_is_named_with_the_first_difference() {
    let body = format!("{}&note=", signed(&["a=1", "cardNumber=4242424242424242"]));
    let (code, told) = explained(&[], &body);
    assert_eq!(code, 5);
    assert_eq!(told["findings"][0]["variations"][0], "empties-dropped");
    assert_eq!(told["findings"][0]["difference"]["field"], "note");
    let ran = run_signed(&["explain", "--form"], body.as_bytes());
    assert!(ran.code == 5 && ran.out.starts_with("empties-dropped: "), "{}", ran.out);
    assert!(ran.out.contains("cardNumber=***") && !ran.out.contains("4242"), "{}", ran.out);
}

#[test]
fn other_tokens_and_older_bodies_are_tried() {
    let body = signed(&["a=1"]);
    let (first, second) = (Scratch::new("another"), Scratch::new(CANARY));
    let (code, told) = explained(&["--token-file", first.path(), "--token-file", second.path()], &body);
    assert_eq!((code, &told["findings"][0]["variations"][0]), (5, &"other-key".into()));
    assert_eq!(told["findings"][0]["key"], "token 2");

    let older = Scratch::new(format!("{body}\n"));
    let changed = body.replace("a=1", "a=2&b=3&c=4");
    assert_eq!(explained(&[], &changed).0, 4);
    let (code, told) = explained(&["--older", older.path()], &changed);
    assert_eq!((code, &told["findings"][0]["variations"][0]), (5, &"older-body".into()));
    assert_eq!(explained_code(&["--older", "/nonexistent/file"], &changed), 1);
}

fn explained_code(args: &[&str], body: &str) -> i32 {
    run_signed(&[&["explain"], args].concat(), body.as_bytes()).code
}

#[test]
fn json_bodies_are_explained_too() {
    let made = run_signed(&["sign", "--body", "json", "a=1"], b"").out;
    let body = made.trim_end().replacen('{', "{\"n\":null,", 1);
    let (code, told) = explained(&[], &body);
    assert_eq!((code, &told["findings"][0]["variations"][0]), (5, &"nulls-dropped".into()));
}

#[test]
fn what_cannot_be_read_or_explained_is_told() {
    assert_eq!(explained(&[], "a=1&verifySign=00000000000000000000000000000000").0, 4);
    let (code, told) = explained(&[], "a=%zz");
    assert_eq!(
        (code, &told["outcome"], &told["reason"]),
        (4, &"unreadable".into(), &"invalid-escape".into())
    );
}

#[test]
fn what_else_is_wrong_with_a_body_is_told() {
    let body = signed(&["a=1"]);
    for (body, code, reason, words) in [
        (format!("a=1&{body}"), 0, Some("duplicate-name"), "but the body is refused all the same"),
        ("a=1".to_owned(), 4, Some("signature-missing"), "unexplained: verifySign is missing"),
        ("a=1&verifySign=".to_owned(), 4, Some("signature-empty"), "unexplained: verifySign is empty"),
        (format!("{body}&b="), 5, None, "empties-dropped: "),
    ] {
        let (told_code, told) = explained(&[], &body);
        assert_eq!((told_code, told["reason"].as_str()), (code, reason), "{body}");
        let ran = run_signed(&["explain"], body.as_bytes());
        assert!(ran.code == code && ran.out.contains(words), "{body}: {}", ran.out);
    }
}

#[test]
fn tokens_are_tried_as_they_are() {
    // Taken as it is: padding may be what is looked for.
    let body = signed(&["a=1"]);
    let padded = Scratch::new(format!(" {CANARY}"));
    let (code, told) = explained(&["--token-file", padded.path()], &body);
    assert_eq!((code, &told["findings"][0]["variations"][0]), (5, &"token-trimmed".into()));
    let ran = run_with(pockyt(&["explain", "--token", "5cbfb079f15b150122261c8537086d77a"]), body.as_bytes());
    assert!(ran.err.contains("publishes"), "{}", ran.err);
    assert_eq!(run(pockyt(&["explain"])).code, 2);
}
