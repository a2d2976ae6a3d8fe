//! The README's commands, as a reader would type them.

use pockyt_mock::{Account, MockPockyt};

use crate::shell::{is_there, run};

const README: &str = include_str!("../../README.md");

/// The text of the first block of a language after a word.
fn block(after: &str, language: &str) -> String {
    let (_, rest) = README.split_once(after).expect("the word is there");
    let (_, rest) = rest.split_once(&format!("```{language}\n")).expect("the block is there");
    rest.split_once("```").expect("the block ends").0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_curl_commands_do_what_the_readme_says() {
    if !["sh", "curl", "md5sum"].into_iter().all(is_there) {
        return;
    }
    let mock = MockPockyt::start().await.unwrap();
    let here =
        |script: String| script.replace("http://127.0.0.1:8080", mock.url()).replace("$ curl", "curl -s");
    let prepaid = run(here(block("The first holds", "console"))).await;
    assert!(prepaid.contains(r#""transactionStatus":"pending""#), "{prepaid}");
    let approved = run(here(block("The order is `pending`", "console"))).await;
    assert!(approved.contains(r#""status":"success""#), "{approved}");
    let asked = run(here(block("Your own requests", "sh"))).await;
    assert!(asked.contains(r#""status":"success""#), "{asked}");
    for answer in [prepaid, approved, asked] {
        assert!(answer.ends_with("}\n"), "the prompt would stand beside it: {answer}");
    }
}

#[test]
fn the_table_has_the_built_in_accounts() {
    for (account, token) in Account::published()
        .iter()
        .zip(["5cbfb079f15b150122261c8537086d77a", "17cfc0170ef1c017b4a929d233d6e65e"])
    {
        let row = format!("| {} | {} | `{token}` |", account.merchant_no(), account.store_no());
        assert!(README.contains(&row), "{row}");
    }
}
