//! The manual: its commands as a reader would type them, and its tables against the code.

use pockyt_mock::{Fault, FaultKind, FaultProfile, MockPockyt, Schedule, Wallet};
use pockyt_sim::magic;

use crate::shell::{is_there, run};

const MANUAL: &str = include_str!("../../../docs/mock.md");

/// The cells of the rows of the table under a heading, without the head.
fn table(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, section) = MANUAL.split_once(&format!("# {heading}\n")).expect("the heading is there");
    let rows =
        section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cells = |row: &'static str| row.trim_matches('|').split(" | ").map(str::trim).collect();
    rows.skip(2).map(cells).collect()
}

fn code(cell: &str) -> &str {
    cell.trim_matches('`')
}

#[test]
fn the_wallets_are_read_and_complete() {
    let kinds: Vec<Wallet> =
        table("Scripts").iter().map(|row| serde_json::from_str(code(row[0])).expect(row[0])).collect();
    assert_eq!(kinds.len(), 9);
    for (n, kind) in kinds.iter().enumerate() {
        assert!(!kinds[..n].contains(kind), "{kind:?}");
    }
}

#[test]
fn the_magic_values_are_those_of_the_mock() {
    let told: Vec<(String, &str)> =
        table("Magic values").iter().map(|row| (code(row[0]).to_owned(), row[1])).collect();
    let known: Vec<(String, &str)> =
        magic::TABLE.iter().map(|magic| (format!("{}{}", magic::PREFIX, magic.word), magic.effect)).collect();
    assert_eq!(told, known);
}

#[test]
fn the_bad_days_are_those_of_the_mock() {
    let told: Vec<(&str, &str)> =
        table("Bad days by name").iter().map(|row| (code(row[0]), row[1])).collect();
    let known: Vec<(&str, &str)> =
        FaultProfile::ALL.iter().map(|profile| (profile.name(), profile.effect())).collect();
    assert_eq!(told, known);
}

#[test]
fn the_schedules_are_those_of_the_mock() {
    let told = table("Notifications");
    let read: Vec<Schedule> = told.iter().map(|row| code(row[0]).parse().expect(row[0])).collect();
    assert!(read.len() == Schedule::ALL.len() && Schedule::ALL.iter().all(|known| read.contains(known)));
}

#[tokio::test]
async fn the_faults_are_set_as_they_are_printed() {
    let mock = MockPockyt::start().await.unwrap();
    for (heading, count) in
        [("Faults of calls", 25), ("Faults of connections", 4), ("Faults of notifications", 7)]
    {
        let rows = table(heading);
        assert_eq!(rows.len(), count, "{heading}");
        for row in rows {
            let kind: FaultKind = serde_json::from_str(code(row[0])).expect(row[0]);
            mock.fault(Fault::any(kind)).expect(row[0]);
            mock.clear_faults();
        }
    }
    for row in table("Which requests are hit") {
        let value = if ["request", "attempt", "times"].contains(&code(row[0])) { "1" } else { "\"x\"" };
        let fault = format!("{{\"kind\": \"lose-reply\", \"{}\": {value}}}", code(row[0]));
        serde_json::from_str::<Fault>(&fault).expect(row[0]);
    }
}

/// The text of the n-th block of shell commands.
fn commands(n: usize) -> String {
    let block = MANUAL.split("```sh\n").nth(n).expect("the block is there");
    block.split_once("```").expect("the block ends").0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_with_curl_goes_as_the_manual_says() {
    if !["sh", "curl", "md5sum"].into_iter().all(is_there) {
        return;
    }
    let mock = MockPockyt::start().await.unwrap();
    let script = format!("{}\n{}", commands(1), commands(2)).replace("http://127.0.0.1:8080", mock.url());
    let printed = run(script).await;
    let (pending, success) =
        (printed.find("\"status\":\"pending\""), printed.rfind("\"status\":\"success\""));
    assert!(pending.is_some() && success > pending, "{printed}");
    assert!(printed.trim_end().ends_with("</html>"), "{printed}");
    assert_eq!(mock.unfired_faults(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vendor_s_host_name_leads_to_the_mock_by_tls() {
    if !["sh", "curl"].into_iter().all(is_there) {
        return;
    }
    let name = format!("pockyt-mock-manual-{}.pem", std::process::id());
    let authority = std::env::temp_dir().join(name);
    let mock =
        MockPockyt::builder().tls(["mapi.yuansfer.com"]).tls_authority_in(&authority).start().await.unwrap();
    let script = commands(3)
        .replace("pockyt-mock-ca.pem", authority.to_str().unwrap())
        .replace("127.0.0.1:443", &mock.addr().to_string());
    let printed = run(script).await;
    assert!(printed.contains("verifySign"), "{printed}");
    assert_eq!(mock.counts().refusals, 1);
    std::fs::remove_file(authority.with_extension("key")).unwrap();
    std::fs::remove_file(authority).unwrap();
}
