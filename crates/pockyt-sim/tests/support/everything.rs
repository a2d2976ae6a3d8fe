//! A world in which every operation has something to work on, and good fields for each.

use std::time::Duration;

use pockyt_sim::{Profile, Wallet, catalogue};

use super::{Answer, BARCODE, World};

pub const CARD: &str = "4111111111111111";
const TIMESTAMP: &str = "2023-11-14T22:13:20Z";

pub type Fields = Vec<(&'static str, String)>;

/// The numbers of what was prepared.
pub struct Everything {
    pub world: World,
    pub customer: String,
    pub payee: String,
    pub account: String,
    pub record: String,
    pub mandate: String,
    pub card_order: String,
    pub checkout: String,
    pub payor: String,
}

impl Everything {
    pub fn new(profile: Profile) -> Self {
        let mut own = Self {
            world: World::with_profile(profile),
            customer: String::new(),
            payee: String::new(),
            account: String::new(),
            record: String::new(),
            mandate: String::new(),
            card_order: String::new(),
            checkout: String::new(),
            payor: String::new(),
        };
        own.prepare();
        own
    }

    fn prepare(&mut self) {
        assert_eq!(self.world.add("added", "13").code(), "000100");
        self.world.paid("paid", "13");
        self.customer = self.make("customers-create", &[("email", "first@example.com")], "customerNo");
        self.payee = self.make(
            "payee-register",
            &[("email", "payee0@example.com"), ("governmentId", "id0")],
            "customerNo",
        );
        self.account = self.make("create-bank-account", &[("accountTag", "tag0")], "accountToken");
        self.make("payouts-pay", &[("invoiceId", "invoice0")], "transactionNo");
        self.record = self.make("generate-mixed-code", &[("reference", "mixed0")], "recordNo");
        self.mandate = self.make("auto-debit-consult", &[("autoReference", "auto0")], "autoDebitNo");
        self.world.sim.approve(&self.mandate.clone(), self.world.now).unwrap();
        assert_eq!(self.call("auto-debit-apply-token", &[]).code(), "000100");
        self.card_order = self.make("capture", &[("reference", "card0")], "transactionNo");
        let series =
            [("reference", "web0"), ("creditType", "recurring"), ("paymentCount", "3"), ("frequency", "30")];
        self.checkout = self.make("secure-pay", &series, "transactionNo");
        self.payor = self.make("payor-register", &[], "payorNo");
        self.world.script("hold0", Wallet::ConfirmAfter(Duration::ZERO));
        self.make("auth-freeze", &[("outAuthInfoNo", "hold0"), ("outAuthDetailNo", "step0")], "authInfoNo");
        self.make("customers-account-create", &[("accountTag", "older0")], "accountToken");
    }

    fn make(&mut self, name: &str, changes: &[(&'static str, &str)], number: &str) -> String {
        let answer = self.call(name, changes);
        assert_eq!(answer.code(), "000100", "{name} {} {}", answer.field(), answer.rule());
        let members = answer.json.as_object().unwrap();
        let found =
            members.values().find_map(|value| value.get(number)).unwrap_or_else(|| panic!("{}", answer.json));
        found.as_str().unwrap().to_owned()
    }

    /// Calls an operation with good fields, some of them changed.
    pub fn call(&mut self, name: &str, changes: &[(&'static str, &str)]) -> Answer {
        let mut fields = self.good(name);
        fields.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        fields.extend(changes.iter().map(|(name, value)| (*name, (*value).to_owned())));
        self.send(name, &fields)
    }

    pub fn send(&mut self, name: &str, fields: &Fields) -> Answer {
        let path = catalogue::named(name).unwrap().path.replace("{payorNo}", &self.payor);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.world.call(&path, &fields)
    }

    /// Fields with which the operation succeeds, whatever the profile.
    #[expect(clippy::too_many_lines, reason = "one row for each operation")]
    pub fn good(&self, name: &str) -> Fields {
        let price = &[("amount", "13"), ("currency", "USD"), ("settleCurrency", "USD"), ("reference", "new")];
        let urls = &[("ipnUrl", "https://a.b/c")];
        let card = &[
            ("cardNumber", CARD),
            ("cardExpMonth", "12"),
            ("cardExpYear", "2029"),
            ("cardCvv", "123"),
            ("clientIp", "1.2.3.4"),
        ];
        let timestamp = &[("timestamp", TIMESTAMP)];
        let days = &[("startDate", "20231110"), ("endDate", "20231115")];
        let person = &[
            ("firstName", "Ann"),
            ("lastName", "Lee"),
            ("email", "new@example.com"),
            ("countryCode", "US"),
            ("timestamp", TIMESTAMP),
        ];
        let address = &[
            ("profileType", "INDIVIDUAL"),
            ("dateOfBirth", "1990-01-31"),
            ("state", "CA"),
            ("city", "San Jose"),
            ("street", "1 Main St"),
            ("zip", "95110"),
            ("governmentId", "new-id"),
            ("governmentIdType", "SSN"),
        ];
        let hold = &[("outAuthInfoNo", "hold0"), ("outAuthDetailNo", "new-step")];
        let parts: &[&[(&'static str, &str)]] = match name {
            "add" => &[price],
            "create-trans-qrcode" => &[price, urls, &[("vendor", "alipay"), ("needQrcode", "true")]],
            "secure-pay" => &[
                price,
                urls,
                &[
                    ("vendor", "creditcard"),
                    ("terminal", "ONLINE"),
                    ("callbackUrl", "https://a.b/c?status={status}"),
                    ("goodsInfo", "[]"),
                ],
            ],
            "secure-pay-v4" => &[price, urls, &[("vendor", "creditcard"), ("terminal", "YIP")]],
            "prepay" => &[&[("reference", "added"), ("paymentBarcode", BARCODE), ("vendor", "alipay")]],
            "refund" => &[&[
                ("reference", "paid"),
                ("refundAmount", "1"),
                ("currency", "USD"),
                ("settleCurrency", "USD"),
                ("refundReference", "r"),
            ]],
            "tran-query" | "cancel" | "reverse" | "notes-add" => &[&[("reference", "paid")]],
            "cashier-add" => &[price, urls],
            "acquire-create" => &[price, urls, &[("vendor", "alipay"), ("alipayUserId", "2088")]],
            "generate-mixed-code" => &[&[
                ("saleAmount", "10.00"),
                ("tax", "0.80"),
                ("currency", "USD"),
                ("settleCurrency", "USD"),
                ("needTip", "false"),
                ("needQrcode", "true"),
                ("reference", "new"),
            ]],
            "mixed-query" | "mixed-cancel" => &[&[("recordNo", &self.record)]],
            "trans-list" | "transaction-list" | "settle-list" | "withdrawal-list" => &[days],
            "data-status" => &[&[("paymentDate", "20231114")]],
            "exchange-rate" => &[&[("date", "20180101"), ("currency", "USD"), ("vendor", "alipay")]],
            "creditpay-process" => &[&[
                ("transactionNo", &self.checkout),
                ("paymentMethodNonce", "fake-valid-nonce"),
                ("paymentMethod", "credit_card"),
            ]],
            "capture" => &[price, card, &[("vendor", "creditcard"), ("terminal", "ONLINE")]],
            "order-process" => &[&[("transactionNo", &self.card_order)]],
            "micropay-prepay" => {
                &[price, urls, &[("vendor", "wechatpay"), ("terminal", "MINIPROGRAM"), ("openid", "o1")]]
            }
            "express-pay" => &[price, card],
            "update-recurring" => &[&[("scheduleNo", &self.checkout), ("paymentCount", "5")]],
            "create-plan" => &[&[("clientId", "client"), ("secret", "its-secret"), ("billingCycles", "[]")]],
            "auto-debit-consult" => &[&[
                ("vendor", "GCASH"),
                ("autoReference", "new"),
                ("autoRedirectUrl", "https://a.b/r?no={autoDebitNo}"),
                ("autoIpnUrl", "https://a.b/auto"),
                ("terminal", "ONLINE"),
            ]],
            "auto-debit-apply-token" => {
                &[&[("autoDebitNo", &self.mandate), ("grantType", "AUTHORIZATION_CODE")]]
            }
            "auto-debit-pay" => &[
                urls,
                &[
                    ("amount", "100"),
                    ("currency", "PHP"),
                    ("settleCurrency", "USD"),
                    ("reference", "new"),
                    ("autoDebitNo", &self.mandate),
                ],
            ],
            "auto-debit-revoke" => &[&[("autoDebitNo", &self.mandate)]],
            "voucher-create" | "auth-freeze" => &[
                &[("amount", "13"), ("currency", "USD"), ("settleCurrency", "USD"), ("vendor", "alipay")],
                &[("outAuthInfoNo", "new"), ("outAuthDetailNo", "new-step")],
            ],
            "auth-unfreeze" | "in-store-auth-unfreeze" => {
                &[hold, &[("unfreezeAmount", "5"), ("currency", "USD"), ("settleCurrency", "USD")]]
            }
            "auth-capture" | "in-store-auth-capture" => &[
                hold,
                &[("amount", "5"), ("currency", "USD"), ("settleCurrency", "USD"), ("reference", "new")],
            ],
            "auth-detail-query" => &[&[("outAuthInfoNo", "hold0"), ("outAuthDetailNo", "step0")]],
            "customers-create" => &[person],
            "customers-retrieve" => &[timestamp, &[("customerNo", &self.customer)]],
            "customers-update" => &[timestamp, &[("customerNo", &self.customer), ("city", "Oslo")]],
            "payee-register" => &[person, address],
            "payee-retrieve" | "payout-accounts" => &[timestamp, &[("customerNo", &self.payee)]],
            "payee-update" => &[&[("customerNo", &self.payee), ("city", "Oslo")]],
            "account-configurations" | "payor-register" | "payor-upload" => &[timestamp],
            "create-bank-account" => &[
                timestamp,
                &[
                    ("customerNo", &self.payee),
                    ("accountCountry", "US"),
                    ("accountCurrency", "USD"),
                    ("accountType", "BANK_ACCOUNT"),
                    ("bankAccountPurpose", "CHECKING"),
                    ("bankAccountId", "000123456789"),
                ],
            ],
            "create-crypto-account" => &[
                timestamp,
                &[
                    ("customerNo", &self.payee),
                    ("accountCountry", "US"),
                    ("accountCurrency", "USDC"),
                    ("accountTag", "wallet"),
                ],
            ],
            "customers-account-create" => {
                &[timestamp, &[("customerNo", &self.payee), ("accountType", "PAYPAL")]]
            }
            "customers-account-retrieve" => &[
                timestamp,
                &[("customerNo", &self.payee), ("accountType", "PAYPAL"), ("accountTag", "older0")],
            ],
            "payouts-pay" => &[&[
                ("customerNo", &self.payee),
                ("accountToken", &self.account),
                ("invoiceId", "new"),
                ("amount", "500"),
                ("currency", "USD"),
                ("ipnUrl", "https://a.b/payout"),
            ]],
            "payouts-inquiry" => &[&[("invoiceId", "invoice0")]],
            "payouts-balance" => &[timestamp, &[("currency", "USD")]],
            _ => panic!("no good fields for {name}"),
        };
        parts.concat().into_iter().map(|(name, value)| (name, value.to_owned())).collect()
    }
}
