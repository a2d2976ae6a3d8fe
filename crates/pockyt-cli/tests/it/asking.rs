//! `pockyt listen` asks Pockyt, which is the mock, about what a notification cannot prove.

use pockyt_mock::{Account, MockPockyt};
use pockyt_sign::ApiToken;
use serde_json::{Value, json};

use crate::listening::{Folder, Listening, ambiguous, dead_letters, genuine, json_lines};
use crate::support::{CANARY, pockyt, run};

/// A mock at which the canary is a merchant's token.
struct Pockyt {
    mock: MockPockyt,
    runtime: tokio::runtime::Runtime,
}

impl Pockyt {
    fn open() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let account = Account::new("200999", "300999", &ApiToken::new(CANARY).unwrap());
        let mock = runtime.block_on(MockPockyt::builder().account(account).start()).unwrap();
        Self { mock, runtime }
    }

    /// The options with which it is asked.
    fn options(&self) -> [&str; 4] {
        ["--merchant", "200999:300999", "--base-url", self.mock.url()]
    }

    /// A customer pays so much, which Pockyt tells the listener. What it posted.
    fn paid(&self, listening: &Listening, reference: &str, amount: &str) -> String {
        let ipn_url = format!("http://{}/ipn/shop/pay", listening.address);
        let mut args = vec!["call".to_owned(), "secure-pay".to_owned()];
        for (name, value) in [
            ("amount", amount),
            ("callbackUrl", "http://shop.example/thanks"),
            ("currency", "USD"),
            ("ipnUrl", &ipn_url),
            ("reference", reference),
            ("settleCurrency", "USD"),
            ("terminal", "ONLINE"),
            ("vendor", "alipay"),
        ] {
            args.extend(["-f".to_owned(), format!("{name}={value}")]);
        }
        args.extend(self.options().map(str::to_owned));
        let mut command = pockyt(&args.iter().map(String::as_str).collect::<Vec<_>>());
        command.env("POCKYT_API_TOKEN", CANARY);
        let ran = run(command);
        assert_eq!(ran.code, 0, "{ran:?}");
        let number = self.mock.expect_order(reference).view().transaction_no.clone();
        self.runtime.block_on(async {
            self.mock.approve(&number).await.unwrap();
            self.mock.settle().await;
        });
        self.mock.expect_notification(reference).acknowledged().view().body.clone()
    }

    fn questions(&self) -> usize {
        self.mock.journal().requests("tran-query").len()
    }
}

fn told(listening: &mut Listening) -> (String, String, bool) {
    let line: Value = serde_json::from_str(&listening.line()).unwrap();
    let fields = &line["data"]["fields"];
    let text = |name: &str| fields[name].as_str().unwrap().to_owned();
    (text("reference"), text("amount"), line["data"]["confirmed"].as_bool().unwrap())
}

fn with(options: &[&str], pockyt: &Pockyt) -> Listening {
    Listening::start(&[&["--store", "memory"], &pockyt.options()[..], options].concat())
}

#[test]
fn what_is_in_doubt_is_asked_about_and_the_rest_is_not() {
    let pockyt = Pockyt::open();
    let mut listening = with(&[], &pockyt);
    let body = pockyt.paid(&listening, "order-1", "13.00");
    assert_eq!(told(&mut listening), ("order-1".into(), "13.00".into(), false));
    assert_eq!(pockyt.questions(), 0);
    // The same signed text, cut otherwise: Pockyt's answer shows that it is the same payment.
    let cut = body.replace("&currency=", "%26currency%3D");
    assert_ne!(cut, body);
    assert!(listening.post("/ipn/shop/pay", &cut).ends_with("success"));
    pockyt.paid(&listening, "order-2", "14.00");
    assert_eq!(told(&mut listening), ("order-2".into(), "14.00".into(), false), "and nothing before it");
    let ran = listening.terminate();
    assert_eq!((ran.code, ran.out.as_str(), pockyt.questions()), (0, "", 1), "{}", ran.err);
    assert!(ran.err.contains(&format!("asking Pockyt at {}", pockyt.mock.url())), "{}", ran.err);
}

#[test]
fn the_policy_says_what_else_is_asked_about() {
    for (policy, [small, large]) in [
        ("never", [false, false]),
        ("on-doubt", [false, false]),
        ("above:13.50:USD", [false, true]),
        ("always", [true, true]),
    ] {
        let pockyt = Pockyt::open();
        let mut listening = with(&["--confirm", policy], &pockyt);
        pockyt.paid(&listening, "order-1", "13.50");
        assert_eq!(told(&mut listening), ("order-1".into(), "13.50".into(), small), "{policy}");
        pockyt.paid(&listening, "order-2", "13.51");
        assert_eq!(told(&mut listening), ("order-2".into(), "13.51".into(), large), "{policy}");
        assert_eq!(pockyt.questions(), usize::from(small) + usize::from(large), "{policy}");
        assert_eq!(listening.terminate().code, 0);
    }
}

#[test]
fn without_a_merchant_or_with_never_what_is_in_doubt_lies_in_quarantine() {
    let pockyt = Pockyt::open();
    for (name, options) in
        [("alone", Vec::new()), ("never", [&pockyt.options()[..], &["--confirm", "never"]].concat())]
    {
        let folder = Folder::new(name);
        let mut listening = Listening::start(&[&["--store", &folder.store()], &options[..]].concat());
        assert!(listening.post("/ipn/shop/pay", &ambiguous(1)).ends_with("success"));
        assert!(listening.post("/ipn/shop/pay", &genuine(2)).ends_with("success"));
        assert_eq!(told(&mut listening), ("order-2".into(), "13.00".into(), false));
        let quarantined = dead_letters(&folder.store(), &["list", "--state", "quarantined", "--json"]);
        assert_eq!(json_lines(&quarantined).len(), 1, "{name}: {quarantined:?}");
        let ran = listening.terminate();
        assert!(!ran.err.contains("asking Pockyt"), "{name}: {}", ran.err);
    }
    assert_eq!(pockyt.questions(), 0);
}

#[test]
fn while_pockyt_cannot_be_asked_the_notice_waits() {
    let folder = Folder::new("unreachable");
    let nobody = ["--merchant", "200999:300999", "--base-url", "http://127.0.0.1:1", "--clock", "x1000"];
    let store = folder.store();
    let listening = Listening::start(&[&["--store", &store], &nobody[..]].concat());
    assert!(listening.post("/ipn/shop/pay", &ambiguous(1)).ends_with("success"));
    let held = || json_lines(&dead_letters(&store, &["list", "--state", "waiting", "--json"]));
    let is_held =
        |held: &[Value]| held.iter().any(|one| one["why"].to_string().contains("could not be asked"));
    assert!((0..500).any(|_| is_held(&held())), "{:?}", held());
    let ran = listening.terminate();
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert!(ran.err.contains("ipn cannot be confirmed"), "{}", ran.err);
}

#[test]
fn mistakes_are_told_before_anything_is_opened() {
    let merchant = ["--merchant", "200999:300999"];
    for (args, words) in [
        (&["--confirm", "always"][..], "--merchant NO:STORE or POCKYT_MERCHANT"),
        (&["--base-url", "http://127.0.0.1:1"], "--merchant NO:STORE or POCKYT_MERCHANT"),
        (&["--environment", "production"], "--merchant NO:STORE or POCKYT_MERCHANT"),
        (&["--merchant", "nonsense"], "--merchant is NO:STORE"),
        (&["--confirm", "sometimes"], "never, on-doubt, always or above"),
        (&["--confirm", "above:13"], "above:AMOUNT:CURRENCY"),
        (&[&merchant[..], &["--base-url", "http://pockyt.example"]].concat(), "http"),
        (&[&merchant[..], &["--ca-file", "/nowhere"]].concat(), "file of certificates"),
    ] {
        let mut command = pockyt(&[&["listen", "--store", "memory", "--addr", "127.0.0.1:0"], args].concat());
        command.env("POCKYT_API_TOKEN", CANARY);
        let ran = run(command);
        assert!(matches!(ran.code, 1 | 2) && ran.out.is_empty(), "{args:?}: {ran:?}");
        assert!(ran.err.contains(words), "{args:?}: {}", ran.err);
    }
}

#[test]
fn a_webhook_says_whether_it_was_confirmed() {
    let pockyt = Pockyt::open();
    let mut listening = with(&["--confirm", "always"], &pockyt);
    pockyt.paid(&listening, "order-1", "13.00");
    let line: Value = serde_json::from_str(&listening.line()).unwrap();
    assert_eq!((&line["data"]["confirmed"], &line["data"]["released"]), (&json!(true), &json!(false)));
    let names: Vec<&String> = line["data"]["fields"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["amount", "currency", "reference", "status", "transactionNo"]);
    assert_eq!(listening.terminate().code, 0);
}
