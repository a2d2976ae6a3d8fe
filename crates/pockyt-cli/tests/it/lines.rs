//! The line protocol: one answer a line, in order, at once.
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use crate::support::{CANARY, Ran, pockyt, run_with};
use serde_json::{Value, json};

fn vectors() -> Vec<Value> {
    include_str!("../../../pockyt-sign/vectors/verify-sign.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a vector is JSON"))
        .collect()
}

fn lines(command: &str, input: &[u8]) -> (Vec<Value>, Ran) {
    let ran = run_with(pockyt(&[command, "--lines"]), input);
    let answers =
        ran.out.lines().map(|line| serde_json::from_str(line).expect("an answer is JSON")).collect();
    (answers, ran)
}

fn joined(lines: &[Value]) -> Vec<u8> {
    lines.iter().map(|line| format!("{line}\n")).collect::<String>().into_bytes()
}

#[test]
fn sign_answers_every_vector_whole_or_only_what_it_needs() {
    let vectors = vectors();
    let minimal: Vec<Value> =
        vectors.iter().map(|v| json!({ "token": v["token"], "params": v["params"] })).collect();
    let expected: Vec<Value> =
        vectors.iter().map(|v| json!({ "canonical": v["canonical"], "signature": v["expected"] })).collect();
    assert!(expected.len() >= 265);
    for input in [include_bytes!("../../../pockyt-sign/vectors/verify-sign.jsonl").to_vec(), joined(&minimal)]
    {
        let (answers, ran) = lines("sign", &input);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        assert_eq!(answers, expected);
    }
}

#[test]
fn verify_answers_every_vector() {
    let mut input = Vec::new();
    let mut expected = Vec::new();
    for vector in vectors() {
        for case in vector["verify"].as_array().into_iter().flatten() {
            let mut line = case.clone();
            line["token"] = case.get("token").unwrap_or(&vector["token"]).clone();
            input.push(line);
            let kind = case["case"].as_str().unwrap().to_owned();
            expected.push(match case["accept"].as_bool() {
                Some(true) => ("verified", None, kind),
                Some(false) => ("rejected", None, kind),
                None if kind == "valid" => ("verified", Some("all-fields"), kind),
                None if kind == "an empty field added" => ("verified", Some("without-empty-fields"), kind),
                None => ("rejected", Some("duplicate-name"), kind),
            });
        }
    }
    assert!(input.len() > 300, "only {} bodies", input.len());
    let (answers, ran) = lines("verify", &joined(&input));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(answers.len(), expected.len());
    for (answer, (verdict, reason, kind)) in answers.iter().zip(&expected) {
        assert_eq!(answer["verdict"], *verdict, "{kind}: {answer}");
        assert!(reason.is_none_or(|reason| answer["reason"] == reason), "{kind}: {answer}");
        assert_eq!(answer.as_object().unwrap().len(), 2);
    }
}

#[test]
fn verify_takes_whole_vectors_and_says_which_lines_have_no_body() {
    let vectors = vectors();
    let (answers, ran) = lines("verify", &joined(&vectors));
    assert_eq!(ran.code, 1);
    assert_eq!(answers.len(), vectors.len());
    for (answer, vector) in answers.iter().zip(&vectors) {
        if vector.get("form_body").is_some() {
            assert_eq!(
                *answer,
                json!({ "verdict": "verified", "reason": "all-fields" }),
                "{}",
                vector["name"]
            );
        } else {
            assert_eq!(*answer, json!({ "error": "there is no form_body" }), "{}", vector["name"]);
        }
    }
}

#[test]
fn ambiguous_bodies_have_their_own_verdict() {
    let signed = lines("sign", br#"{"token":"t","params":[["note","gift&amount=0.01"]]}"#).0;
    let signature = signed[0]["signature"].as_str().unwrap();
    let body = format!("note=gift%26amount%3D0.01&verifySign={signature}");
    let (answers, ran) = lines("verify", json!({ "token": "t", "form_body": body }).to_string().as_bytes());
    assert_eq!(answers, [json!({ "verdict": "ambiguous", "reason": "reads-as-another-field" })]);
    assert_eq!(ran.code, 0);
}

#[test]
fn the_answer_is_written_as_documented() {
    let input = "{\"token\":\"5cbfb079f15b150122261c8537086d77a\",\"params\":[[\"a\",\"1\"]]}";
    let ran = run_with(pockyt(&["sign", "--lines"]), input.as_bytes());
    assert_eq!(ran.out, "{\"canonical\":\"a=1&\",\"signature\":\"83c6fe84bc448d923f561cb46aa6ffbd\"}\n");
    let input = "{\"token\":\"x\",\"form_body\":\"a=1\"}\r\n";
    let ran = run_with(pockyt(&["verify", "--lines"]), input.as_bytes());
    assert_eq!(ran.out, "{\"verdict\":\"rejected\",\"reason\":\"signature-missing\"}\n");
}

#[test]
fn answers_are_ascii_and_mean_the_same() {
    let value = "é\u{85}\u{9b}2J\u{2028}\u{61c}\u{feff}😀\u{7f}";
    let line = json!({ "token": "t", "params": [["a", value]] }).to_string();
    let (answers, ran) = lines("sign", line.as_bytes());
    assert!(ran.out.bytes().all(|b| matches!(b, b' '..=b'~' | b'\n')), "{:?}", ran.out);
    assert_eq!(answers[0]["canonical"], format!("a={value}&"));
}

#[test]
fn bad_lines_are_answered_in_their_place_and_told_at_the_end() {
    let good =
        format!(r#"{{"token":"{CANARY}","params":[["a","{CANARY}x"]]}}"#).replace(&format!("{CANARY}x"), "1");
    let bad: [&[u8]; 8] = [
        b"",
        b"canary-5f0c2b7e91d84a36",
        b"\"canary-5f0c2b7e91d84a36\"",
        b"[\"canary-5f0c2b7e91d84a36\",[]]",
        b"{\"token\":\"canary-5f0c2b7e91d84a36\",\"params\":\"canary-5f0c2b7e91d84a36\"}",
        b"{\"token\":\"canary-5f0c2b7e91d84a36\",\"params\":[],\"token\":\"\"}",
        b"{\"token\":\"canary-5f0c2b7e91d84a36\\ud800\",\"params\":[]}",
        b"{\"token\":\"canary-5f0c2b7e91d84a36\xff\",\"params\":[]}",
    ];
    let mut input = Vec::new();
    for line in bad {
        for part in [good.as_bytes(), b"\n", line, b"\n"] {
            input.extend_from_slice(part);
        }
    }
    input.extend_from_slice(good.as_bytes());
    let (answers, ran) = lines("sign", &input);
    assert_eq!(ran.code, 1);
    assert_eq!(answers.len(), 2 * bad.len() + 1);
    for (place, answer) in answers.iter().enumerate() {
        if place % 2 == 0 {
            assert_eq!(answer["canonical"], "a=1&", "line {place}");
        } else {
            assert!(
                answer["error"].is_string() && answer.as_object().unwrap().len() == 1,
                "line {place}: {answer}"
            );
        }
    }
}

#[test]
fn each_line_is_answered_before_the_next_is_sent() {
    let mut child = pockyt(&["sign", "--lines"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for line in
        ["{\"token\":\"t\",\"params\":[[\"a\",\"1\"]]}\n", "nonsense\n", "{\"token\":\"\",\"params\":[]}\n"]
    {
        stdin.write_all(line.as_bytes()).unwrap();
        let mut answer = String::new();
        assert!(stdout.read_line(&mut answer).unwrap() > 2 && answer.ends_with("}\n"), "{answer}");
    }
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn lines_of_many_megabytes_are_answered() {
    let value = "é".repeat(4 << 20);
    let line = json!({ "token": "t", "params": [["a", value]], "ignored": "x".repeat(4 << 20) });
    let (answers, ran) = lines("sign", format!("{line}\n{line}").as_bytes());
    assert_eq!((ran.code, answers.len()), (0, 2));
    assert_eq!(answers[0]["canonical"].as_str().unwrap().len(), value.len() + 3);
}

#[test]
fn a_reader_that_leaves_ends_it_quietly() {
    for args in [&["sign", "--lines"][..], &["completions", "zsh"], &["sign", "a=1", "--token", "x"]] {
        let runs = || {
            let mut command = pockyt(args);
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            command.stdout(writer);
            run_with(command, b"{\"token\":\"t\",\"params\":[]}\n")
        };
        // A program that another test starts just then may hold the pipe's other end for an instant.
        let ran = std::iter::repeat_with(runs).take(100).find(|ran| ran.code != 0).expect("it notices");
        assert_eq!(ran.code, 1, "{args:?}: {}", ran.err);
        assert!(!ran.err.contains("error"), "{args:?}: {}", ran.err);
    }
}

#[test]
fn lines_go_with_no_other_argument() {
    for args in [
        &["sign", "--lines", "a=1"][..],
        &["sign", "--lines", "--token", "x"],
        &["verify", "--lines", "--json"],
    ] {
        assert_eq!(run_with(pockyt(args), b"").code, 2, "{args:?}");
    }
    let ran = run_with(pockyt(&["verify", "--lines"]), b"");
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
}
