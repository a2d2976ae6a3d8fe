//! `pockyt listen` and `pockyt dead-letters`, as processes over real sockets.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use pockyt_sign::{ApiToken, SigningKey, algorithm};
use serde_json::{Value, json};

use crate::support::{CANARY, Ran, Scratch, pockyt, run};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A folder that is gone when this is.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(super) fn store(&self) -> String {
        format!("sqlite:{}", self.0.join("ipn.db").display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A listener that is ended when this is dropped.
pub(super) struct Listening {
    child: Child,
    pub(super) address: SocketAddr,
    lines: Receiver<String>,
}

impl Listening {
    pub(super) fn start(args: &[&str]) -> Self {
        let mut command = pockyt(&[&["listen", "--addr", "127.0.0.1:0", "--tenant", "shop"], args].concat());
        command.env("POCKYT_API_TOKEN", CANARY).env("POCKYT_WEBHOOK_SECRET", SECRET);
        Self::spawn(command)
    }

    fn spawn(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in stdout.lines() {
                let Ok(line) = line else { return };
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut listening = Self { child, address: "127.0.0.1:1".parse().unwrap(), lines };
        let greeting = listening.line();
        listening.address = greeting.strip_prefix("listening on http://").unwrap().parse().unwrap();
        listening
    }

    /// The next line on standard output.
    pub(super) fn line(&mut self) -> String {
        if let Ok(line) = self.lines.recv_timeout(Duration::from_secs(30)) {
            return line;
        }
        let _ = self.child.kill();
        let mut err = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        panic!("no line comes; it said {err}");
    }

    pub(super) fn post(&self, path: &str, body: &str) -> String {
        self.post_as("192.0.2.1", path, body)
    }

    /// As a proxy posts it for this client.
    fn post_as(&self, client: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\
             x-forwarded-for: {client}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Tells it to end as a service manager does, and waits until it has.
    pub(super) fn terminate(mut self) -> Ran {
        let status = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(status.success());
        let code = self.child.wait().unwrap().code();
        let mut err = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert!(!err.contains(CANARY) && !err.contains(SECRET) && !err.contains("panicked"), "{err}");
        Ran { code: code.unwrap(), out: self.lines.iter().collect::<Vec<_>>().join("\n"), err }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A genuine notification of a successful payment.
pub(super) fn genuine(payment: u32) -> String {
    let key = SigningKey::new(&ApiToken::new(CANARY).unwrap());
    let mut fields = [
        ("amount", "13.00"),
        ("currency", "USD"),
        ("reference", &format!("order-{payment}")),
        ("status", "success"),
        ("time", "20221020142817"),
        ("transactionNo", &format!("30568050088{payment:07}")),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    let signature = algorithm::signature(&fields, &key).to_string();
    fields.push(("verifySign".into(), signature));
    fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// The same signed text, with the status inside the value of the reference.
pub(super) fn ambiguous(payment: u32) -> String {
    genuine(payment).replace("&status=success", "%26status%3Dsuccess")
}

/// A receiver that answers with these statuses in turn, and gives what it was sent.
struct Receiving {
    url: String,
    requests: Receiver<Request>,
}

struct Request {
    headers: http::HeaderMap,
    body: Vec<u8>,
}

impl Receiving {
    fn start(statuses: Vec<u16>) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hooks?x=1", socket.local_addr().unwrap());
        let (sender, requests) = mpsc::channel();
        std::thread::spawn(move || {
            for status in statuses {
                let (mut stream, _) = socket.accept().unwrap();
                let request = read(&mut stream);
                let answer =
                    format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok");
                stream.write_all(answer.as_bytes()).unwrap();
                if sender.send(request).is_err() {
                    return;
                }
            }
        });
        Self { url, requests }
    }

    fn next(&self) -> Request {
        self.requests.recv_timeout(Duration::from_secs(30)).expect("a request comes")
    }
}

fn read(stream: &mut TcpStream) -> Request {
    let mut reader = BufReader::new(stream);
    let (mut headers, mut length) = (http::HeaderMap::new(), 0);
    let mut first = String::new();
    reader.read_line(&mut first).unwrap();
    assert_eq!(first, "POST /hooks?x=1 HTTP/1.1\r\n");
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        if name == "content-length" {
            length = value.parse().unwrap();
        }
        headers.insert(name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap());
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    Request { headers, body }
}

pub(super) fn dead_letters(store: &str, args: &[&str]) -> Ran {
    run(pockyt(&[&["dead-letters", "--store", store], args].concat()))
}

pub(super) fn json_lines(ran: &Ran) -> Vec<Value> {
    ran.out.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

#[test]
fn without_a_receiver_each_notice_is_a_line() {
    let mut listening = Listening::start(&["--store", "memory"]);
    for _ in 0..2 {
        assert!(listening.post("/ipn/shop/pay", &genuine(1)).ends_with("\r\n\r\nsuccess"));
    }
    assert!(listening.post("/ipn/shop/pay", &genuine(2)).ends_with("\r\n\r\nsuccess"));
    let (first, second): (Value, Value) =
        (serde_json::from_str(&listening.line()).unwrap(), serde_json::from_str(&listening.line()).unwrap());
    assert_eq!(first["type"], "pockyt.pay");
    assert_eq!(first["data"]["tenant"], "shop");
    assert_eq!(first["data"]["fields"]["reference"], "order-1");
    assert_eq!(first["data"]["fields"]["amount"], "13.00");
    assert_eq!(first["data"]["fields"].get("verifySign"), None);
    assert_eq!(second["data"]["fields"]["reference"], "order-2", "a duplicate is not handed on again");

    for (path, body) in [
        ("/ipn/shop/pay", genuine(3).replace("13.00", "14.00")),
        ("/ipn/other/pay", genuine(3)),
        ("/ipn/shop/nothing", genuine(3)),
        ("/", genuine(3)),
    ] {
        let answer = listening.post(path, &body);
        assert!(
            answer.starts_with("HTTP/1.1 401 ") && answer.ends_with("\r\n\r\nnot accepted"),
            "{path}: {answer}"
        );
    }
    let ran = listening.terminate();
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
}

#[test]
fn webhooks_can_be_verified_by_others_and_come_again_until_they_are_taken() {
    let folder = Folder::new("webhooks");
    let receiving = Receiving::start(vec![500, 200, 204]);
    let listening = Listening::start(&["--store", &folder.store(), "--forward", &receiving.url]);
    let verifier = standardwebhooks::Webhook::new(SECRET).unwrap();
    let verified = |request: &Request| -> (String, Value) {
        verifier.verify(&request.body, &request.headers).unwrap();
        assert_eq!(request.headers["content-type"], "application/json");
        let id = request.headers["webhook-id"].to_str().unwrap().to_owned();
        (id, serde_json::from_slice(&request.body).unwrap())
    };
    assert!(listening.post("/ipn/shop/pay", &genuine(1)).ends_with("success"));
    let (first, second) = (receiving.next(), receiving.next());
    let (id, body) = verified(&first);
    assert_eq!((id.clone(), body.clone()), verified(&second), "the same at every attempt");
    assert_eq!(first.body, second.body);
    assert_eq!(body["data"]["fields"]["transactionNo"], "305680500880000001");
    assert_eq!((&body["data"]["trigger"], &body["data"]["released"]), (&json!(false), &json!(false)));
    assert!(id.starts_with("ntc_") && id.len() == 36, "{id}");

    assert!(listening.post("/ipn/shop/pay", &genuine(2)).ends_with("success"));
    assert_ne!(verified(&receiving.next()).0, id);
    assert_eq!(listening.terminate().code, 0);
    // What was taken is done, in the file too.
    let done = dead_letters(&folder.store(), &["list", "--state", "done", "--json"]);
    assert_eq!(json_lines(&done).len(), 2, "{done:?}");
}

#[test]
fn dead_letters_are_listed_inspected_and_redriven_while_the_listener_runs() {
    let folder = Folder::new("dead");
    let store = folder.store();
    let receiving = Receiving::start(vec![410, 200]);
    let listening = Listening::start(&["--store", &store, "--forward", &receiving.url]);
    listening.post("/ipn/shop/pay", &genuine(7));
    receiving.next();
    let ran = until(|| dead_letters(&store, &["list", "--json"]), |ran| !ran.out.is_empty());
    let listed = json_lines(&ran);
    let id = listed[0]["notice"].to_string();
    assert_eq!(
        (listed.len(), &listed[0]["state"], &listed[0]["route"]),
        (1, &json!("dead"), &json!("shop/pay"))
    );
    assert!(listed[0]["why"].as_str().unwrap().contains("410"), "{listed:?}");
    let table = dead_letters(&store, &["list"]);
    assert!(table.out.lines().count() == 2 && table.out.contains("shop/pay"), "{}", table.out);

    let inspected = dead_letters(&store, &["inspect", &id]);
    assert_eq!(inspected.code, 0);
    assert!(
        inspected.out.contains("reference=order-7") && !inspected.out.contains("verifySign"),
        "{}",
        inspected.out
    );
    let whole = &json_lines(&dead_letters(&store, &["inspect", &id, "--json"]))[0];
    assert_eq!((&whole["format"], &whole["failures"]), (&json!("form"), &json!(0)));

    let dry = dead_letters(&store, &["redrive", &id, "--dry-run"]);
    assert_eq!((dry.code, dry.out.as_str()), (0, format!("{id}: would go from dead to waiting\n").as_str()));
    let moved = dead_letters(&store, &["redrive", &id, "999", "--json"]);
    assert_eq!(moved.code, 6, "one of them is not there");
    let told = json_lines(&moved);
    assert_eq!(
        told[0],
        json!({"notice": id.parse::<u64>().unwrap(), "outcome": "moved", "from": "dead", "to": "waiting", "dry_run": false})
    );
    assert_eq!(told[1]["outcome"], "missing");
    // The running listener looks now and then; one that starts looks at once.
    assert_eq!(listening.terminate().code, 0);
    let listening = Listening::start(&["--store", &store, "--forward", &receiving.url]);
    receiving.next();
    assert_eq!(listening.terminate().code, 0);
    assert_eq!(json_lines(&dead_letters(&store, &["list", "--json"])).len(), 0);
    assert_eq!(dead_letters(&store, &["redrive", &id]).code, 6, "it is done");
}

#[test]
fn what_is_in_quarantine_is_released_or_dismissed() {
    let folder = Folder::new("quarantine");
    let store = folder.store();
    let mut listening = Listening::start(&["--store", &store]);
    for payment in [1, 2] {
        assert!(listening.post("/ipn/shop/pay", &ambiguous(payment)).ends_with("success"));
    }
    let listed = json_lines(&dead_letters(&store, &["list", "--state", "quarantined", "--json"]));
    assert_eq!(listed.len(), 2);
    assert!(listed[0]["why"].as_str().unwrap().contains("more than one way"), "{listed:?}");
    let ids: Vec<String> = listed.iter().map(|one| one["notice"].to_string()).collect();
    assert_eq!(dead_letters(&store, &["redrive", &ids[0]]).code, 6, "it is not dead");
    let dismissed = dead_letters(&store, &["dismiss", &ids[0], "--why", "refunded by hand"]);
    assert_eq!(
        (dismissed.code, dismissed.out),
        (0, format!("{}: went from quarantined to dismissed\n", ids[0]))
    );
    let inspected = dead_letters(&store, &["inspect", &ids[0]]);
    assert!(inspected.out.contains("refunded by hand"), "{}", inspected.out);
    let released = dead_letters(&store, &["release", &ids[1], "--dry-run", "--json"]);
    assert_eq!(json_lines(&released)[0]["to"], "waiting");

    // And a clean one goes on meanwhile.
    listening.post("/ipn/shop/pay", &genuine(3));
    assert!(listening.line().contains("order-3"));
    assert_eq!(listening.terminate().code, 0);
}

#[test]
fn sealed_addresses_are_told_from_others() {
    use pockyt_ipn::{SealKey, SealedTerms, Sealer};
    use pockyt_model::{Currency, Price, Reference};
    let folder = Folder::new("seals");
    let key = Scratch::new("07".repeat(32) + "\n");
    let args = ["--store", &folder.store(), "--seal-key-file", key.path(), "--seal", "required"];
    let mut listening = Listening::start(&args);
    let terms = SealedTerms::payment(
        &Reference::new("order-1").unwrap(),
        &Price::new("13.00", Currency::USD).unwrap(),
    );
    let tag = Sealer::new("sandbox", SealKey::new([7; 32]))
        .tag(&pockyt_store::Tenant::new("shop").unwrap(), &terms);
    let sealed = format!("/ipn/shop/pay/{tag}");
    // Neither another order at this address, nor one without a seal, is handed on.
    assert!(listening.post(&sealed, &genuine(2)).ends_with("success"));
    assert!(listening.post("/ipn/shop/pay", &genuine(3)).ends_with("success"));
    assert!(listening.post(&sealed, &genuine(1)).ends_with("success"));
    assert!(listening.line().contains("order-1"));
    let quarantined = dead_letters(&folder.store(), &["list", "--state", "quarantined", "--json"]);
    assert_eq!(json_lines(&quarantined).len(), 2, "{quarantined:?}");
    assert!(quarantined.out.contains("has no seal"), "{quarantined:?}");
    assert_eq!(listening.terminate().code, 0);
}

#[test]
fn the_limit_counts_callers_behind_a_trusted_proxy_apart() {
    let listening = Listening::start(&["--store", "memory", "--trusted-proxy", "127.0.0.0/8"]);
    let forged = genuine(1).replace("13.00", "14.00");
    let statuses = |client: &str| -> Vec<String> {
        (0..61).map(|_| listening.post_as(client, "/ipn/shop/pay", &forged)[9..12].to_owned()).collect()
    };
    assert_eq!(statuses("198.51.100.7")[..60], vec!["401"; 60]);
    assert!(statuses("198.51.100.7").contains(&"429".to_owned()));
    assert!(!statuses("198.51.100.8")[..60].contains(&"429".to_owned()));
    assert!(listening.post_as("198.51.100.7", "/ipn/shop/pay", &genuine(1)).ends_with("success"));
}

#[test]
fn mistakes_are_told_before_anything_is_opened() {
    let scratch = Scratch::new("whsec_c2hvcnQ=\n");
    let bad_seal = Scratch::new("not hexadecimal");
    let memory = ["--store", "memory"];
    for (args, words) in [
        (&["--store", "postgres://x"][..], "sqlite:PATH or memory"),
        (&["--forward", "http://127.0.0.1:1/"], "needs --webhook-secret-file FILE or POCKYT_WEBHOOK_SECRET"),
        (&["--forward", "http://127.0.0.1:1/", "--webhook-secret-file", scratch.path()], "24 to 64"),
        (&["--trusted-proxy", "10.0.0.0/33"], "--trusted-proxy"),
        (&["--seal", "required"], "--seal required needs"),
        (&["--seal-key-file", bad_seal.path()], "64 hexadecimal"),
        (&["--kind", "nonsense"], "nonsense"),
        (&["--tenant", "a b"], "tenant"),
        (&["--prune-after", "0"], "--prune-after"),
        (&["--prune-after", "36501"], "--prune-after"),
    ] {
        let more: &[&str] = if args.contains(&"--store") { &[] } else { &memory };
        let mut command = pockyt(&[&["listen"], more, args].concat());
        command.env("POCKYT_API_TOKEN", CANARY);
        let ran = run(command);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}: {ran:?}");
        assert!(ran.err.contains(words), "{args:?}: {}", ran.err);
    }
    let published = "5cbfb079f15b150122261c8537086d77a";
    let mut command = pockyt(&["listen", "--store", "memory"]);
    command.env("POCKYT_API_TOKEN", published);
    let ran = run(command);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("anybody could sign"), "{}", ran.err);
}

#[test]
fn dead_letters_makes_no_store() {
    let folder = Folder::new("absent");
    let ran = dead_letters(&folder.store(), &["list"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{ran:?}");
    assert!(!folder.0.join("ipn.db").exists());
    assert_eq!(dead_letters("memory", &["list"]).code, 2);
    let no_store = Scratch::new("this is no database, it only looks like a file of some length");
    let ran = dead_letters(&format!("sqlite:{}", no_store.path()), &["list"]);
    assert_eq!(ran.code, 1, "{ran:?}");
}

/// Asks until the answer is there; each question is a process of its own.
fn until(ask: impl Fn() -> Ran, is_there: impl Fn(&Ran) -> bool) -> Ran {
    for _ in 0..500 {
        let ran = ask();
        if is_there(&ran) {
            return ran;
        }
    }
    panic!("it never came");
}
