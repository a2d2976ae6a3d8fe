//! Published answers of auto-debit, customers, payees and payouts, read through the typed views.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

use pockyt_model::operation::older::{
    AutoDebitApplyToken, AutoDebitConsult, AutoDebitPay, CreatePayeeAccount, CreditpayProcess,
    RetrievePayeeAccount,
};
use pockyt_model::operation::sdk_only::{ExchangeRate, TransList};
use pockyt_model::operation::{
    Cancel, CreateCustomer, CreateTransQrcode, MicropayPrepay, PayPayout, PayeeStatus, PayoutAccounts,
    PayoutBalance, PayoutInquiry, RetrievePayee, TranQuery,
};
use pockyt_model::{
    Amount, Answer, Operation, PayoutStatus, Reason, RetCodeClass, TransactionStatus, Vendor,
};

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("samples/", $name)).as_slice()
    };
}

fn accepted<O: Operation>(body: &[u8]) -> O::Answer {
    match O::read_answer(body).expect("the sample can be read") {
        Answer::Accepted(answer) => answer,
        Answer::Refused(refusal) => panic!("{refusal}"),
    }
}

#[test]
fn auto_debit() {
    let consent = accepted::<AutoDebitConsult>(sample!("auto-debit-consult.response.json"));
    assert_eq!(consent.auto_debit_no().unwrap().as_str(), "298222562856331071");
    assert_eq!(consent.vendor().unwrap(), Some(Vendor::GCASH));
    assert!(consent.auth_url().unwrap().unwrap().starts_with("https://render.alipay.com/"));

    let token = accepted::<AutoDebitApplyToken>(sample!("auto-debit-apply-token.response.json"));
    let expiry = token.access_token_expiry_time().unwrap().unwrap();
    // 2021-07-07T03:17:31+08:00.
    assert_eq!(expiry.to_utc().unwrap().get(), 1_625_599_051_000);

    let payment = accepted::<AutoDebitPay>(sample!("auto-debit-pay.response.json"));
    assert_eq!(payment.result().raw("amount"), Some("100"));
    assert_eq!(payment.amount().unwrap(), Amount::parse("100.00").unwrap());
    assert_eq!(payment.status().unwrap(), None);
    let old = br#"{"ret_code":"000100","result":{"autoDebitNo":"1","customerBelongsTo":"DANA"}}"#;
    assert_eq!(accepted::<AutoDebitConsult>(old).vendor().unwrap(), Some(Vendor::DANA));
}

#[test]
fn process_and_micropay() {
    let processed = accepted::<CreditpayProcess>(sample!("process-v3.response.json"));
    assert_eq!(processed.status().unwrap(), TransactionStatus::Success);
    assert_eq!(processed.payment_time().unwrap().unwrap().to_utc().unwrap().get(), 1_611_343_380_000);

    let call = accepted::<MicropayPrepay>(sample!("micropay-prepay-wechat-mini.response.json"));
    assert_eq!(call.nonce().unwrap().as_deref(), Some("QyGptpsnpbydUzdVvkJy5fysWHYO48uF"));
    assert_eq!(call.sign_type().unwrap().as_deref(), Some("HMAC-SHA256"));
    assert_eq!(call.transaction_no().unwrap(), None);
}

#[test]
fn customers_under_either_envelope() {
    let customer = accepted::<CreateCustomer>(sample!("customers-create.response.json"));
    assert_eq!(customer.customer_no().unwrap().as_str(), "2000300192493466077324");
    let other = br#"{"customer":{"customerNo":"2000300192493466077324"},"ret_code":"000100"}"#;
    assert_eq!(accepted::<CreateCustomer>(other).customer_no().unwrap(), customer.customer_no().unwrap());
    let neither = br#"{"ret_code":"000100"}"#;
    assert_eq!(CreateCustomer::read_answer(neither).unwrap_err().path(), "$.customer");
}

#[test]
fn payees_and_their_accounts() {
    let payee = accepted::<RetrievePayee>(sample!("payee-retrieve.response.json"));
    assert_eq!(payee.payee_status().unwrap(), Some(PayeeStatus::Activated));
    assert_eq!(payee.zip().unwrap().as_deref(), Some("10005"));
    assert!(!format!("{payee:?}").contains("Doe"));

    let accounts = accepted::<PayoutAccounts>(sample!("payout-accounts.response.json"));
    let [account] = accounts.accounts().unwrap().try_into().unwrap();
    assert_eq!(account.account_token().unwrap().as_str(), "2010305228289296332658");
    assert_eq!(account.masked_card_number().unwrap().as_deref(), Some("****5655"));
    assert_eq!(account.status().unwrap(), Some(PayeeStatus::Activated));
    assert_eq!(accounts.owner().unwrap().unwrap().first_name().unwrap().as_deref(), Some("俊义"));

    let created = accepted::<CreatePayeeAccount>(sample!("payee-account-create-v2.response.json"));
    assert!(created.link().unwrap().unwrap().ends_with("2010305228244865166344"));
    let account = accepted::<RetrievePayeeAccount>(sample!("payee-account-retrieve-v2.response.json"));
    assert_eq!(account.created_at().unwrap().unwrap().as_str(), "2021-05-28T07:12:53Z");
}

#[test]
fn payouts() {
    let payout = accepted::<PayPayout>(sample!("payouts-pay-legacy.response.json"));
    assert_eq!(payout.status().unwrap(), PayoutStatus::Pending);
    let payout = accepted::<PayoutInquiry>(sample!("payouts-inquiry.response.json"));
    assert_eq!(payout.invoice_id().unwrap().as_deref(), Some("20210118101801"));

    let balances = accepted::<PayoutBalance>(sample!("payouts-balance.response.json")).balances().unwrap();
    assert_eq!(balances[0].amount().unwrap(), Amount::parse("499000").unwrap());
    // The literal is kept, whatever a float would make of it.
    let literal = br#"{"ret_code":"000100","balance":[{"amount":499000.00,"currency":"USD"}]}"#;
    let balance = &accepted::<PayoutBalance>(literal).balances().unwrap()[0];
    assert_eq!(balance.amount().unwrap().as_str(), "499000.00");
    let path = br#"{"ret_code":"000100","balance":[{"amount":1},{"amount":"x"}]}"#;
    let error = accepted::<PayoutBalance>(path).balances().unwrap()[1].amount().unwrap_err();
    assert_eq!(error.path(), "$.balance[1].amount");
}

#[test]
fn answers_of_version_2_are_read() {
    let order = br#"{"ret_code":"000100","transaction":{"yuansferId":"1","amount":"1","currency":"USD","status":"success"}}"#;
    assert_eq!(accepted::<TranQuery>(order).transaction_no().unwrap().as_str(), "1");
    let cancel =
        br#"{"ret_code":"000100","refundTransaction":{"transactionNo":"1","transactionStatus":"success"}}"#;
    assert_eq!(accepted::<Cancel>(cancel).status().unwrap(), TransactionStatus::Success);
    let flat = br#"{"ret_code":"000100","transactionNo":"7","deepLink":"weixin://x"}"#;
    assert_eq!(accepted::<CreateTransQrcode>(flat).deep_link().unwrap(), "weixin://x");
    let rate = br#"{"ret_code":"000100","exchangerate":"6.594300"}"#;
    assert_eq!(accepted::<ExchangeRate>(rate).exchange_rate().unwrap().as_str(), "6.594300");
    let list = br#"{"ret_code":"000100","transactions":[{"a":1},{"a":2}],"size":2}"#;
    let page = accepted::<TransList>(list);
    assert_eq!((page.transactions().unwrap().len(), page.size().unwrap()), (2, Some(2)));
}

#[test]
fn a_code_means_what_its_operation_makes_of_it() {
    let refusal = |code: &str| {
        let body = format!(r#"{{"ret_code":"{code}","ret_msg":"x"}}"#);
        match TranQuery::read_answer(body.as_bytes()).unwrap() {
            Answer::Refused(refusal) => refusal.code().clone(),
            Answer::Accepted(_) => panic!("accepted"),
        }
    };
    let forty = refusal("000040");
    assert_eq!(forty.reason(&PayPayout::SPEC), Reason::BalanceTooLow);
    assert_eq!(forty.reason(&Cancel::SPEC), Reason::WrongStatus);
    assert_eq!(forty.class_for(&PayPayout::SPEC), RetCodeClass::Permanent);
    let eighty = refusal("000080");
    assert_eq!(eighty.class_for(&PayPayout::SPEC), RetCodeClass::AskFirst);
    assert_eq!(eighty.class_for(&TranQuery::SPEC), RetCodeClass::MaybeTransient);
    let new = refusal("123456");
    assert_eq!(
        (new.reason(&Cancel::SPEC), new.class_for(&Cancel::SPEC)),
        (Reason::Other, RetCodeClass::AskFirst)
    );
}
