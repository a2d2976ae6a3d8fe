//! A notification never reaches a mock's control API or cashier page, whatever `ipnUrl` says.

use pockyt_mock::{FailureReason, MockPockyt, Status};

use crate::support::{order, secure_pay};

/// Lets `attacker` notify `url` and returns the status and the failure of the attempt.
async fn notify(attacker: &MockPockyt, url: &str) -> (Option<u16>, Option<FailureReason>) {
    let transaction_no = secure_pay(attacker, &format!("attack {url}"), &[("ipnUrl", url)]).await;
    attacker.approve(&transaction_no).await.unwrap();
    let attempt = attacker.notifications(Some(&transaction_no))[0].attempts[0].clone();
    (attempt.status, attempt.failure)
}

#[tokio::test]
async fn a_mock_does_not_notify_itself() {
    for listen in ["127.0.0.1:0", "0.0.0.0:0"] {
        let mock = MockPockyt::builder().listen(listen.parse().unwrap()).start().await.unwrap();
        let victim = secure_pay(&mock, "victim", &[]).await;
        let port = mock.addr().port();
        for host in ["127.0.0.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0"] {
            let url = format!("http://{host}:{port}/_mock/transactions/{victim}/approve");
            let attempt = notify(&mock, &url).await;
            assert_eq!(attempt, (None, Some(FailureReason::NotAllowed)), "{listen} {url}");
        }
        let by_name = format!("http://localhost:{port}/_mock/transactions/{victim}/approve");
        assert_eq!(notify(&mock, &by_name).await.0, None, "{listen}");
        assert_eq!(order(&mock, &victim).status, Status::Pending);
    }
}

#[tokio::test]
async fn a_mock_refuses_the_notifications_of_another() {
    let (attacker, attacked) = (MockPockyt::start().await.unwrap(), MockPockyt::start().await.unwrap());
    let victim = secure_pay(&attacked, "victim", &[]).await;
    for path in [
        format!("/_mock/transactions/{victim}/approve"),
        "/_mock/reset".to_owned(),
        format!("/cashier/{victim}"),
    ] {
        let attempt = notify(&attacker, &format!("{}{path}", attacked.url())).await;
        assert_eq!(attempt, (Some(403), None), "{path}");
    }
    assert_eq!(order(&attacked, &victim).status, Status::Pending);
}
