//! Where the token comes from, and that it goes nowhere: `Ran` itself refuses output that holds it.
use crate::support::{CANARY, Scratch, pockyt, run, run_with};

const PARAM: &[&str] = &["sign", "a=1"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    PARAM.iter().copied().chain(more.iter().copied()).collect()
}

#[test]
fn every_source_gives_the_same_key() {
    let mut from_environment = pockyt(PARAM);
    from_environment.env("POCKYT_API_TOKEN", CANARY);
    let expected = run(from_environment);
    assert_eq!((expected.code, expected.err.as_str()), (0, ""));
    for end in ["", "\n", "\r\n"] {
        let file = Scratch::new(format!("{CANARY}{end}"));
        let mut command = pockyt(&with(&["--token-file", file.path()]));
        command.env("POCKYT_API_TOKEN", "another");
        let ran = run(command);
        assert_eq!((ran.out, ran.err.as_str()), (expected.out.clone(), ""));
    }
    let ran = run(pockyt(&with(&["--token", CANARY])));
    assert_eq!(ran.out, expected.out);
    assert!(ran.err.starts_with("warning: --token: other users"), "{}", ran.err);
}

#[test]
fn without_a_token_nothing_is_asked_where_nobody_could_answer() {
    for value in [None, Some("")] {
        let mut command = pockyt(PARAM);
        command.envs(value.map(|value| ("POCKYT_API_TOKEN", value)));
        let ran = run_with(command, format!("{CANARY}\n").as_bytes());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.contains("--token-file") && ran.err.contains("POCKYT_API_TOKEN"), "{}", ran.err);
    }
}

#[test]
fn unusable_tokens_are_refused_without_a_word_of_them() {
    let byte_order_mark = format!("\u{feff}{CANARY}").into_bytes();
    let contents: [Vec<u8>; 6] = [
        Vec::new(),
        b"\n".to_vec(),
        format!(" {CANARY}\n").into_bytes(),
        format!("{CANARY}\n\n").into_bytes(),
        [CANARY.as_bytes(), b"\xff"].concat(),
        byte_order_mark,
    ];
    for content in contents {
        let file = Scratch::new(&content);
        let ran = run(pockyt(&with(&["--token-file", file.path()])));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{content:?}: {}", ran.err);
        assert!(ran.err.contains("token"), "{}", ran.err);
    }
    let ran = run(pockyt(&with(&["--token", ""])));
    assert_eq!(ran.code, 2);
}

#[test]
fn a_token_in_the_place_of_its_file_is_not_repeated() {
    for args in [
        with(&["--token-file", CANARY]),
        vec!["verify", "--token-file", CANARY],
        vec!["explain", "--token-file", CANARY],
        with(&["--token", CANARY, "--token-file", CANARY]),
        with(&["--token", CANARY, "--token", CANARY]),
        vec!["sign", "--lines", "--token", CANARY],
        vec!["sign", CANARY, "--token", "x"],
    ] {
        let ran = run(pockyt(&args));
        assert!(matches!(ran.code, 1 | 2), "{args:?}: {ran:?}");
        assert!(!ran.err.is_empty());
    }
}

#[test]
fn nothing_that_sign_shows_holds_the_key() {
    let args = ["--token", CANARY, "--show-canonical", "--reveal", "--body", "form"];
    assert_eq!(run(pockyt(&with(&args))).code, 0);
    assert_eq!(run(pockyt(&with(&[&args[..], &["--json"]].concat()))).code, 0);
}
