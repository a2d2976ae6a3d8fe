//! Every view and its accessors.

use pockyt_model::Object;
use pockyt_model::operation::{View, older, sdk_only, *};

use super::walk::{Seen, Walk, seen, views};

views! {
    Customer {
        value customer_no = "customerNo",
        value customer_code = "customerCode",
        value first_name = "firstName",
        value last_name = "lastName",
        value email = "email",
        value created_time = "createdTime",
        value updated_time = "updatedTime",
        value country_code = "countryCode",
        value country = "country",
        value state = "state",
        value city = "city",
        value street = "street",
        value street2 = "street2",
        value zip = "zip",
        value phone = "phone",
        value date_of_birth = "dateOfBirth",
        value lang = "lang",
        value link = "link",
    }
    Cancelled {
        value transaction_no = "transactionNo",
        value reference = "reference",
        value amount = "amount",
        value currency = "currency",
        value status = "status",
    }
    Refunded {
        value transaction_no = "transactionNo",
        value reference = "reference",
        value amount = "amount",
        value refund_amount = "refundAmount",
        value refund_reference = "refundReference",
        value refund_transaction_no = "refundTransactionNo",
        value currency = "currency",
        value settle_currency = "settleCurrency",
        value status = "status",
    }
    TransactionPage {
        items transactions = "transactions",
        value size = "size",
    }
    Transaction {
        value transaction_no = "transactionNo",
        value reference = "reference",
        value amount = "amount",
        value currency = "currency",
        value settle_currency = "settleCurrency",
        value status = "status",
        value transaction_type = "transactionType",
        items refunds = "refundInfo",
    }
    RefundInfo {
        value refund_transaction_no = "refundTransactionId",
        value refund_reference = "refundReference",
        value refund_amount = "refundAmount",
        value refund_rmb_amount = "refundRmbAmount",
        value currency = "currency",
        value settle_currency = "settleCurrency",
    }
    QrCode {
        value transaction_no = "transactionNo",
        value reference = "reference",
        value amount = "amount",
        value currency = "currency",
        value settle_currency = "settleCurrency",
        value timeout = "timeout",
        value deep_link = "deepLink",
        value qrcode_url = "qrcodeUrl",
    }
    MixedCode {
        value record_no = "recordNo",
    }
    MixedOrder {
        value record_no = "recordNo",
    }
    MixedCancelled {
        value record_no = "recordNo",
    }
    InStoreTransaction {
        value transaction_no = "transactionNo",
        value reference = "reference",
        value original_transaction_no = "originalTransactionNo",
        value merchant_no = "merchantNo",
        value store_no = "storeNo",
        value store_admin_no = "storeAdminNo",
        value amount = "amount",
        value refund_amount = "refundAmount",
        value void_amount = "voidAmount",
        value transaction_type = "transactionType",
        value status = "transactionStatus",
        value currency = "currency",
        value settle_currency = "settleCurrency",
        value create_time = "createTime",
        value payment_time = "paymentTime",
        value exchange_rate = "exchangeRate",
        value vendor = "vendor",
    }
    older::Consent {
        value auto_debit_no = "autoDebitNo",
        value auto_reference = "autoReference",
        value vendor = "vendor",
        value auth_url = "authUrl",
        value normal_url = "normalUrl",
        value applink_url = "applinkUrl",
    }
    older::MandateToken {
        value auto_debit_no = "autoDebitNo",
        value auto_reference = "autoReference",
        value vendor = "vendor",
        value access_token_expiry_time = "accessTokenExpiryTime",
        value refresh_token_expiry_time = "refreshTokenExpiryTime",
    }
    older::AutoDebitPayment {
        value transaction_no = "transactionNo",
        value auto_debit_no = "autoDebitNo",
        value reference = "reference",
        value amount = "amount",
        value currency = "currency",
        value settle_currency = "settleCurrency",
        value status = "status",
    }
    older::Mandate {
        value auto_debit_no = "autoDebitNo",
        value auto_reference = "autoReference",
        value vendor = "vendor",
    }
    older::CreditpayProcessed {
        value transaction_no = "transactionNo",
        value reference = "reference",
        value amount = "amount",
        value currency = "currency",
        value sup_userid = "supUserid",
        value vendor_id = "vendorId",
        value payment_time = "paymentTime",
        value status = "status",
    }
    Captured {
        value transaction_no = "transactionNo",
        value reference = "reference",
        value amount = "amount",
        value currency = "currency",
        value status = "status",
        value auth_url = "authUrl",
    }
    WalletCall {
        value pay_info = "payInfo",
        value app_id = "appid",
        value partner_id = "partnerid",
        value prepay_id = "prepayid",
        value package = "package",
        value nonce = "nonceStr",
        value timestamp = "timeStamp",
        value sign_type = "signType",
        value sign = "paySign",
        value client_id = "clientId",
        value scope_id = "scopeId",
        value transaction_no = "transactionNo",
        value amount = "amount",
        value credit_type = "creditType",
    }
    Processed {
        value vault_id = "vaultId",
        value transaction_no = "transactionNo",
        value status = "status",
    }
    Checkout {
        value transaction_no = "transactionNo",
        value reference = "reference",
        value amount = "amount",
        value currency = "currency",
        value settle_currency = "settleCurrency",
        value cashier_url = "cashierUrl",
        value client_token = "clientToken",
        value client_script = "clientScript",
    }
    PayeeAccounts {
        items accounts = "accounts",
        items owner = "user",
    }
    PayeeAccount {
        value account_token = "accountToken",
        value account_tag = "accountTag",
        value account_type = "accountType",
        value country = "country",
        value currency = "currency",
        value created_at = "createdAt",
        value masked_card_number = "cardNumber",
        value status = "status",
        value customer_no = "customerNo",
        value link = "link",
    }
    PayeeOwner {
        value customer_no = "customerNo",
        value first_name = "firstName",
        value last_name = "lastName",
        value email = "email",
    }
    AccountCreated {
        value account_token = "accountToken",
        value status = "status",
    }
    Payee {
        value customer_no = "customerNo",
        value customer_code = "customerCode",
        value first_name = "firstName",
        value last_name = "lastName",
        value email = "email",
        value payee_status = "payeeStatus",
        value created_time = "createdTime",
        value updated_time = "updatedTime",
        value profile_type = "profileType",
        value country_code = "countryCode",
        value country = "country",
        value state = "state",
        value city = "city",
        value street = "street",
        value zip = "zip",
        value phone = "phone",
        value date_of_birth = "dateOfBirth",
        value lang = "lang",
    }
    Payout {
        value transaction_no = "transactionNo",
        value invoice_id = "invoiceId",
        value customer_no = "customerNo",
        value account_token = "accountToken",
        value receiver = "receiver",
        value amount = "amount",
        value currency = "currency",
        value created_time = "createdTime",
        value status = "status",
    }
    Balances {
        items balances = "balance",
    }
    Balance {
        value amount = "amount",
        value currency = "currency",
    }
    Payor {
        value payor_no = "payorNo",
        value status = "status",
    }
    RawAnswer {}
    sdk_only::AuthHold {
        value auth_info_no = "authInfoNo",
        value auth_detail_no = "authDetailNo",
        value out_auth_info_no = "outAuthInfoNo",
        value out_auth_detail_no = "outAuthDetailNo",
        value amount = "amount",
        value currency = "currency",
        value status = "status",
    }
    sdk_only::SettlementPage {
        items settlements = "settlements",
        value size = "size",
    }
    sdk_only::WithdrawalPage {
        items withdrawals = "withdrawals",
        value size = "size",
    }
    sdk_only::RateAnswer {
        value exchange_rate = "exchangerate",
    }
}
