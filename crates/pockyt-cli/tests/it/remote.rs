//! Calls and polls, by the built program over real sockets against the mock.

use std::sync::Arc;
use std::time::Duration;

use pockyt_mock::{Account, ClockMode, Fault, FaultKind, MockPockyt, Script, Wallet};
use pockyt_sign::ApiToken;
use serde_json::{Value, json};

use crate::support::{CANARY, Ran, Scratch, pockyt, run, run_with};

/// A mock at which the canary is a merchant's token, and whose clock runs a thousand times as fast.
struct Shop {
    mock: Arc<MockPockyt>,
    runtime: tokio::runtime::Runtime,
}

impl Shop {
    fn open() -> Self {
        Self::with(|builder| builder)
    }

    fn with(setup: fn(pockyt_mock::Builder) -> pockyt_mock::Builder) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let builder = MockPockyt::builder().clock(ClockMode::Scaled(1000)).account(Account::new(
            "200999",
            "300999",
            &ApiToken::new(CANARY).unwrap(),
        ));
        let mock = Arc::new(runtime.block_on(setup(builder).start()).unwrap());
        Self { mock, runtime }
    }

    /// Runs a command against it.
    fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, b"")
    }

    fn run_with(&self, args: &[&str], input: &[u8]) -> Ran {
        let place = ["--base-url", self.mock.url(), "--merchant", "200999:300999", "--clock", "x1000"];
        let mut command = pockyt(&[args, &place].concat());
        command.env("POCKYT_API_TOKEN", CANARY);
        run_with(command, input)
    }

    fn add(&self, reference: &str) {
        let fields = format!("reference={reference}");
        let args = ["-f", "amount=13.00", "-f", "currency=USD", "-f", "settleCurrency=USD", "-f", &fields];
        let ran = self.run(&[&["call", "add"], &args[..]].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
    }

    fn prepay(&self, reference: &str) -> Ran {
        let body = json!({ "reference": reference, "paymentBarcode": "286498530672949108" }).to_string();
        self.run_with(&["call", "prepay", "--json-body", "-", "--json"], body.as_bytes())
    }

    fn lose(&self, reference: &str, operation: &str, kind: FaultKind) {
        let fault = Fault::new(reference, kind).operation(operation).for_merchant("200999");
        self.mock.fault(fault).unwrap();
    }

    fn script(&self, reference: &str, wallet: Wallet) {
        self.mock.script(Script::new(reference, wallet).for_merchant("200999")).unwrap();
    }
}

fn json_of(ran: &Ran) -> Value {
    assert_eq!(ran.out.lines().count(), 1, "{ran:?}");
    assert!(ran.out.is_ascii(), "{ran:?}");
    serde_json::from_str(&ran.out).expect("one line of JSON")
}

#[test]
fn a_call_prints_a_table_or_json() {
    let shop = Shop::open();
    shop.add("order-1");
    let ran = shop.run(&["call", "tran-query", "--field", "reference=order-1"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.starts_with("accepted: tran-query\n"), "{}", ran.out);
    let line =
        |name: &str| ran.out.lines().find(|line| line.trim_start().starts_with(name)).map(str::to_owned);
    assert!(line("reference ").is_some_and(|line| line.ends_with("  order-1")), "{}", ran.out);
    assert!(line("amount ").is_some_and(|line| line.ends_with("13.00")), "{}", ran.out);

    for more in [&["--json"][..], &["--json", "--form"]] {
        let args = [&["call", "tran-query", "--field", "reference=order-1"], more].concat();
        let ran = shop.run(&args);
        let shown = json_of(&ran);
        assert_eq!((ran.code, &shown["outcome"]), (0, &json!("accepted")));
        assert_eq!(shown["answer"]["ret_code"], "000100");
        assert_eq!(shown["answer"]["result"]["reference"], "order-1");
    }
}

#[test]
fn the_path_can_be_another_and_what_has_no_name_is_called_by_it() {
    let shop = Shop::open();
    shop.add("order-1");
    let by_path = ["--path", "/app-data-search/v2/tran-query", "-f", "reference=order-1", "--json"];
    for operation in ["tran-query", "raw"] {
        let ran = shop.run(&[&["call", operation], &by_path[..]].concat());
        assert_eq!(json_of(&ran)["answer"]["result"]["reference"], "order-1", "{operation}: {ran:?}");
    }
    for (args, words) in [
        (&["call", "raw", "-f", "a=1"][..], "give --path"),
        (&["call", "raw", "--path", "no-slash"], "must begin with /"),
        (&["call", "raw", "--path", "/x?a=1"], "path"),
        (&["call", "payor-upload"], "needs payorNo"),
    ] {
        let ran = shop.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}: {ran:?}");
        assert!(ran.err.contains(words), "{args:?}: {}", ran.err);
    }
    assert_eq!(shop.mock.counts().requests, 3);
}

#[test]
fn what_the_operation_needs_is_known_before_anything_is_sent() {
    let shop = Shop::open();
    let ran = shop.run(&["call", "prepay", "-f", "note=x"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(
        ran.err.contains("prepay lacks one of reference and transactionNo, paymentBarcode"),
        "{}",
        ran.err
    );
    for (args, words) in [
        (&["call", "tran-query", "-f", "reference"][..], "--field 1 is not of the form name=value"),
        (&["call", "tran-query", "-f", "reference=a", "-f", "reference=b"], "reference is there twice"),
        (&["call", "tran-query", "-f", "reference="], "reference is empty"),
        (&["call", "tran-query", "-f", "merchantNo=1"], "merchantNo comes from --merchant"),
        (&["call", "tran-query", "-f", "reference=a", "-f", "a b=1"], "name that is not"),
        (&["call", "tran-qery", "-f", "reference=a"], "tran-query"),
        (&["call", "tran-query", "-f", "reference=a", "--within", "1.5h"], "a time is"),
        (&["call", "tran-query", "-f", "reference=a", "--request-id", "a b"], "request key"),
        (&["poll"], "--reference"),
        (&["poll", "--reference", "a", "--transaction-no", "1"], "cannot be used with"),
        (&["poll", "--reference", "not one"], "reference"),
        (&["poll", "--reference", "a", "--expect", "13"], "--expect is AMOUNT:CURRENCY"),
    ] {
        let ran = shop.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}: {ran:?}");
        assert!(ran.err.contains(words), "{args:?}: {}", ran.err);
    }
    assert_eq!(shop.mock.counts().requests, 0);
}

#[test]
fn unknown_fields_are_sent_with_a_note() {
    let shop = Shop::open();
    shop.add("order-1");
    let ran = shop.run(&["call", "tran-query", "-f", "reference=order-1", "-f", "refrence=x"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.starts_with("note: no source names refrence as a field of tran-query"), "{}", ran.err);
}

#[test]
fn a_refusal_says_what_pockyt_says_and_that_nothing_was_done() {
    let shop = Shop::open();
    let args = ["call", "tran-query", "-f", "reference=nobody"];
    let ran = shop.run(&args);
    assert_eq!(ran.code, 6, "{ran:?}");
    assert!(ran.out.starts_with("refused: tran-query: refused, ret_code 000021"), "{}", ran.out);
    let shown = json_of(&shop.run(&[&args[..], &["--json"]].concat()));
    assert_eq!((&shown["outcome"], &shown["ret_code"]), (&json!("refused"), &json!("000021")));
    assert_eq!((&shown["may_have_moved_money"], &shown["then"]), (&json!(false), &json!("nothing was done")));
}

#[test]
fn a_lost_answer_is_unresolved_and_names_whom_to_ask() {
    let shop = Shop::open();
    shop.add("order-1");
    shop.lose("order-1", "prepay", FaultKind::LoseReply);
    let ran = shop.prepay("order-1");
    let shown = json_of(&ran);
    assert_eq!((ran.code, &shown["outcome"]), (7, &json!("unresolved")), "{ran:?}");
    assert_eq!(shown["then"], "ask tran-query");
    assert!(shown["request_id"].as_str().is_some_and(|key| key.len() == 36), "{shown}");

    shop.lose("order-2", "add", FaultKind::LoseReply);
    let fields = ["-f", "amount=1.00", "-f", "currency=USD", "-f", "settleCurrency=USD"];
    let ran = shop.run(&[&["call", "add", "-f", "reference=order-2"], &fields[..]].concat());
    assert_eq!(ran.code, 7, "{ran:?}");
    assert!(ran.out.starts_with("unresolved: add: "), "{}", ran.out);
    assert!(ran.err.contains("pockyt poll --reference order-2"), "{}", ran.err);
}

#[test]
fn nobody_there_is_told_from_a_lost_answer() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{port}");
    let mut command = pockyt(&[
        "call",
        "cancel",
        "-f",
        "reference=a",
        "--merchant",
        "1:2",
        "--base-url",
        &url,
        "--clock",
        "x1000",
        "--json",
    ]);
    command.env("POCKYT_API_TOKEN", CANARY);
    let ran = run(command);
    let shown = json_of(&ran);
    assert_eq!((ran.code, &shown["outcome"], &shown["may_retry"]), (8, &json!("not-sent"), &json!(true)));
}

#[test]
fn a_wrong_token_is_refused_and_never_shown() {
    let shop = Shop::open();
    let mut command = pockyt(&[
        "call",
        "tran-query",
        "-f",
        "reference=a",
        "--base-url",
        shop.mock.url(),
        "--merchant",
        "200999:300999",
    ]);
    command.env("POCKYT_API_TOKEN", "another-token-of-nobody");
    let ran = run(command);
    assert_eq!(ran.code, 6, "{ran:?}");
    assert!(ran.out.contains("wrong signature") && !ran.out.contains("another-token"), "{}", ran.out);
}

#[test]
fn published_tokens_are_refused_in_production() {
    let published = Scratch::new("5cbfb079f15b150122261c8537086d77a");
    let token = ["--merchant", "200043:300014", "--token-file", published.path()];
    for place in [
        &["--environment", "production"][..],
        &["--environment", "production-pockyt-io"],
        &["--base-url", "https://mapi.yuansfer.com/"],
    ] {
        for command in [&["call", "tran-query", "-f", "reference=a"][..], &["poll", "--reference", "a"]] {
            let ran = run(pockyt(&[command, &token, place].concat()));
            assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{place:?}: {ran:?}");
            assert!(ran.err.contains("anybody can sign"), "{}", ran.err);
        }
    }
}

#[test]
fn the_merchant_and_the_place_must_be_right() {
    let call = ["call", "tran-query", "-f", "reference=a"];
    for (more, words) in [
        (&[][..], "--merchant <NO:STORE>"),
        (&["--merchant", "200043"], "--merchant is NO:STORE"),
        (&["--merchant", "a:b"], "--merchant is NO:STORE"),
        (&["--merchant", "1:2", "--base-url", "http://pay.example"], "plain http to another machine"),
        (
            &["--merchant", "1:2", "--base-url", "http://127.0.0.1:1", "--environment", "sandbox"],
            "cannot be used with",
        ),
        (&["--merchant", "1:2", "--environment", "moon"], "possible values: production"),
        (&["--merchant", "1:2", "--clock", "60"], "a clock is xN"),
        (&["--merchant", "1:2", "--clock", "x0"], "a clock is xN"),
    ] {
        let mut command = pockyt(&[&call[..], more].concat());
        command.env("POCKYT_API_TOKEN", CANARY);
        let ran = run(command);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{more:?}: {ran:?}");
        assert!(ran.err.contains(words), "{more:?}: {}", ran.err);
    }
    // The merchant may come from the environment, and without a token nothing is asked.
    let mut command = pockyt(&call);
    command.env("POCKYT_MERCHANT", "200043:300014");
    let ran = run(command);
    assert!(ran.code == 2 && ran.err.contains("no API token"), "{ran:?}");
}

#[test]
fn errors_of_usage_repeat_no_card_and_no_code() {
    for args in [
        &["call", "capture", "-f", "cardNumber", "4111111111111111"][..],
        &["call", "prepay", "-f", "paymentBarcode", "286498530672949108"],
        &["call", "capture", "--cardCvv=739"],
    ] {
        let ran = run(pockyt(args));
        assert_eq!(ran.code, 2, "{ran:?}");
        let secrets = ["4111111111111111", "286498530672949108", "739"];
        assert!(!secrets.iter().any(|secret| ran.err.contains(secret)), "{args:?}: {}", ran.err);
    }
}

#[test]
fn secrets_on_the_command_line_are_warned_of() {
    let shop = Shop::open();
    let ran = shop.run(&["call", "prepay", "-f", "reference=a", "-f", "paymentBarcode=286498530672949108"]);
    assert!(ran.err.contains("warning: --field paymentBarcode: other users"), "{}", ran.err);
    assert!(!ran.err.contains("286498530672949108") && !ran.out.contains("286498530672949108"), "{ran:?}");
    assert!(!shop.prepay("a").err.contains("warning"));
}

#[test]
fn a_poll_ends_as_the_order_does() {
    let shop = Shop::open();
    let minute = Duration::from_mins(1);
    for (name, wallet, code, outcome) in [
        ("pays", Wallet::ConfirmAfter(minute), 0, "paid"),
        ("declines", Wallet::DeclineAfter(minute), 9, "unpaid"),
    ] {
        shop.script(name, wallet);
        shop.add(name);
        assert_eq!(shop.prepay(name).code, 0);
        let args = ["poll", "--reference", name, "--deadline", "2h", "--expect", "13:USD", "--json"];
        let ran = shop.run(&args);
        let shown = json_of(&ran);
        assert_eq!((ran.code, &shown["outcome"], ran.err.as_str()), (code, &json!(outcome), ""), "{ran:?}");
        assert_eq!(shown["order"]["reference"], name);
        assert!(shown["questions"].as_u64().is_some_and(|asked| asked >= 1), "{shown}");
    }
    let number =
        shop.mock.transactions().into_iter().find(|order| order.reference.as_deref() == Some("pays"));
    let number = number.unwrap().transaction_no;
    let ran = shop.run(&["poll", "--transaction-no", &number]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.starts_with(&format!("paid: {number}, 13.00 USD: ")), "{}", ran.out);
    assert!(ran.out.ends_with("(1 question)\n"), "{}", ran.out);
    // What was given back is not simply paid.
    let fields =
        ["-f", "reference=pays", "-f", "refundAmount=5.00", "-f", "currency=USD", "-f", "settleCurrency=USD"];
    let ran = shop.run(&[&["call", "refund", "-f", "refundReference=back-1"], &fields[..]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = shop.run(&["poll", "--reference", "pays"]);
    assert!(ran.code == 10 && ran.out.starts_with("part-refunded: pays"), "{ran:?}");
    let ran = shop.run(&["poll", "--reference", "pays", "--expect", "14.00:USD", "--json"]);
    assert_eq!((ran.code, &json_of(&ran)["outcome"]), (11, &json!("another-order")));
}

#[test]
fn at_the_deadline_an_order_is_left_or_cancelled() {
    let shop = Shop::open();
    shop.script("never", Wallet::Never);
    shop.add("never");
    assert_eq!(shop.prepay("never").code, 0);
    let ran = shop.run(&["poll", "--reference", "never", "--deadline", "60s"]);
    assert!(ran.code == 7 && ran.out.starts_with("unresolved: never, 13.00 USD: "), "{ran:?}");
    let ran = shop.run(&["poll", "--reference", "never", "--deadline", "60s", "--cancel", "--json"]);
    assert_eq!((ran.code, &json_of(&ran)["outcome"]), (9, &json!("unpaid")), "{ran:?}");
    let ran = shop.run(&["poll", "--reference", "nobody", "--deadline", "10s", "--json"]);
    let shown = json_of(&ran);
    assert_eq!((ran.code, &shown["outcome"], &shown["order"]), (7, &json!("unresolved"), &Value::Null));
}

#[test]
fn the_line_that_moves_is_for_terminals() {
    let shop = Shop::open();
    shop.script("slow", Wallet::ConfirmAfter(Duration::from_mins(1)));
    shop.add("slow");
    assert_eq!(shop.prepay("slow").code, 0);
    let ran = shop.run(&["poll", "--reference", "slow", "--deadline", "1h"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn tls_needs_an_authority_that_is_trusted() {
    let shop = Shop::with(|builder| builder.tls(["localhost"]));
    let authority = Scratch::new(shop.mock.authority_pem().unwrap());
    let url = shop.mock.https_url().unwrap();
    let call = ["call", "tran-query", "-f", "reference=a", "--merchant", "200999:300999", "--base-url", &url];
    for (more, code) in
        [(&["--ca-file", authority.path()][..], 6), (&[], 8), (&["--ca-file", "/dev/null"], 2)]
    {
        let mut command = pockyt(&[&call[..], more].concat());
        command.env("POCKYT_API_TOKEN", CANARY);
        let ran = run(command);
        assert_eq!(ran.code, code, "{more:?}: {ran:?}");
    }
    drop(shop.runtime);
}

#[test]
fn operations_are_listed_and_explained() {
    let ran = run(pockyt(&["operations"]));
    assert_eq!((ran.code, ran.out.lines().count()), (0, 57));
    assert!(ran.out.lines().any(|line| line.starts_with("payor-register ")), "{}", ran.out);
    let ran = run(pockyt(&["operations", "refund"]));
    for words in
        ["/app-data-search/v3/refund", "moves-money", "ask tran-query for the sale", "refundReference"]
    {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    let ran = run(pockyt(&["operations", "prepay", "--json"]));
    let shown = json_of(&ran);
    assert_eq!((&shown["path"], &shown["effect"]), (&json!("/app-instore/v3/prepay"), &json!("moves-money")));
    assert_eq!(run(pockyt(&["operations", "no-such"])).code, 2);
}
