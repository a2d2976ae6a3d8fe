"""Every operation of the vendor's Python SDK, called as its own documentation and tests call it.

Writes a line `operation outcome` each, where the outcome is the ret_code, or the kind of exception that the SDK
raised. The first argument is the environment of the SDK, the second the mock's plain address, at which the
payee's page is used.
"""

import sys
import urllib.request

from yuansfer.api.base_api import BaseApi
from yuansfer.client import Client

ENVIRONMENT, MOCK = sys.argv[1:]
CLIENT = Client(
    environment=ENVIRONMENT,
    merchantNo="200043",
    storeNo="300014",
    token="5cbfb079f15b150122261c8537086d77a",
)
URL = "http://127.0.0.1:9/ttest/test"
NOW = "2026-01-01T00:00:00Z"
PRICE = {"amount": "0.01", "currency": "USD", "settleCurrency": "USD"}


CALLED = set()


def call(name, operation, fields):
    """Calls it, writes what came of it, and returns what is under the key of the result."""
    CALLED.add(operation)
    try:
        body = operation(dict(fields)).body
    except Exception as error:
        print(name, type(error).__name__)
        return {}
    print(name, body["ret_code"])
    return body.get("result") or body.get("customer") or {}


def press(number, action):
    """Presses a button of a page of the mock."""
    form = urllib.request.Request(f"{MOCK}/cashier/{number}", data=f"action={action}".encode())
    urllib.request.build_opener(NoRedirect).open(form)


class NoRedirect(urllib.request.HTTPErrorProcessor):
    def http_response(self, request, response):
        return response


online, offline, data, mobile = CLIENT.online, CLIENT.offline, CLIENT.data_search, CLIENT.mobile
recurring, customer, payout, auth = CLIENT.recurring, CLIENT.customer, CLIENT.payout, CLIENT.auth

checkout = {**PRICE, "terminal": "ONLINE", "ipnUrl": URL, "callbackUrl": URL}
goods = '[{"goods_name":"name1","quantity":"quantity1"}]'
web = call("online.secure_pay", online.secure_pay, {**checkout, "vendor": "alipay", "reference": "web", "goodsInfo": goods})
card = {**checkout, "vendor": "creditcard", "terminal": "YIP", "reference": "card"}
yip = call("online.secure_pay", online.secure_pay, card)
nonce = {"paymentMethod": "credit_card", "paymentMethodNonce": "fake-valid-nonce"}
call("online.process", online.process, {**nonce, "transactionNo": yip.get("transactionNo")})

call("offline.instore_add", offline.instore_add, {**PRICE, "reference": "till"})
barcode = {"paymentBarcode": "286498530672949108", "vendor": "alipay"}
call("offline.instore_pay", offline.instore_pay, {**barcode, "reference": "till"})
cashier = {**PRICE, "reference": "cashier", "ipnUrl": URL, "storeAdminNo": "testNo"}
call("offline.instore_cashier_add", offline.instore_cashier_add, cashier)
code = {**PRICE, "reference": "code-mock-confirm"}
call("offline.instore_create_tran_qrcode", offline.instore_create_tran_qrcode, code)
# The SDK signs Python's `True` and sends JSON's `true`.
boolean = {**PRICE, "reference": "boolean", "needQrcode": True}
call("offline.instore_create_tran_qrcode(needQrcode=True)", offline.instore_create_tran_qrcode, boolean)
device = {**PRICE, "reference": "device", "vendor": "alipay", "alipayUserId": "2088123412341234"}
call("offline.third_party_acquire_create", offline.third_party_acquire_create, device)
mixed = {"saleAmount": "0.01", "tax": "0", "needTip": "false", "needQrcode": "true", "reference": "mixed"}
mixed = {**mixed, "currency": "USD", "settleCurrency": "USD"}
record = call("offline.generate_mixed_qrcode", offline.generate_mixed_qrcode, mixed)

call("data_search.tran_query", data.tran_query, {"reference": "web"})
call("data_search.tran_query", data.tran_query, {"transactionNo": web.get("transactionNo")})
refund = {"refundAmount": "0.01", "currency": "USD", "settleCurrency": "USD", "reference": "code-mock-confirm"}
call("data_search.refund", data.refund, refund)
call("data_search.reverse", data.reverse, {"reference": "web"})
call("data_search.mixed_query", data.mixed_query, {"recordNo": record.get("recordNo")})
call("data_search.mixed_query", data.mixed_query, {"reference": "mixed"})
# The SDK sends it to the path of `cancel`.
call("data_search.mixed_cancel", data.mixed_cancel, {"recordNo": record.get("recordNo")})

inside = {**PRICE, "reference": "inside", "vendor": "wechatpay", "terminal": "MINIPROGRAM", "openid": "o1"}
call("mobile.mobile_prepay", mobile.mobile_prepay, {**inside, "ipnUrl": URL})
express = {**PRICE, "reference": "express", "cardNumber": "4111111111111111", "cardCvv": "123"}
express = {**express, "cardExpYear": "2030", "cardExpMonth": "12", "clientIp": "114,114,114,114"}
call("mobile.express_pay", mobile.express_pay, express)

agreement = {"osType": "IOS", "osVersion": "11", "autoRedirectUrl": URL, "autoIpnUrl": URL, "terminal": "ONLINE"}
agreement = {**agreement, "autoReference": "auto-mock-confirm", "vendor": "alipay_hk"}
number = call("recurring.consult", recurring.consult, agreement).get("autoDebitNo")
grant = {"autoDebitNo": number, "grantType": "AUTHORIZATION_CODE"}
call("recurring.apply_token", recurring.apply_token, grant)
call("recurring.auto_pay", recurring.auto_pay, {**PRICE, "autoDebitNo": number, "reference": "debit"})
call("recurring.revoke", recurring.revoke, {"autoDebitNo": number})
# The SDK mistakes its list of names for the parameters.
call("recurring.update_recurring", recurring.update_recurring, {"paymentCount": "1", "status": "CANCELLED"})
plan = {"clientId": "client", "secret": "made-up", "amount": "100", "planName": "plan", "billingCycles": "[]"}
call("recurring.paypal_subscription", recurring.paypal_subscription, plan)

person = {"email": "ann@example.com", "firstName": "Ann", "lastName": "Lee", "countryCode": "US", "timestamp": NOW}
person = call("customer.create_account", customer.create_account, {**person, "customerCode": "code-1"})
number = person.get("customerNo")
both = {"customerNo": number, "customerCode": "code-1", "timestamp": NOW}
call("customer.retrieve_account", customer.retrieve_account, both)
changed = {"customerNo": number, "city": "Oslo", "timestamp": NOW}
call("customer.update_account", customer.update_account, changed)

account = {"accountType": "PAYPAL", "accountTag": "tag-1", "clientIp": "114,114,114,114", "customerNo": number}
account = {**account, "accountCountry": "US", "accountCurrency": "USD", "timestamp": NOW}
account = call("payout.create_payee", payout.create_payee, account).get("accountToken")
press(account, "approve")
payee = {"accountType": "PAYPAL", "customerNo": number, "timestamp": NOW}
call("payout.retrieve_payee", payout.retrieve_payee, {**payee, "accountTag": "tag-1"})
call("payout.balance", payout.balance, {"currency": "USD", "timestamp": NOW})
pay = {"customerNo": number, "accountToken": account, "amount": "0.01", "currency": "USD", "invoiceId": "invoice-1"}
call("payout.pay", payout.pay, {**pay, "description": "Thank You", "note": "Payouts, Thanks", "subject": "Payouts"})
call("payout.inquiry", payout.inquiry, {"invoiceId": "invoice-1"})

hold = {**PRICE, "amount": "0.05", "vendor": "alipay", "outAuthInfoNo": "hold-mock-confirm"}
call("auth.auth_voucher_create", auth.auth_voucher_create, {**hold, "outAuthDetailNo": "step-1"})
held = {"outAuthInfoNo": "hold-mock-confirm"}
taken = {**PRICE, **held, "outAuthDetailNo": "step-2", "reference": "taken"}
call("auth.auth_capture", auth.auth_capture, taken)
call("auth.auth_detail_query", auth.auth_detail_query, {**held, "outAuthDetailNo": "step-1"})
# The SDK sends each of these two to the path of the other.
call("auth.auth_freeze", auth.auth_freeze, {**hold, "outAuthInfoNo": "other", "outAuthDetailNo": "step-3"})
released = {**held, "unfreezeAmount": "0.01", "currency": "USD", "settleCurrency": "USD"}
call("auth.auth_unfreeze", auth.auth_unfreeze, {**released, "outAuthDetailNo": "step-4"})

for api in (online, offline, data, mobile, recurring, customer, payout, auth):
    for name in vars(type(api)):
        if not name.startswith("_") and not hasattr(BaseApi, name) and getattr(api, name) not in CALLED:
            print(name, "not-called")
