//! The dashboard, live, in light and dark.

use pockyt_mock::{Fault, FaultKind, MockPockyt, Script, Status, Wallet};
use serde_json::{Value, json};

use crate::chromium::{Chromium, Tab};
use crate::support::{Listener, SUCCESS, call, order, post, secure_pay, with_listener};

mod many_orders;

/// Waits in the page until an expression is true.
fn wait_for(tab: &mut Tab<'_>, expression: &str) {
    let look = format!(
        "new Promise(done => {{ const end = Date.now() + 20000; const look = () => {{
            if ({expression}) done(true); else if (Date.now() > end) done(false); else setTimeout(look, 10);
        }}; look(); }})"
    );
    let wish = json!({"expression": look, "awaitPromise": true, "returnByValue": true});
    let result = tab.call("Runtime.evaluate", &wish);
    assert_eq!(result["result"]["value"], true, "{expression}\n{result}\n{}", shown(tab));
}

fn shown(tab: &mut Tab<'_>) -> String {
    tab.eval("document.body.innerText").as_str().unwrap().to_owned()
}

/// Puts the keyboard on an element and presses Enter.
fn enter(tab: &mut Tab<'_>, selector: &str) {
    let found = tab.eval(&format!(
        "(e => {{ e?.focus(); return document.activeElement === e; }})(document.querySelector({}))",
        json!(selector)
    ));
    assert_eq!(found, true, "{selector}");
    tab.press("Enter");
}

fn count(tab: &mut Tab<'_>, selector: &str) -> Value {
    tab.eval(&format!("document.querySelectorAll({}).length", json!(selector)))
}

fn keep(tab: &mut Tab<'_>, name: &str) {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.png")), tab.screenshot()).unwrap();
}

const ATTEMPTS: &str = "svg circle.attempt:not(.planned)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approval_and_eight_resends_are_seen_as_they_happen() {
    let deaf = Listener::start(|_| (500, "no room")).await;
    let mock = with_listener(&deaf).await;
    let number = secure_pay(&mock, "web-1", &[]).await;
    let cashier = order(&mock, &number).cashier_url.unwrap();
    tokio::task::block_in_place(|| {
        let (mut browser, mut customer) = (Chromium::start(), Chromium::start());
        let mut tab = browser.open("about:blank");
        tab.look(1280, 1000, "light");
        tab.load(&format!("{}/_mock/ui", mock.url()));
        wait_for(&mut tab, "document.querySelector('#link').textContent === 'live'");
        wait_for(&mut tab, "document.querySelector('#d-status').textContent === 'pending'");
        assert_eq!(count(&mut tab, "svg path.call"), 1);
        assert_eq!(count(&mut tab, "svg rect.bar"), 1);
        assert_eq!(count(&mut tab, "svg circle.attempt"), 0);

        // Somebody else, in a browser of their own, approves; nobody touches the dashboard.
        let mut page = customer.open(&cashier);
        page.press("Tab");
        assert_eq!(page.eval("document.activeElement.value"), "approve");
        page.press("Enter");
        wait_for(&mut tab, "document.querySelector('#d-status').textContent === 'success'");
        wait_for(&mut tab, &format!("document.querySelectorAll('{ATTEMPTS}').length === 1"));
        assert_eq!(count(&mut tab, "svg circle.planned"), 1);
        assert_eq!(count(&mut tab, "svg rect.bar.good"), 1);
        assert_eq!(tab.eval("document.querySelector('#news').textContent"), "Order web-1 is success");

        enter(&mut tab, "[data-move='7200000']");
        wait_for(&mut tab, &format!("document.querySelectorAll('{ATTEMPTS}').length === 9"));
        assert_eq!(count(&mut tab, "#notifications tbody tr"), 9);
        assert_eq!(count(&mut tab, "svg circle.planned"), 0);
        let label = tab.eval("document.querySelector('svg').getAttribute('aria-label')");
        assert!(
            label.as_str().unwrap().contains("9 notification attempts, 0 acknowledged, over 2:00:00"),
            "{label}"
        );
        assert_eq!(tab.eval("document.querySelector('#now').textContent"), "2026-01-01 02:00:00 UTC");
        keep(&mut tab, "dashboard-resends");
    });
    assert_eq!(order(&mock, &number).status, Status::Success);
    assert_eq!(deaf.received().len(), 9);
}

/// Something of everything.
async fn busy() -> (MockPockyt, Listener) {
    let listener = Listener::start(|count| if count < 2 { (500, "no room") } else { SUCCESS }).await;
    let mock = with_listener(&listener).await;
    let shirt = secure_pay(&mock, "shirt-1042", &[]).await;
    secure_pay(&mock, "mug-1043", &[]).await;
    let declined = secure_pay(&mock, "poster-1044", &[]).await;
    mock.decline(&declined).await.unwrap();
    mock.advance(std::time::Duration::from_secs(40)).await;
    call(&mock, "/app-data-search/v3/tran-query", &[("reference", "shirt-1042")]).await;
    mock.advance(std::time::Duration::from_secs(200)).await;
    mock.approve(&shirt).await.unwrap();
    mock.advance(std::time::Duration::from_mins(50)).await;
    let back = [
        ("reference", "shirt-1042"),
        ("refundAmount", "3.00"),
        ("currency", "USD"),
        ("settleCurrency", "USD"),
    ];
    call(&mock, "/app-data-search/v3/refund", &back).await;
    post(&mock, "/app-data-search/v3/refund", r#"{"merchantNo":"200043","storeNo":"300014","reference":"shirt-1042","verifySign":"00000000000000000000000000000000"}"#).await;
    post(&mock, "/app-data-search/v3/cancle", "{}").await;
    mock.fault(Fault::new("till-7", FaultKind::LoseReply).operation("prepay").times(2)).unwrap();
    mock.script(Script::new("till-7", Wallet::ConfirmAfter(std::time::Duration::from_secs(20)))).unwrap();
    (mock, listener)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_shows_everything_and_is_readable_in_light_and_dark_and_on_a_phone() {
    let (mock, _listener) = busy().await;
    tokio::task::block_in_place(|| {
        let mut browser = Chromium::start();
        let mut tab = browser.open("about:blank");
        for (name, width, scheme) in
            [("light", 1280, "light"), ("dark", 1280, "dark"), ("phone", 360, "light")]
        {
            tab.look(width, 1000, scheme);
            tab.load(&format!("{}/_mock/ui", mock.url()));
            wait_for(&mut tab, "document.querySelector('#link').textContent === 'live'");
            wait_for(&mut tab, "document.querySelectorAll('#orders button').length === 3");
            tab.eval("[...document.querySelectorAll('#orders button')].find(b => b.innerText.includes('shirt')).click()");
            let text = shown(&mut tab);
            for part in [
                "shirt-1042",
                "lose-reply about till-7, prepay, 2 more not hit yet",
                "confirm-after 20 s waits for its order",
                "verifySign",
                "no operation is served here",
                "3.00 in 1",
                "Refused requests (2)",
            ] {
                assert!(text.contains(part), "{name}, {part}: {text}");
            }
            assert_eq!(tab.eval("document.documentElement.scrollWidth > innerWidth"), false, "{name}");
            for what in [
                "#orders button .badge",
                "#orders .soft",
                "dt",
                "#clock-buttons button.primary",
                "#actions button",
                "th",
                ".log time",
                "h2",
                "a",
            ] {
                let contrast = tab.contrast(what);
                assert!(contrast >= 4.5, "{name} {what}: {contrast}");
            }
            let named = "[...document.querySelectorAll('input, select')].every(e => e.labels.length > 0) && \
                document.documentElement.lang === 'en' && document.querySelectorAll('h1').length === 1 && \
                [...document.querySelectorAll('button')].every(b => b.innerText.trim().length > 0 || b.closest('[hidden]'))";
            assert_eq!(tab.eval(named), true, "{name}");
            keep(&mut tab, &format!("dashboard-{name}"));
            if name == "phone" {
                tab.eval("document.querySelector('.detail').scrollIntoView()");
                keep(&mut tab, "dashboard-phone-timeline");
            }
        }
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_and_scripts_are_set_and_the_customer_played_by_keyboard() {
    let (mock, _listener) = busy().await;
    tokio::task::block_in_place(|| {
        let mut browser = Chromium::start();
        let mut tab = browser.open(&format!("{}/_mock/ui", mock.url()));
        wait_for(&mut tab, "document.querySelector('#link').textContent === 'live'");
        tab.eval("document.querySelector('#fault-reference').value = 'mug-1043'");
        enter(&mut tab, "#fault-form button:not([type])");
        wait_for(&mut tab, "document.querySelectorAll('#faults li').length === 2");
        tab.eval("document.querySelector('#fault-operation').value = 'dance'");
        enter(&mut tab, "#fault-form button:not([type])");
        wait_for(
            &mut tab,
            "document.querySelector('#problem').innerText.includes('there is no such operation')",
        );
        enter(&mut tab, "#clear-faults");
        wait_for(&mut tab, "document.querySelector('#faults').innerText === 'None is set.'");
        tab.eval("document.querySelector('#script-reference').value = 'mug-1043'");
        enter(&mut tab, "#script-form button:not([type])");
        wait_for(
            &mut tab,
            "document.querySelector('#scripts').innerText.includes('mug-1043 confirm-after 5 s has its order')",
        );
        enter(&mut tab, "[data-move='next']");
        wait_for(&mut tab, "document.querySelector('#orders').innerText.includes('1 sent')");
        wait_for(&mut tab, "document.querySelector('#now').textContent === '2026-01-01 00:54:05 UTC'");
        // The browser has nothing to complain about: all is its own, and the policy allows it.
        let loaded = tab
            .eval("performance.getEntriesByType('resource').every(r => r.name.startsWith(location.origin))");
        assert_eq!(loaded, true);
    });
    assert!(
        mock.transactions()
            .iter()
            .any(|o| o.reference.as_deref() == Some("mug-1043") && o.status == Status::Success)
    );
    assert!(mock.unfired_faults().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_control_token_it_asks_for_it() {
    let mock = MockPockyt::builder().control_token("hush").start().await.unwrap();
    secure_pay(&mock, "web-1", &[]).await;
    tokio::task::block_in_place(|| {
        let mut browser = Chromium::start();
        let mut tab = browser.open(&format!("{}/_mock/ui", mock.url()));
        wait_for(&mut tab, "!document.querySelector('#token-form').hidden");
        assert!(!shown(&mut tab).contains("web-1"));
        tab.eval("document.querySelector('#token').value = 'hush'");
        enter(&mut tab, "#token-form button");
        wait_for(&mut tab, "document.querySelector('#orders').innerText.includes('web-1')");
        wait_for(&mut tab, "document.querySelector('#link').textContent === 'live'");
    });
}
