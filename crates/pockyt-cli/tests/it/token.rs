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

#[test]
fn no_error_of_usage_repeats_what_stands_near_a_token() {
    let dashed = format!("--{CANARY}");
    let flag = format!("--form={CANARY}");
    for args in [
        &["explain", "/dev/null", "--token", "A", CANARY][..],
        &["explain", "/dev/null", "--token", "A", &dashed],
        &["explain", "/dev/null", "--token=A", "--", CANARY],
        &["explain", "--token", "A", CANARY],
        &["explain", "/dev/null", "--token", "A", "--older", CANARY],
        &["explain", "/dev/null", "--token-file", "A", CANARY],
        // Misspelt, as by a program that makes one dash of two.
        &["explain", "\u{2014}token", CANARY],
        &["verify", "-token", CANARY],
        &["verify", "/dev/null", "--token", "A", CANARY],
        &["verify", "--token", "A", &flag],
        &["sign", "a=1", "--token", "A", "--body", CANARY],
        &["sign", "--token", "A", CANARY],
        &["sign", "a=1", "--token", "A", &dashed],
        &["--token", CANARY, "sign", "a=1"],
        &[CANARY, "--token", "A"],
        &["completions", CANARY, "--token"],
    ] {
        let ran = run(pockyt(args));
        assert!(matches!(ran.code, 1 | 2), "{args:?}: {ran:?}");
        assert!(ran.out.is_empty() && ran.err.contains("error: "), "{args:?}: {ran:?}");
    }
}

#[test]
fn errors_of_usage_still_say_what_is_wrong() {
    for (args, words) in [
        (&["sign", "a=1", "--frob"][..], "'--frob'"),
        (&["sign", "a=1", "--token"], "a value is required for '--token <TOKEN>'"),
        (&["sign", "a=1", "--token", "A", "--token", "B"], "'--token <TOKEN>' cannot be used multiple times"),
        (&["sign", "--token", "A"], "<NAME=VALUE>"),
        (&["verify", "f", "--token", "A", "B"], "Usage: pockyt verify"),
        (&["verify", "--token", "A", "--token-file", "B"], "'--token-file <FILE>'"),
    ] {
        let ran = run(pockyt(args));
        assert!(ran.code == 2 && ran.err.contains(words), "{args:?}: {ran:?}");
    }
    for args in [&["--help"][..], &["sign", "--token", "A", "--help"], &["--version", "--token"]] {
        assert_eq!(run(pockyt(args)).code, 0, "{args:?}");
    }
}

#[test]
fn a_token_may_begin_with_a_hyphen() {
    let dashed = format!("--{CANARY}");
    let file = Scratch::new(&dashed);
    let expected = run(pockyt(&with(&["--token-file", file.path()])));
    for args in [with(&["--token", &dashed]), with(&[&format!("--token={dashed}")])] {
        let ran = run(pockyt(&args));
        assert_eq!((ran.code, &ran.out), (0, &expected.out), "{args:?}: {}", ran.err);
    }
    assert_eq!(run(pockyt(&["explain", "/dev/null", "--token", &dashed, "--token", "-X"])).code, 4);
}

#[test]
fn a_byte_order_mark_is_refused_wherever_the_token_comes_from() {
    let marked = format!("\u{feff}{CANARY}");
    let file = Scratch::new(&marked);
    for command in [with(&[]), vec!["verify", "/dev/null"], vec!["explain", "/dev/null"]] {
        for (args, variable) in
            [(&[][..], Some(&marked)), (&["--token-file", file.path()], None), (&["--token", &marked], None)]
        {
            let mut program = pockyt(&[&command, args].concat());
            program.envs(variable.map(|value| ("POCKYT_API_TOKEN", value)));
            let ran = run(program);
            assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{command:?} {args:?}: {}", ran.err);
            assert!(ran.err.contains("begins with a byte order mark"), "{}", ran.err);
        }
    }
    let ran = run(pockyt(&["explain", "/dev/null", "--token", "A", "--token", &marked]));
    assert_eq!(ran.code, 2);
}
