//! Payouts, the accounts they go to, and payors.

use pockyt_model::operation::older::{
    AccountType, AskedAccountType, CreatePayeeAccount, PayoutToReceiver, Receiver, RetrievePayeeAccount,
};
use pockyt_model::operation::{
    AccountConfigurations, BankAccount, BankAccountElsewhere, BankAccountNumber, BankAccountPurpose,
    BankCode, CreateBankAccount, CreateCryptoAccount, DeletePayeeAccount, PayPayout, PayoutAccounts,
    PayoutAmount, PayoutBalance, PayoutInquiry, ProcessingChannel, RegisterPayor, RoutingNumber,
    UploadPayorDocuments,
};
use pockyt_model::{
    AccountKey, CardNumber, CountryCode, Currency, GovernmentIdNumber, InvoiceId, ProfileType, Vendor,
};

use super::support::{
    ACCOUNT, CALLBACK, CLIENT_IP, CUSTOMER, IPN, PAYOR, Row, TAG, TEXTS, TIMESTAMP, account, callback, case,
    client_ip, customer, description, ipn, note, payor, row, tag, text, timestamp,
};

const INVOICE: &[(&str, &str)] = &[("invoiceId", "invoice-1")];
const AMOUNT: &[(&str, &str)] = &[("amount", "250"), ("currency", "USD")];
const SUBJECT: &[(&str, &str)] = &[("subject", "Your money")];
const CHECKING: &[(&str, &str)] = &[("bankAccountPurpose", "CHECKING")];
const BANK: &[(&str, &str)] = &[("accountType", "BANK_ACCOUNT")];
const GERMANY: &[(&str, &str)] = &[("accountCountry", "DE"), ("accountCurrency", "EUR")];

pub(crate) fn rows() -> Vec<Row> {
    vec![
        pay(),
        row(vec![case(PayoutInquiry::new(invoice()), &[INVOICE])], vec![]),
        row(
            vec![case(PayoutBalance::new(Currency::USD, timestamp()), &[&[("currency", "USD")], TIMESTAMP])],
            vec![],
        ),
        pay_to_receiver(),
        payout_accounts(),
        row(vec![case(AccountConfigurations::new(), &[])], vec![]),
        create_bank_account(),
        create_crypto_account(),
        delete_account(),
        create_payee_account(),
        retrieve_payee_account(),
        row(vec![case(RegisterPayor::new(), &[])], vec![]),
        row(vec![case(UploadPayorDocuments::new(&payor()), &[])], vec![]),
    ]
}

fn invoice() -> InvoiceId {
    InvoiceId::new("invoice-1").unwrap()
}

fn money() -> PayoutAmount {
    PayoutAmount::new("250", Currency::USD).unwrap()
}

fn germany() -> CountryCode {
    CountryCode::new("DE").unwrap()
}

fn eur() -> Currency {
    Currency::new("EUR").unwrap()
}

fn pay() -> Row {
    let pay = || PayPayout::new(customer(), account(), invoice(), money());
    let full = |channel| {
        pay()
            .description(description())
            .ipn_url(ipn())
            .note(note())
            .processing_channel(channel)
            .subject(text("Your money"))
            .timestamp(timestamp())
    };
    let common = [CUSTOMER, ACCOUNT, INVOICE, AMOUNT].concat();
    let options = [TEXTS, IPN, SUBJECT, TIMESTAMP].concat();
    let through =
        |channel, word: &str| case(full(channel), &[&common, &options, &[("processingChannel", word)]]);
    row(
        vec![case(pay(), &[&common])],
        vec![
            through(ProcessingChannel::RealTimePay, "REAL_TIME_PAY"),
            through(ProcessingChannel::SameDayAch, "SAME_DAY_ACH"),
            through(ProcessingChannel::StandardAch, "STANDARD_ACH"),
        ],
    )
}

fn pay_to_receiver() -> Row {
    let pay = |receiver| {
        PayoutToReceiver::new(invoice(), money(), Vendor::VENMO, receiver, text("Your money"), description())
    };
    let full = pay(Receiver::email("canary@finch.example").unwrap())
        .ipn_url(ipn())
        .language(text("en"))
        .note(note());
    let common = [INVOICE, AMOUNT, SUBJECT, &[("vendor", "venmo"), ("description", "Tom & Ann")]].concat();
    let to = |receiver, kind: &str, address: &str| {
        case(pay(receiver), &[&common, &[("receiver", address), ("receiverType", kind)]])
    };
    row(
        vec![
            to(Receiver::email("canary@finch.example").unwrap(), "EMAIL", "canary@finch.example"),
            to(Receiver::phone("+1 555 0177").unwrap(), "PHONE", "+1 555 0177"),
            to(Receiver::paypal_id("PPCANARY").unwrap(), "PAYPAL_ID", "PPCANARY"),
        ],
        vec![case(
            full,
            &[
                &common,
                IPN,
                &[
                    ("receiver", "canary@finch.example"),
                    ("receiverType", "EMAIL"),
                    ("language", "en"),
                    ("note", "司机 a=b"),
                ],
            ],
        )],
    )
}

fn payout_accounts() -> Row {
    let accounts = || PayoutAccounts::new(customer(), timestamp());
    row(
        vec![case(accounts(), &[CUSTOMER, TIMESTAMP])],
        vec![
            case(accounts().account(account().into()), &[CUSTOMER, TIMESTAMP, ACCOUNT]),
            case(accounts().account(tag().into()), &[CUSTOMER, TIMESTAMP, TAG]),
        ],
    )
}

fn create_bank_account() -> Row {
    let create = |account, purpose| CreateBankAccount::new(customer(), account, purpose, timestamp());
    let full = |account| {
        create(account, BankAccountPurpose::Checking)
            .account_tag(tag())
            .client_ip(client_ip())
            .ipn_url(ipn())
            .payor_no(payor())
    };
    let china = BankAccount::China {
        card_number: CardNumber::new("6222987655551111").unwrap(),
        bank_code: BankCode::new("CANARYBANK").unwrap(),
        id_card: GovernmentIdNumber::new("CANARYID42").unwrap(),
    };
    let america = BankAccount::UnitedStates {
        number: BankAccountNumber::new("000CANARY-ACCT1").unwrap(),
        routing_number: RoutingNumber::new("021000089").unwrap(),
    };
    let elsewhere = BankAccount::Elsewhere(BankAccountElsewhere::new(germany(), eur()).unwrap());
    let common = [CUSTOMER, BANK, TIMESTAMP].concat();
    let options = [CHECKING, TAG, CLIENT_IP, IPN, PAYOR].concat();
    let chinese: &[_] = &[
        ("accountCountry", "CN"),
        ("accountCurrency", "CNY"),
        ("cardNumber", "6222987655551111"),
        ("bankCode", "CANARYBANK"),
        ("governmentId", "CANARYID42"),
        ("governmentIdType", "ID_CARD"),
    ];
    let american: &[_] = &[
        ("accountCountry", "US"),
        ("accountCurrency", "USD"),
        ("bankAccountId", "000CANARY-ACCT1"),
        ("branchId", "021000089"),
    ];
    row(
        vec![case(
            create(elsewhere.clone(), BankAccountPurpose::Savings),
            &[&common, GERMANY, &[("bankAccountPurpose", "SAVINGS")]],
        )],
        vec![
            case(full(china), &[&common, &options, chinese]),
            case(full(america), &[&common, &options, american]),
            case(full(elsewhere), &[&common, &options, GERMANY]),
        ],
    )
}

fn create_crypto_account() -> Row {
    let create = || CreateCryptoAccount::new(customer(), germany(), eur(), timestamp());
    row(
        vec![case(create(), &[CUSTOMER, GERMANY, TIMESTAMP])],
        vec![case(
            create().account_tag(tag()).payor_no(payor()),
            &[CUSTOMER, GERMANY, TIMESTAMP, TAG, PAYOR],
        )],
    )
}

fn delete_account() -> Row {
    let delete = DeletePayeeAccount::at("/v3/not/known", customer(), account(), timestamp()).unwrap();
    row(vec![case(delete, &[CUSTOMER, ACCOUNT, TIMESTAMP])], vec![])
}

fn create_payee_account() -> Row {
    let create = |kind| CreatePayeeAccount::new(customer(), kind, timestamp());
    let full = create(AccountType::Paypal)
        .account_country(germany())
        .account_currency(eur())
        .account_tag(tag())
        .callback_url(callback())
        .client_ip(client_ip())
        .ipn_url(ipn())
        .profile_type(ProfileType::Business);
    let common = [CUSTOMER, TIMESTAMP].concat();
    let kinds = [
        (AccountType::Alipay, "ALIPAY"),
        (AccountType::BankAccount, "BANK_ACCOUNT"),
        (AccountType::Card, "CARD"),
        (AccountType::PaperCheck, "PAPER_CHECK"),
        (AccountType::PrepaidCard, "PREPAID_CARD"),
        (AccountType::Venmo, "VENMO"),
    ];
    row(
        kinds.map(|(kind, word)| case(create(kind), &[&common, &[("accountType", word)]])).into(),
        vec![case(
            full,
            &[
                &common,
                GERMANY,
                TAG,
                CALLBACK,
                CLIENT_IP,
                IPN,
                &[("accountType", "PAYPAL"), ("profileType", "BUSINESS")],
            ],
        )],
    )
}

fn retrieve_payee_account() -> Row {
    let retrieve = |key: AccountKey| {
        RetrievePayeeAccount::new(customer(), AskedAccountType::WireAccount, key, timestamp())
    };
    let common = [CUSTOMER, TIMESTAMP, &[("accountType", "WIRE_ACCOUNT")]].concat();
    row(
        vec![
            case(retrieve(account().into()), &[&common, ACCOUNT]),
            case(retrieve(tag().into()), &[&common, TAG]),
        ],
        vec![],
    )
}
