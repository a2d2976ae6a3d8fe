//! The binary.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::support::signed;

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

/// Starts a mock that serves, and waits for its first line: it says where.
fn started(command: &mut Command) -> (Running, String) {
    // Ended from here on, whatever comes.
    let mut running = Running(command.stdout(Stdio::piped()).spawn().unwrap());
    let mut first_line = String::new();
    BufReader::new(running.0.stdout.take().unwrap()).read_line(&mut first_line).unwrap();
    let addr = first_line.strip_prefix("listening on http://").expect(&first_line).trim_end().to_owned();
    (running, addr)
}

/// A mock that serves, where it does, and what it tells people.
struct Serving {
    addr: String,
    told: Receiver<String>,
    running: Running,
}

impl Serving {
    fn start(options: &[&str]) -> Self {
        let mut command = Command::new(BINARY);
        let (mut running, addr) = started(command.arg("serve").args(options).stderr(Stdio::piped()));
        let (tell, told) = channel();
        let stderr = BufReader::new(running.0.stderr.take().unwrap());
        std::thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        Self { addr, told, running }
    }

    /// What is told up to the line that has `word` in it.
    fn told_until(&mut self, word: &str) -> String {
        let mut told = String::new();
        loop {
            let line = self.told.recv_timeout(Duration::from_secs(20));
            let line = line.unwrap_or_else(|_| panic!("no {word} in {told}"));
            told = told + &line + "\n";
            if line.contains(word) {
                return told;
            }
        }
    }

    fn send(&self, method: &str, path: &str, body: &str) -> String {
        let Self { addr, .. } = self;
        let mut stream = TcpStream::connect(addr).unwrap();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

#[test]
fn serve_says_where_it_listens_and_answers_there() {
    let mut mock = Serving::start(&[
        "--listen",
        "127.0.0.1:0",
        "--clock",
        "manual",
        "--seed",
        "7",
        "--profile",
        "strict",
        "--merchant",
        "200001:300001:one-more-token",
        "--ipn-schedule",
        "doubling",
        "--ipn-allow",
        "10.0.0.0/8",
        "--resolve",
        "shop.example:80=127.0.0.1:3000",
        "--public-url",
        "http://pockyt.example/",
    ]);
    let answer = mock.send("GET", "/_mock/clock", "");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains(r#""mode":"manual""#), "{answer}");
    let told = mock.told_until("Ctrl-C");
    for part in ["merchant 200043 store 300014", "merchant 200001 store 300001", "/_mock/clock"] {
        assert!(told.contains(part), "{told}");
    }
    assert!(!told.contains("one-more-token"), "{told}");
}

/// The threads of a mock that has answered, by their number.
#[cfg(target_os = "linux")]
fn threads_with(options: &[&str]) -> usize {
    let mock = Serving::start(&[&["--listen", "127.0.0.1:0"], options].concat());
    let answer = mock.send("GET", "/_mock/health", "");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    std::fs::read_dir(format!("/proc/{}/task", mock.running.0.id())).unwrap().count()
}

#[cfg(target_os = "linux")]
#[test]
fn one_thread_serves_unless_more_are_asked_for() {
    // The first thread, and one that writes reports.
    assert_eq!(threads_with(&[]), 2);
    assert_eq!(threads_with(&["--threads", "1"]), 2);
    assert_eq!(threads_with(&["--threads", "3"]), 2 + 3);
}

#[test]
fn beyond_loopback_a_closed_control_api_is_not_announced() {
    let mut mock = Serving::start(&["--listen", "0.0.0.0:0"]);
    let told = mock.told_until("Ctrl-C");
    assert!(told.contains("control API is closed") && told.contains("--control-token"), "{told}");
    assert!(!told.contains("/_mock/clock"), "{told}");
    let mut mock = Serving::start(&["--listen", "0.0.0.0:0", "--control-token", "hush-hush"]);
    let told = mock.told_until("Ctrl-C");
    assert!(told.contains("/_mock/clock") && !told.contains("closed") && !told.contains("hush"), "{told}");
}

#[test]
fn a_delivery_that_fails_is_told_with_its_reason_and_the_option_that_helps() {
    let options =
        ["--listen", "127.0.0.1:0", "--clock", "manual", "--resolve", "far.example:80=203.0.113.9:80"];
    let mut mock = Serving::start(&options);
    let order = signed(&[
        ("amount", "13.00"),
        ("currency", "USD"),
        ("settleCurrency", "USD"),
        ("vendor", "alipay"),
        ("terminal", "ONLINE"),
        ("reference", "web-1"),
        ("ipnUrl", "http://far.example/ipn"),
        ("callbackUrl", "http://far.example/back"),
    ]);
    let script = r#"{"reference":"web-1","wallet":{"kind":"confirm-after","ms":0}}"#;
    assert!(mock.send("POST", "/_mock/scripts", script).starts_with("HTTP/1.1 200 "));
    let answer = mock.send("POST", "/online/v3/secure-pay", &order);
    assert!(answer.contains("000100"), "{answer}");
    let told = mock.told_until("attempt 1");
    for part in ["\"web-1\"", "not-allowed", "--ipn-allow far.example", "--resolve far.example:80="] {
        assert!(told.contains(part), "{told}");
    }
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
        (&["serve", "--threads", "0"], "threads"),
        (&["serve", "--public-url", "pockyt.example"], "'--public-url <URL>'"),
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
        assert!(said.starts_with("error: invalid value for '--merchant <NO:STORE:TOKEN>': "), "{said}");
        assert_eq!(output.status.code(), Some(2));
        assert!(!said.contains("hush"), "{said}");
    }
}

/// The mock with limits that a shell sets, and its address.
#[cfg(unix)]
fn serve(limits: &str) -> (Running, String) {
    let script = format!("{limits}; exec \"$0\" serve --listen 127.0.0.1:0");
    started(Command::new("sh").args(["-c", &script, BINARY]).stderr(Stdio::null()))
}

/// Whether it answers, in reasonable time.
#[cfg(unix)]
fn is_healthy(addr: &str) -> bool {
    let mut stream = TcpStream::connect(addr).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(stream, "GET /_mock/health HTTP/1.1\r\nHost: {addr}\r\n\r\n").unwrap();
    let mut start = [0; 12];
    stream.read_exact(&mut start).is_ok() && &start == b"HTTP/1.1 200"
}

#[cfg(unix)]
#[test]
fn silent_connections_beyond_its_file_handles_do_not_stop_the_others() {
    let (_running, addr) = serve("ulimit -n 96");
    let crowd: Vec<TcpStream> = (0..300).map(|_| TcpStream::connect(&addr).unwrap()).collect();
    assert!(is_healthy(&addr));
    drop(crowd);
}

/// How many files this process may open at once.
#[cfg(target_os = "linux")]
fn file_limit() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    line.split_whitespace().nth(3).unwrap().parse().unwrap_or(usize::MAX)
}

#[cfg(target_os = "linux")]
#[test]
fn ten_thousand_idle_connections_or_as_many_as_a_test_may_open_do_not_stop_the_others() {
    let (_running, addr) = serve("ulimit -n $(ulimit -Hn)");
    let count = file_limit().saturating_sub(100).min(10_000);
    let crowd: Vec<TcpStream> = (0..count)
        .map(|n| {
            let mut idle = TcpStream::connect(&addr).unwrap();
            if n % 2 == 0 {
                idle.write_all(b"POST /app-instore/v3/add HTTP/1.1\r\nHost:").unwrap();
            }
            idle
        })
        .collect();
    assert!(is_healthy(&addr));
    drop(crowd);
}

#[test]
fn tls_is_announced_to_people_and_its_authority_kept_where_it_says() {
    let path = std::env::temp_dir().join(format!("pockyt-mock-binary-{}.pem", std::process::id()));
    let path = path.to_str().unwrap();
    let mut serving = Serving::start(&[
        "--listen",
        "127.0.0.1:0",
        "--tls",
        "--tls-host",
        "mapi.yuansfer.com",
        "--tls-ca",
        path,
    ]);
    let told = serving.told_until("By TLS");
    assert!(told.contains("https://localhost:") && told.contains(path), "{told}");
    let pem = std::fs::read_to_string(path).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE"));
    std::fs::remove_file(path).unwrap();
    std::fs::remove_file(path.replace(".pem", ".key")).unwrap();
}

#[test]
fn an_authority_file_that_is_none_is_refused() {
    let refused = run(&["serve", "--ipn-ca", "Cargo.toml"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("certificates in PEM"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_fault_that_never_hit_anything_is_named_at_the_end() {
    let mut serving = Serving::start(&["--listen", "127.0.0.1:0", "--faults", "slow"]);
    serving.send("POST", "/_mock/faults", r#"{"reference":"nobody-s","kind":"reset-reply"}"#);
    let pid = serving.running.0.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let told = serving.told_until("never hit");
    assert!(told.contains(r#"{"reference":"nobody-s","kind":"reset-reply","times":1}"#), "{told}");
}

/// As when whoever started it waits for its end and reads then, or never.
#[cfg(unix)]
#[test]
fn it_ends_although_nobody_reads_what_it_tells() {
    use pockyt_mock::{Fault, FaultKind};
    let options = ["serve", "--listen", "127.0.0.1:0", "--ipn-schedule", "burst", "--clock", "manual"];
    let (mut running, addr) = started(Command::new(BINARY).args(options).stderr(Stdio::piped()));
    let unread = running.0.stderr.take();
    let (_tell, told) = channel();
    let mut serving = Serving { addr, told, running };
    // More lines than a pipe takes: each of these has nine attempts.
    for number in 0..120 {
        let order = signed(&[
            ("amount", "13.00"),
            ("currency", "USD"),
            ("settleCurrency", "USD"),
            ("vendor", "alipay"),
            ("terminal", "ONLINE"),
            ("reference", &format!("a-shop-that-nobody-can-reach-{number}-mock-confirm")),
            ("ipnUrl", "http://192.0.2.1/ipn"),
            ("callbackUrl", "http://shop.example/back"),
        ]);
        assert!(serving.send("POST", "/online/v3/secure-pay", &order).contains("000100"));
    }
    serving.send("POST", "/_mock/clock", r#"{"advance_ms":10000}"#);
    let fault = serde_json::to_string(&Fault::new("nobody-s", FaultKind::ResetReply)).unwrap();
    serving.send("POST", "/_mock/faults", &fault);
    let pid = serving.running.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let (ended, has_ended) = channel();
    std::thread::spawn(move || ended.send(serving.running.0.wait()));
    let status = has_ended.recv_timeout(Duration::from_secs(20));
    if status.is_err() {
        Command::new("kill").args(["-KILL", &pid]).status().unwrap();
    }
    let status = status.expect("it does not end").unwrap();
    assert!(status.success(), "{status}");
    drop(unread);
}

#[test]
fn a_fault_profile_that_is_none_is_refused_with_the_names_there_are() {
    let refused = run(&["serve", "--faults", "mayhem"]);
    assert!(String::from_utf8(refused.stderr).unwrap().contains("lossy, flaky"));
}
