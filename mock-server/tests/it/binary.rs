//! The binary.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

const BINARY: &str = env!("CARGO_BIN_EXE_pockyt-mock");

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn run(arguments: &[&str]) -> Output {
    Command::new(BINARY).args(arguments).output().unwrap()
}

#[test]
fn serve_says_where_it_listens_and_answers_there() {
    let mut child = Command::new(BINARY)
        .args(["serve", "--listen", "127.0.0.1:0", "--clock", "manual", "--seed", "7", "--profile", "strict"])
        .args(["--merchant", "200001:300001:one-more-token", "--ipn-schedule", "doubling"])
        .args(["--ipn-allow", "10.0.0.0/8", "--resolve", "shop.example:80=127.0.0.1:3000"])
        .args(["--public-url", "http://pockyt.example/"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut first_line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first_line).unwrap();
    let _running = Running(child);

    let addr = first_line.strip_prefix("listening on http://").expect(&first_line).trim_end();
    let mut stream = TcpStream::connect(addr).unwrap();
    write!(stream, "GET /_mock/clock HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains(r#""mode":"manual""#), "{answer}");
}

#[test]
fn wrong_options_are_explained() {
    for (arguments, word) in [
        (&["serve", "--clock", "fast"][..], "xN"),
        (&["serve", "--ipn-schedule", "never"], "doubling"),
        (&["serve", "--profile", "odd"], "strict"),
        (&["serve", "--resolve", "shop.example"], "HOST:PORT"),
        (&["serve", "--ipn-allow", "http://x"], "network"),
        (&["serve", "--control-token", ""], "control-token"),
        (&["serve", "--public-url", "pockyt.example"], "public-url"),
        (&["dance"], "dance"),
    ] {
        let output = run(arguments);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(output.stdout.is_empty());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(word), "{arguments:?}: {said}");
    }
}

#[test]
fn a_merchant_that_cannot_be_read_is_refused_without_repeating_the_token() {
    for merchant in ["x:300001:hush-hush", "200001:hush-hush", "200001:300001: hush-hush "] {
        let output = run(&["serve", "--merchant", merchant]);
        assert!(!output.status.success());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("--merchant"), "{said}");
        assert!(!said.contains("hush"), "{said}");
    }
}
