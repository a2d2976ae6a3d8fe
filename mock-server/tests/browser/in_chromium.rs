//! The pages as a customer sees and uses them.

mod dashboard;

use pockyt_mock::{MockPockyt, Status};

use crate::chromium::{Chromium, Tab};
use crate::support::waiting::{self, text};
use crate::support::{Listener, SUCCESS, order, secure_pay};

/// A mock and a shop on loopback whose pages and notifications answer `success`.
async fn mock_and_shop() -> (MockPockyt, Listener) {
    let shop = Listener::start(|_| SUCCESS).await;
    let mock = MockPockyt::start().await.unwrap();
    (mock, shop)
}

async fn ordered(mock: &MockPockyt, shop: &Listener, reference: &str) -> String {
    let callback = format!("http://{}/back?status={{status}}", shop.addr());
    let ipn = format!("http://{}/ipn", shop.addr());
    let more = [
        ("callbackUrl", callback.as_str()),
        ("ipnUrl", ipn.as_str()),
        ("description", "Two teas and a cake"),
    ];
    secure_pay(mock, reference, &more).await
}

fn shown(tab: &mut Tab<'_>) -> String {
    tab.eval("document.body.innerText").as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_pays_by_keyboard_and_comes_back_to_the_shop() {
    let (mock, shop) = mock_and_shop().await;
    let number = ordered(&mock, &shop, "web-1").await;
    let url = order(&mock, &number).cashier_url.unwrap();
    tokio::task::block_in_place(|| {
        let mut browser = Chromium::start();
        let mut tab = browser.open(&url);
        let text = shown(&mut tab);
        for part in ["mock", "13.00 USD", "web-1", "Two teas and a cake", "200043", "Time left to pay"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        tab.press("Tab");
        assert_eq!(tab.eval("document.activeElement.value"), "approve");
        tab.press_and_load("Enter");
        assert_eq!(tab.eval("location.pathname + location.search"), "/back?status=success");
    });
    assert_eq!(order(&mock, &number).status, Status::Success);
    assert!(shop.received().iter().any(|got| got.path == "/ipn"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_works_without_a_script_and_says_when_nothing_is_left_to_do() {
    let (mock, shop) = mock_and_shop().await;
    let number = ordered(&mock, &shop, "web-2").await;
    let url = order(&mock, &number).cashier_url.unwrap();
    tokio::task::block_in_place(|| {
        let mut browser = Chromium::start();
        let mut tab = browser.open("about:blank");
        tab.call("Emulation.setScriptExecutionDisabled", &serde_json::json!({"value": true}));
        tab.load(&url);
        tab.press("Tab");
        tab.press("Tab");
        tab.press_and_load("Enter");
        tab.load(&url);
        assert!(shown(&mut tab).contains("Declined. Nothing was paid."));
        tab.load(&format!("{}/cashier/magic", mock.url()));
        assert!(shown(&mut tab).contains("mock-decline"));
    });
    assert_eq!(order(&mock, &number).status, Status::Failed);
}

/// The pages there are, by name.
async fn pages(mock: &MockPockyt, shop: &Listener) -> Vec<(&'static str, String)> {
    let page = |number: &str| format!("{}/cashier/{number}", mock.url());
    let open = ordered(mock, shop, "web-3").await;
    let paid = ordered(mock, shop, "web-4").await;
    mock.approve(&paid).await.unwrap();
    let declined = ordered(mock, shop, "web-5").await;
    mock.decline(&declined).await.unwrap();
    let agreement = waiting::agreement(mock, "http://shop.example/signed").await;
    let card = waiting::card(mock).await;
    let (_, account) = waiting::account(mock).await;
    vec![
        ("cashier", page(&open)),
        ("paid", page(&paid)),
        ("declined", page(&declined)),
        ("agreement", page(text(&agreement, "autoDebitNo"))),
        ("card", page(text(&card, "transactionNo"))),
        ("account", page(text(&account, "accountToken"))),
        ("unknown", page("999")),
        ("magic", page("magic")),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_readable_in_light_and_dark_on_a_screen_and_on_a_phone() {
    let (mock, shop) = mock_and_shop().await;
    let pages = pages(&mock, &shop).await;
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    tokio::task::block_in_place(|| {
        let mut browser = Chromium::start();
        let mut tab = browser.open("about:blank");
        for (page, url) in &pages {
            for (way, width, scheme) in
                [("light", 900, "light"), ("dark", 900, "dark"), ("phone", 360, "light")]
            {
                let name = format!("{page}-{way}");
                tab.look(width, 900, scheme);
                tab.load(url);
                let overflow = tab.eval("document.documentElement.scrollWidth > innerWidth");
                assert_eq!(overflow, false, "{name}");
                for part in ["h1", "button", "button.primary", "dt", "dd", ".status", "td", "a", ".banner"] {
                    if tab.eval(&format!("document.querySelector('{part}') != null")) == true {
                        let contrast = tab.contrast(part);
                        assert!(contrast >= 4.5, "{name} {part}: {contrast}");
                    }
                }
                let lowest =
                    "Math.min(44, ...[...document.querySelectorAll('button')].map(b => b.offsetHeight))";
                assert_eq!(tab.eval(lowest), 44, "{name}: a button for fingers");
                let named = "document.documentElement.lang == 'en' && document.title.length > 0 && \
                             document.querySelectorAll('main h1').length == 1";
                assert_eq!(tab.eval(named), true, "{name}");
                std::fs::write(folder.join(format!("{name}.png")), tab.screenshot()).unwrap();
            }
        }
    });
}
