//! Signing and verifying for people: what is printed, and the exit codes.
use crate::support::{CANARY, Scratch, pockyt, run, run_signed, run_with};
use serde_json::{Value, json};

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).expect("one line of JSON")
}

/// A form body signed with the canary.
fn signed(args: &[&str]) -> String {
    let ran = run_signed(&[&["sign", "--pure", "--body", "form"], args].concat(), b"");
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.out.trim_end().to_owned()
}

#[test]
fn sign_prints_the_signature_alone() {
    let published = "5cbfb079f15b150122261c8537086d77a";
    let args = ["sign", "storeNo=300014", "merchantNo=200043", "transactionNo=297553638300708562"];
    let mut command = pockyt(&args);
    command.env("POCKYT_API_TOKEN", published);
    let ran = run(command);
    assert_eq!((ran.code, ran.out.as_str()), (0, "0df745088d7202a6d186596acdc82c6a\n"));
    assert!(ran.err.contains("note") && ran.err.contains("publishes"), "{}", ran.err);
    assert!(!ran.err.contains(published));
}

#[test]
fn sign_shows_the_text_it_signs_with_card_fields_hidden() {
    let params = ["cardNumber=4242424242424242", "cardCvv=987", "amount=1.00", "note=a\u{1b}[2Jb"];
    let args = [&["sign", "--show-canonical"], &params[..]].concat();
    let hidden = run_signed(&args, b"");
    assert!(hidden.out.starts_with("canonical  amount=1.00&cardCvv=***&cardNumber=***&note=a\\u{1b}[2Jb&\n"));
    assert!(!hidden.out.contains("987") && !hidden.out.contains("4242"), "{}", hidden.out);
    let shown = run_signed(&[&args[..], &["--reveal", "--json"]].concat(), b"");
    let shown = json_of(&shown.out);
    assert_eq!(shown["canonical"], "amount=1.00&cardCvv=987&cardNumber=4242424242424242&note=a\u{1b}[2Jb&");
    assert!(hidden.out.ends_with(&format!("signature  {}\n", shown["signature"].as_str().unwrap())));
    assert_eq!(run_signed(&["sign", "a=1", "--reveal"], b"").code, 2);
}

#[test]
fn bodies_that_sign_makes_are_verified() {
    let params = ["note=Tom & Ann, 50%", "amount=1.00", "name=例え"];
    for kind in ["form", "json"] {
        let made = run_signed(&[&["sign", "--body", kind], &params[..]].concat(), b"");
        assert_eq!(made.code, 0, "{}", made.err);
        let ran = run_signed(&["verify"], made.out.trim_end().as_bytes());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{kind}");
        assert_eq!(ran.out, "verified: the signature is right and covers all fields\n");
    }
}

#[test]
fn the_text_that_is_signed_is_shown_whole() {
    let long = "é".repeat(5000);
    let param = format!("note={long}");
    for more in [&[][..], &["--reveal"]] {
        let args = [&["sign", "--json", "--show-canonical", "z=1", &param], more].concat();
        assert_eq!(json_of(&run_signed(&args, b"").out)["canonical"], format!("note={long}&z=1&"));
    }
}

#[test]
fn json_is_printed_in_ascii() {
    let text = "a\u{2028}b\u{9b}2J\u{85}é\u{61c}😀";
    let param = format!("note={text}");
    let body = signed(&[&param]);
    let whole = ["sign", "--json", "--body", "json", "--show-canonical", &param];
    for (args, input) in [
        (&whole[..], ""),
        (&["sign", "--body", "json", &param], ""),
        (&["sign", "--body", "json", "--pure", &format!("{text}=1")], ""),
        (&["explain", "--json"], &body),
        (&["explain", "--json"], &format!("{body}&{text}=")),
        (&["verify", "--json"], &signed(&["note=1&a=2"])),
    ] {
        let ran = run_signed(args, input.as_bytes());
        assert!(ran.out.bytes().all(|b| matches!(b, b' '..=b'~' | b'\n')), "{args:?}: {:?}", ran.out);
        assert_eq!(ran.out.lines().count(), 1, "{args:?}");
    }
    let shown = json_of(&run_signed(&whole, b"").out);
    assert_eq!(shown["canonical"], format!("note={text}&"));
    assert_eq!(json_of(shown["body"].as_str().unwrap())["note"], text);
}

#[test]
fn sign_reads_bodies_from_files_and_pipes() {
    let plain = run_signed(&["sign", "a=1 2", "b=3.00"], b"").out;
    let file = Scratch::new("b=3.00&a=1+2\n");
    for (args, input) in [
        (&["sign", "--form", file.path()][..], ""),
        (&["sign", "--form", "-"], "a=1%202&b=3.00"),
        (&["sign", "--json-body", "-"], "{\"b\":3.00,\"a\":\"1 2\"}\n"),
        (&["sign", "--form", "-", "b=3.00"], "a=1+2"),
    ] {
        assert_eq!(run_signed(args, input.as_bytes()).out, plain, "{args:?}");
    }
    for (args, input) in [
        (&["sign", "--form", "-"][..], "a=%zz"),
        (&["sign", "--json-body", "-"], "{\"a\":[1}"),
        (&["sign", "--json-body", "-"], "[]"),
        (&["sign", "--form", "/nonexistent/file"], ""),
    ] {
        let ran = run_signed(args, input.as_bytes());
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{args:?}");
        assert!(ran.err.starts_with("error: "), "{}", ran.err);
    }
}

#[test]
fn nested_values_are_signed_as_compact_json() {
    let text = run_signed(&["sign", "goodsInfo=[{\"goods_name\":\"name1\"}]", "n=null"], b"").out;
    let json =
        run_signed(&["sign", "--json-body", "-"], br#"{"n":null,"goodsInfo":[ {"goods_name": "name1"} ]}"#);
    assert_eq!((json.code, json.out), (0, text));
}

#[test]
fn sign_refuses_what_the_sending_policy_refuses_unless_told() {
    for (params, word) in [
        (&["a=1", "a=2"][..], "duplicate-name"),
        (&["a="], "empty-value"),
        (&["a b=1"], "name-not-allowed"),
        (&["verifySign=0df745088d7202a6d186596acdc82c6a"], "already-signed"),
    ] {
        let ran = run_signed(&[&["sign"], params].concat(), b"");
        assert_eq!(ran.code, 4, "{params:?}");
        assert!(ran.out.starts_with("refused: parameter "), "{}", ran.out);
        let ran = run_signed(&[&["sign", "--json"], params].concat(), b"");
        assert_eq!(json_of(&ran.out), json!({ "refused": word, "position": params.len() - 1 }));
        let ran = run_signed(&[&["sign", "--pure"], params].concat(), b"");
        assert_eq!((ran.code, ran.out.len()), (0, 33), "{params:?}");
    }
}

#[test]
fn sign_says_when_a_value_could_be_read_as_another_field() {
    let ran = run_signed(&["sign", "note=gift&amount=0.01"], b"");
    assert_eq!(ran.code, 0);
    assert!(ran.err.starts_with("note: the value of note could be read"), "{}", ran.err);
}

#[test]
fn wrong_usage_is_told_from_other_failures() {
    for args in [
        &[][..],
        &["sign"],
        &["sign", "secret-value-without-name"],
        &["sign", "a=1", "--form", "-", "--json-body", "-"],
        &["sign", "a=1", "--body", "xml"],
        &["verify", "--form", "--json-body"],
        &["verify", "--token", "x", "--token-file", "y"],
        &["completions", "dos"],
        &["frobnicate"],
    ] {
        let ran = run_signed(args, b"");
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}: {}", ran.err);
        assert!(!ran.err.contains("secret-value"), "{}", ran.err);
    }
}

#[test]
fn verdicts_have_their_words_and_exit_codes() {
    let good = signed(&["a=1", "b=2"]);
    let dirty = signed(&["note=x&a=1"]);
    let cases = [
        (good.clone(), 0, json!({ "verdict": "verified", "reason": "all-fields" })),
        (format!("{good}&c="), 0, json!({ "verdict": "verified", "reason": "without-empty-fields" })),
        (signed(&["a=1", "c="]), 0, json!({ "verdict": "verified", "reason": "all-fields" })),
        (dirty, 3, json!({ "verdict": "ambiguous", "reason": "reads-as-another-field", "field": "note" })),
        (format!("{good}&c=3"), 4, json!({ "verdict": "rejected", "reason": "signature-mismatch" })),
        (format!("{good}&a=1"), 4, json!({ "verdict": "rejected", "reason": "duplicate-name" })),
        (String::new(), 4, json!({ "verdict": "rejected", "reason": "signature-missing" })),
        ("{".to_owned(), 4, json!({ "verdict": "rejected", "reason": "invalid-json" })),
        ("a=%".to_owned(), 4, json!({ "verdict": "rejected", "reason": "invalid-escape" })),
    ];
    for (body, code, expected) in cases {
        let ran = run_signed(&["verify", "--json"], body.as_bytes());
        assert_eq!((ran.code, json_of(&ran.out)), (code, expected.clone()), "{body}");
        let file = Scratch::new(&body);
        let ran = run_signed(&["verify", file.path()], b"");
        assert_eq!(ran.code, code, "{body}");
        assert!(ran.out.starts_with(&format!("{}: ", expected["verdict"].as_str().unwrap())), "{}", ran.out);
    }
    assert_eq!(run_signed(&["verify", "/nonexistent/file"], b"").code, 1);
}

#[test]
fn json_bodies_with_unsigned_empty_values_are_told_apart() {
    let made = run_signed(&["sign", "--body", "json", "a=1"], b"").out;
    let body = made.trim_end().replacen('{', "{\"n\":{\"x\":\"\"},", 1);
    assert_eq!(run_signed(&["verify"], body.as_bytes()).code, 4);
    let body = made.trim_end().replacen('{', "{\"b\":\"\",", 1);
    let ran = run_signed(&["verify", "--json"], body.as_bytes());
    assert_eq!(json_of(&ran.out), json!({ "verdict": "verified", "reason": "without-empty-fields" }));
}

#[test]
fn what_a_body_is_can_be_said() {
    let good = signed(&["a=1"]);
    assert_eq!(run_signed(&["verify", "--form"], good.as_bytes()).code, 0);
    let ran = run_signed(&["verify", "--json-body", "--json", "-"], good.as_bytes());
    assert_eq!((ran.code, json_of(&ran.out)["reason"].as_str()), (4, Some("invalid-json")));
}

#[test]
fn a_line_end_behind_the_body_is_passed_over_and_told() {
    let good = signed(&["a=1"]);
    for end in ["\n", "\r\n"] {
        let ran = run_signed(&["verify"], format!("{good}{end}").as_bytes());
        assert_eq!(ran.code, 0, "{}", ran.out);
        assert!(ran.err.starts_with("note: judged without the line end"), "{}", ran.err);
    }
    assert_eq!(run_signed(&["verify"], format!("{good}\n\n").as_bytes()).code, 4);
}

#[test]
fn colour_is_for_terminals() {
    let body = signed(&["a=1"]);
    let coloured = |variables: &[(&str, &str)]| {
        let mut command = pockyt(&["verify"]);
        command.env("POCKYT_API_TOKEN", CANARY).envs(variables.iter().copied());
        run_with(command, body.as_bytes()).out.contains('\u{1b}')
    };
    assert!(!coloured(&[]), "piped");
    assert!(coloured(&[("CLICOLOR_FORCE", "1")]), "the check sees colour when there is any");
    assert!(!coloured(&[("NO_COLOR", "1")]));
    assert!(!coloured(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = run(pockyt(&["completions", shell]));
        assert_eq!(ran.code, 0);
        let mut words = vec!["explain", "token-file", "show-canonical"];
        if cfg!(feature = "client") {
            words.extend(["call", "poll", "operations", "base-url", "transaction-no"]);
        }
        for word in words {
            assert!(ran.out.contains(word), "{shell}: {word}");
        }
        let operations = ["create-trans-qrcode", "auth-detail-query"].map(|name| ran.out.contains(name));
        // The other generators complete no values of what stands without an option.
        let knows = cfg!(feature = "client") && ["bash", "zsh"].contains(&shell);
        assert_eq!(operations, [knows, knows], "{shell}");
    }
}

#[test]
fn help_tells_the_exit_codes() {
    for args in [&["--help"][..], &["sign", "--help"], &["verify", "--help"], &["explain", "-h"]] {
        let ran = run(pockyt(args));
        assert!(
            ran.code == 0 && ran.out.contains("Exit codes:") && ran.out.contains("ambiguous"),
            "{args:?}"
        );
    }
}
