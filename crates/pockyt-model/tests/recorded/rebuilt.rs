//! Recorded requests built again with the types, down to the signature.

use std::collections::BTreeSet;
use std::net::IpAddr;

use pockyt_model::operation::older::{
    AccountType, AutoDebitApplyToken, AutoDebitConsult, AutoDebitPay, AutoDebitRevoke, ConsentTerminal,
    CreatePayeeAccount, CreditpayProcess, GrantType, PaymentMethod, PaymentMethodNonce, RetrievePayeeAccount,
};
use pockyt_model::operation::sdk_only::{
    AuthCapture, AuthDetailQuery, AuthFreeze, AuthUnfreeze, ExpressPay, SecurePayV4, VoucherCreate,
};
use pockyt_model::operation::{
    Add, BankAccount, BankAccountNumber, BankAccountPurpose, Cancel, CreateBankAccount, CreateTransQrcode,
    CreditType, GenerateMixedCode, Good, MicropayPrepay, MicropayTerminal, MixedCancel, MixedPrice,
    MixedQuery, OpenId, OrderProcess, OsType, PayPayout, PayoutAmount, PayoutBalance, PayoutInquiry, Prepay,
    Refund, RetrieveCustomer, RetrievePayee, RoutingNumber, SecurePay, Terminal, TranQuery,
};
use pockyt_model::{
    AccountTag, AccountToken, Amount, AuthDetailNo, AuthInfoNo, AutoDebitNo, AutoReference, CallbackUrl,
    Card, CardExpiry, CardNumber, ClientIp, Currency, CustomerCode, CustomerNo, Cvv, FreeText, InvoiceId,
    IpnUrl, Merchant, Operation, OrderTimeout, OutAuthDetailNo, OutAuthInfoNo, PaymentBarcode, Price,
    ProfileType, RecordNo, Reference, SignedRequest, StoreAdminNo, Timestamp, TransactionNo, UtcMillis,
    Vendor,
};
use pockyt_sign::SigningKey;

use super::{misdirected, recorded, serves};

const GROUP: &str = "100015";

/// Built, the operation is signed as a recorded one and sends the same fields to one of its paths.
fn same<O: Operation>(operation: &O, signature: &str) {
    let recorded = recorded();
    let carries = |name: &str, value: &str, pairs: &[(String, String)]| {
        pairs.iter().any(|(n, v)| n == name && v == value)
    };
    let fits = recorded.iter().find(|request| {
        let path = misdirected(request).map_or(serves(&O::SPEC, &request.path), |ours| ours == O::SPEC.name);
        path && carries("verifySign", signature, &request.pairs)
    });
    let request = fits.unwrap_or_else(|| panic!("{} {signature} is not in the recording", O::SPEC.name));
    assert!(request.valid, "{signature}");

    let (store, token) = match request.merchant_no.as_str() {
        "200043" => ("300014", "5cbfb079f15b150122261c8537086d77a"),
        _ => ("301854", "17cfc0170ef1c017b4a929d233d6e65e"),
    };
    let merchant = Merchant::new(&request.merchant_no, store).unwrap();
    let grouped = carries("merGroupNo", GROUP, &request.pairs);
    let merchant = if grouped { merchant.of_group(GROUP).unwrap() } else { merchant };
    let signed = SignedRequest::new(operation, &merchant, &[], &SigningKey::from_any_text(token)).unwrap();
    let sent: BTreeSet<_> = signed.pairs().iter().map(|(n, v)| (n.to_string(), v.to_string())).collect();
    let expected: BTreeSet<_> =
        request.pairs.iter().filter(|(_, value)| !value.is_empty()).cloned().collect();
    assert_eq!(sent, expected, "{}", O::SPEC.name);
}

fn price(amount: &str) -> Price {
    Price::new(amount, Currency::USD).unwrap()
}

fn reference(text: &str) -> Reference {
    Reference::new(text).unwrap()
}

fn number() -> TransactionNo {
    TransactionNo::new("297245678415936541").unwrap()
}

fn minutes(minutes: u32) -> OrderTimeout {
    OrderTimeout::minutes(minutes).unwrap()
}

fn text(text: &str) -> FreeText {
    FreeText::new(text).unwrap()
}

fn ipn(path: &str) -> IpnUrl {
    IpnUrl::new(format!("https://shop.example.com/{path}")).unwrap()
}

fn callback(rest: &str) -> CallbackUrl {
    CallbackUrl::new(format!("https://shop.example.com/{rest}")).unwrap()
}

fn client_ip() -> ClientIp {
    IpAddr::from([203, 0, 113, 9]).into()
}

fn clerk() -> StoreAdminNo {
    StoreAdminNo::new("1000000000000").unwrap()
}

/// 2024-05-01T00:00:00Z, which the C# calls were given.
fn given() -> Timestamp {
    Timestamp::at(UtcMillis::new(1_714_521_600_000))
}

/// 2026-11-22T11:57:05Z, which the PHP SDK took from its clock.
fn clock() -> Timestamp {
    Timestamp::at(UtcMillis::new(1_795_348_625_000))
}

fn customer() -> CustomerNo {
    CustomerNo::new("2000305228245812947930").unwrap()
}

const PHP_RETURN: &str = "yuansfer/return?yuansferId={yuansferId}&status={status}&amount={amount}&reference={reference}&note={note}";

fn checkout(reference_text: &str, terminal: Terminal) -> SecurePay {
    let back = callback("return?id={yuansferId}&status={status}");
    SecurePay::new(price("9.90"), Vendor::ALIPAY, terminal, reference(reference_text), back)
        .ipn_url(ipn("yuansfer/ipn"))
}

#[test]
fn checkouts_are_signed_as_the_sdks_sign_them() {
    let php = |reference_text: &str| {
        SecurePay::new(
            price("9.90"),
            Vendor::ALIPAY,
            Terminal::Online,
            reference(reference_text),
            callback(PHP_RETURN),
        )
        .ipn_url(ipn("yuansfer/ipn"))
    };
    let plain = php("php-20240501-sp1")
        .description(text("description info"))
        .note(text("note info"))
        .timeout(minutes(120));
    same(&plain, "e34eed57fca26ae10925c74ff40677dc");
    same(&php("php-20240501-sp10"), "85864f790b109fb4ae2e5abc75dd6518");
    same(&checkout("cs-20240501-sp1", Terminal::Online), "14de7dbae8da763cea803b871a85bb45");
    same(
        &checkout("cs-20240501-sp4", Terminal::Wap(OsType::Ios)).timeout(minutes(120)),
        "6125da486cf76e7eab329c52c32ec18b",
    );
    same(&checkout("go-20240501-sp1", Terminal::Online), "54abac577e47968fa9afb1690c4c4ef1");

    let back = callback("return?id={yuansferId}&status={status}");
    let cards = SecurePay::new(
        price("9.90"),
        Vendor::CREDIT_CARD,
        Terminal::Online,
        reference("cs-20240501-sp5"),
        back.clone(),
    )
    .ipn_url(ipn("yuansfer/ipn"))
    .customer_no(customer())
    .credit_type(CreditType::Recurring {
        payment_count: 0,
        frequency: std::num::NonZeroU32::new(30).unwrap(),
    });
    same(&cards, "fe1c4ff16fc195f8056c746fcd4f5edf");

    let chinese = SecurePay::new(
        Price::new("9.90", Currency::CNY).unwrap(),
        Vendor::WECHAT_PAY,
        Terminal::Online,
        reference("cs-20240501-sp2"),
        back,
    )
    .ipn_url(ipn("yuansfer/ipn"))
    .description(text("手机壳 两件"))
    .goods([Good::new("手机壳/红", 2).unwrap(), Good::new("Cable", 1).unwrap()])
    .note(text("a&b + c d=e%20"));
    same(&chinese, "bd444665ed1eeeb60a5c3ca669ab53d7");

    let fields = SecurePayV4::new(
        price("1.00"),
        Vendor::PAYPAL,
        Terminal::Yip,
        reference("php-20240501-yip3"),
        ipn("ipn"),
    );
    same(&fields, "d7e1c558dac63686ce2215e0a3934461");
}

#[test]
fn in_store_calls_are_signed_as_the_sdks_sign_them() {
    same(&Add::new(price("12.34"), reference("cs-20240501-add1")), "6bba45768309a9507e6ef5da8bd7caf6");
    let add = Add::new(price("12.34"), reference("php-20240501-add1")).store_admin_no(clerk());
    same(&add, "43d380a4a53a3aa14486eb7d7366b896");

    let barcode = PaymentBarcode::new("284957694912345678").unwrap();
    let pay = Prepay::new(number(), barcode.clone()).vendor(Vendor::ALIPAY);
    same(&pay, "06898fd7b49b43ab10e04ac7da5152e3");
    same(&pay.store_admin_no(clerk()), "ce7fad3f7c495cbefb5e7573495e1c54");

    let code =
        |reference_text| CreateTransQrcode::new(price("0.01"), Vendor::ALIPAY, reference(reference_text));
    let code = |reference_text| code(reference_text).ipn_url(ipn("ipn")).timeout(minutes(10));
    same(&code("cs-20240501-qr1"), "37cd15a85887becd132344c6ffde33f7");
    same(&code("php-20240501-qr1").store_admin_no(clerk()), "bd984a81bf3226aa2838ca6e6b8f0ce1");

    let amount = |text| Amount::parse(text).unwrap();
    let mixed = MixedPrice::new(price("10.00"), amount("0.80")).unwrap().with_tip(amount("1.00")).unwrap();
    let mixed = GenerateMixedCode::new(mixed, reference("cs-20240501-mx1"))
        .description(text("扫码 点餐"))
        .ipn_url(ipn("ipn"))
        .need_qrcode(false)
        .need_tip(true)
        .note(text("a&b + c"))
        .timeout(minutes(30));
    same(&mixed, "efaa5cd14fdf356c4f279ba1f5be6bd2");
    let record = || RecordNo::new("300000000000009").unwrap();
    same(&MixedQuery::new(record()), "2bc6023bdca06dc63848cbfd12934bd5");
    same(&MixedCancel::new(record()), "2bc6023bdca06dc63848cbfd12934bd5");
}

#[test]
fn questions_refunds_and_cancels_are_signed_as_the_sdks_sign_them() {
    same(&TranQuery::by_transaction_no(number()), "7c0ca6648a01359887e7f4da8cd3d487");
    same(&TranQuery::by_reference(reference("go-20240501-sp1")), "98d11604f10856560b579145d049e95d");
    same(&Cancel::new(reference("cs-20240501-sp1")), "77a7a7b055e09bb705b99af79e65abf3");
    same(&Cancel::new(number()), "7c0ca6648a01359887e7f4da8cd3d487");
    let refund = |n: &str| {
        let (sale, own) = (format!("{n}-20240501-sp1"), format!("{n}-20240501-rf1"));
        Refund::new(reference(&sale), price("1.00"), reference(&own))
    };
    same(&refund("cs"), "a97026778f7defa80e9aee00fb691384");
    same(&refund("php"), "e57447297890ae291ba6b699ba85c891");
    same(&refund("go"), "cfc1a1d4579863bea11dbdcc053bbca2");
}

#[test]
fn app_and_card_payments_are_signed_as_the_sdks_sign_them() {
    let mini = |reference_text| {
        let person = OpenId::new("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o").unwrap();
        MicropayPrepay::new(
            price("1.00"),
            MicropayTerminal::WechatMiniProgram(person),
            reference(reference_text),
        )
        .description(text("小程序 商品"))
        .ipn_url(ipn("ipn"))
    };
    same(&mini("cs-20240501-pp1").note(text("a&b + c")), "cab851524821edca53612332e6b1a6d4");
    let php = mini("php-20240501-pp1")
        .note(text("a & b + c"))
        .callback_url(callback("return"))
        .timeout(minutes(120));
    same(&php, "5c2c207252d96d1e00e4f18c3a8510e5");

    let card = Card::new(
        CardNumber::new("4111111111111111").unwrap(),
        CardExpiry::new(12, 2029).unwrap(),
        Cvv::new("123").unwrap(),
    );
    let pay = ExpressPay::new(price("1.00"), card, reference("cs-20240501-ep1"), client_ip());
    same(&pay, "1ab268c77094e632837a9a66b6db30d3");
    let nonce = PaymentMethodNonce::new("fake-valid-nonce").unwrap();
    let process = CreditpayProcess::new(number(), nonce, PaymentMethod::CreditCard);
    same(&process, "4fcb83fcdd3102569e15d92eb8aa9655");
    same(&OrderProcess::new(number()).timestamp(clock()), "b0037435e46bd828c3c6440b949eeed9");
}

#[test]
fn auto_debits_and_holds_are_signed_as_the_sdks_sign_them() {
    let agreement = || AutoDebitNo::new("300000000000001").unwrap();
    let consult = AutoDebitConsult::new(
        Vendor::ALIPAY_HK,
        AutoReference::new("cs-20240501-ar1").unwrap(),
        callback("auto"),
        ConsentTerminal::App(OsType::Ios),
    )
    .auto_ipn_url(ipn("autoipn"))
    .os_version(text("17.4"));
    same(&consult, "b72561ead578e80e2b2199f1a1ff12b1");
    same(
        &AutoDebitApplyToken::new(agreement(), GrantType::AuthorizationCode),
        "9f5bd85befdfba9265a71c658f9ecb63",
    );
    let pay = AutoDebitPay::new(agreement(), price("1.00"), reference("cs-20240501-ap1")).ipn_url(ipn("ipn"));
    same(&pay, "37b48c1bf7612c2a725847ef39a3900d");
    same(&AutoDebitRevoke::new(agreement()), "52f0cb723e6fe44a87a0227de96c1a3e");

    let hold = || OutAuthInfoNo::new("cs-20240501-ai1").unwrap();
    let step = |n: u8| OutAuthDetailNo::new(format!("cs-20240501-ad{n}")).unwrap();
    let voucher = VoucherCreate::new(hold(), step(1), Vendor::ALIPAY, price("10.00"));
    same(&voucher, "93b8a18ca7aea8ae0595302a6272abdd");
    let freeze = AuthFreeze::new(hold(), step(1), Vendor::ALIPAY, price("10.00"))
        .auth_ipn_url(ipn("auth"))
        .note(text("押金 a&b + c"))
        .payment_barcode(PaymentBarcode::new("284957694912345678").unwrap());
    same(&freeze, "735a99074a318a0b7f549f8515cfcf9f");
    same(&AuthUnfreeze::new(hold(), step(2), price("5.00")), "718bd6299056e2a20177c254e6d56185");
    let capture = AuthCapture::new(hold(), step(3), price("5.00"), reference("cs-20240501-cp1"))
        .auth_confirm_model(text("COMPLETE"))
        .ipn_url(ipn("ipn"));
    same(&capture, "3e6a54749e979eed7b7f09d1e216ae72");
    same(&AuthDetailQuery::new(hold(), step(1)), "1761699509bbbf724383201565c5688e");
    let theirs = AuthDetailQuery::new(
        AuthInfoNo::new("300000000000003").unwrap(),
        AuthDetailNo::new("300000000000004").unwrap(),
    );
    same(&theirs, "c904194c116707a0f418863aa2aa2e04");
}

#[test]
fn customers_and_payouts_are_signed_as_the_sdks_sign_them() {
    same(&RetrieveCustomer::new(customer(), given()), "7d14401493944d0d639a449e989e9a01");
    let payee =
        RetrievePayee::new(customer(), clock()).customer_code(CustomerCode::new("cust-0001").unwrap());
    same(&payee, "8611521ed9b67ee1a538b7d3bf3f7559");

    let tag = || AccountTag::new("20210421001002").unwrap();
    let account = CreatePayeeAccount::new(customer(), AccountType::Paypal, given())
        .account_country(pockyt_model::CountryCode::new("US").unwrap())
        .account_currency(Currency::USD)
        .account_tag(tag())
        .callback_url(callback("cb"))
        .client_ip(client_ip())
        .ipn_url(ipn("ipn"))
        .profile_type(ProfileType::Individual);
    same(&account, "c50065eb0671ba5ed14dce6f5afd3568");
    let retrieve = RetrievePayeeAccount::new(customer(), AccountType::Paypal, tag(), given());
    same(&retrieve, "540a47cadc3c780c7be7ce593e754a08");
    let bank = BankAccount::UnitedStates {
        number: BankAccountNumber::new("026009593").unwrap(),
        routing_number: RoutingNumber::new("026009593").unwrap(),
    };
    let bank = CreateBankAccount::new(customer(), bank, BankAccountPurpose::Checking, clock())
        .account_tag(AccountTag::new("main").unwrap())
        .client_ip(client_ip())
        .ipn_url(ipn("payee/ipn"));
    same(&bank, "f38a317a81afcc3b877894f42055735a");

    same(&PayoutBalance::new(Currency::USD, given()), "0b61b4d7d468c606dd1d757b50930266");
    let invoice = |text| InvoiceId::new(text).unwrap();
    same(&PayoutInquiry::new(invoice("cs-20240501-po1")), "d11286fb9b1eee96769a16adfda7ac18");
    let payout = PayPayout::new(
        customer(),
        AccountToken::new("trm-1f2e3d").unwrap(),
        invoice("php-20240501-po2"),
        PayoutAmount::new("10", Currency::USD).unwrap(),
    );
    same(&payout.timestamp(clock()), "6daa31eef185a1b66228cc9742cbcfae");
}
