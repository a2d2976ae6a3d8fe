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

#[test]
fn a_right_signature_of_an_ambiguous_message_is_not_called_fine() {
    let body = signed(&["note=gift&amount=0.01"]);
    let (code, told) = explained(&[], &body);
    assert_eq!((code, &told["outcome"]), (3, &"right".into()));
    assert_eq!((&told["reason"], &told["field"]), (&"reads-as-another-field".into(), &"note".into()));
    let ran = run_signed(&["explain"], body.as_bytes());
    let words = "right: the signature is right, but the message is ambiguous: note could be read as";
    assert!(ran.code == 3 && ran.out.starts_with(words), "{}", ran.out);

    // Explained by a variation, it is ambiguous all the same.
    let body = format!("{body}&b=");
    let (code, told) = explained(&[], &body);
    assert_eq!((code, &told["reason"]), (5, &"reads-as-another-field".into()));
    let ran = run_signed(&["explain"], body.as_bytes());
    assert!(ran.out.contains("\nambiguous: the message is ambiguous: note"), "{}", ran.out);
}

#[test]
fn a_line_end_counts_as_verify_counts_it() {
    // The values of these end in a line end that was signed; with %0A for it, the body shows it.
    let signature = signed(&["a=1\n"]).split_off("a=1%0A&".len());
    let reordered = format!("{signature}&a=1\n");
    let empties = format!("c=&{reordered}");
    let upper = reordered.to_ascii_uppercase().replace("VERIFYSIGN", "verifySign").replace("&A", "&a");
    let plain = signed(&["a=1"]);
    for (body, code, verified, note) in [
        (reordered.clone(), 0, 0, false),
        (reordered.trim_end().to_owned(), 4, 4, false),
        (format!("{reordered}\n"), 0, 0, true),
        (empties, 5, 0, false),
        (upper, 5, 4, false),
        (format!("{plain}\n"), 0, 0, true),
        (format!("{plain}&b=\r\n"), 5, 0, true),
        (format!("{plain}&b=2&c=3\n"), 4, 4, false),
        ("a=%\n".to_owned(), 4, 4, false),
    ] {
        let ran = run_signed(&["explain"], body.as_bytes());
        assert_eq!((ran.code, ran.err.contains("without the line end")), (code, note), "{body:?}: {ran:?}");
        assert_eq!(run_signed(&["verify"], body.as_bytes()).code, verified, "{body:?}");
    }
}

#[test]
fn a_line_end_of_an_older_body_may_have_been_signed() {
    let with = signed(&["a=1\n"]).split_off("a=1%0A&".len());
    let without = signed(&["a=1"]).split_off("a=1&".len());
    let older = Scratch::new("x=&a=1\n");
    for signature in [with, without] {
        let (code, told) = explained(&["--older", older.path()], &format!("{signature}&a=2&b=3&c=4"));
        assert_eq!((code, &told["findings"][0]["variations"][0]), (5, &"older-body".into()), "{told}");
    }
}

#[test]
fn tokens_may_be_given_one_after_another() {
    let args = ["explain", "--json", "--token", "another", "--token", CANARY];
    let ran = run_with(pockyt(&args), signed(&["a=1"]).as_bytes());
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &told["findings"][0]["key"]), (5, &"token 2".into()));
}
