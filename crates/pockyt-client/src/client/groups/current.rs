//! What Pockyt's current documentation names.

use pockyt_model::operation::{
    AccountConfigurations, AccountCreated, Add, AddNotes, Balances, Cancel, Cancelled, Capture, Captured,
    Checkout, CreateBankAccount, CreateCryptoAccount, CreateCustomer, CreateTransQrcode, Customer,
    DeletePayeeAccount, GenerateMixedCode, InStoreTransaction, MicropayPrepay, MixedCancel, MixedCancelled,
    MixedCode, MixedOrder, MixedQuery, OrderProcess, PayPayout, Payee, PayeeAccounts, Payor, Payout,
    PayoutAccounts, PayoutBalance, PayoutInquiry, Prepay, Processed, QrCode, RawAnswer, Refund, Refunded,
    RegisterPayee, RegisterPayor, RetrieveCustomer, RetrievePayee, SecurePay, TranQuery, Transaction,
    TransactionList, TransactionPage, UpdatePayee, UploadPayorDocuments, WalletCall,
};

use super::group;

group! {
    /// Payments at a till.
    in_store: InStore, Current {
        /// Creates an order to be paid by [`InStore::prepay`].
        add(Add) -> InStoreTransaction: MovesMoney, TranQueryByReference;
        /// Asks the customer's wallet to pay. Often answered `pending`: [`poll`](crate::Client::poll) it.
        prepay(Prepay) -> InStoreTransaction: MovesMoney, TranQueryByReference;
        /// Creates an order and a code that the customer scans.
        create_trans_qrcode(CreateTransQrcode) -> QrCode: MovesMoney, TranQueryByReference;
        /// Creates a code that any enabled wallet may scan.
        generate_mixed_code(GenerateMixedCode) -> MixedCode: MovesMoney, MixedQuery;
        /// Makes a mixed code unpayable. What it does to a paid one is not documented: ask afterwards.
        mixed_cancel(MixedCancel) -> MixedCancelled: MovesMoney, MixedQuery;
        /// Asks what became of a mixed code, once.
        mixed_query(MixedQuery) -> MixedOrder: Read, NotNeeded;
    }
}

group! {
    /// Payments on a web page or in an app.
    online: Online, Current {
        /// Creates an order and the cashier page to send the customer to.
        secure_pay(SecurePay) -> Checkout: MovesMoney, TranQueryByReference;
        /// Charges a card whose data the merchant has. A lost capture is asked after, never sent again.
        capture(Capture) -> Captured: MovesMoney, TranQueryByReference;
        /// Creates an order and what a wallet's app or mini program is called with.
        micropay_prepay(MicropayPrepay) -> WalletCall: MovesMoney, TranQueryByReference;
        /// The second step of a checkout that needs one, by its number.
        order_process(OrderProcess) -> Processed: MovesMoney, TranQueryByReference;
    }
}

group! {
    /// Existing orders.
    orders: Orders, Current {
        /// Asks for an order's state, once.
        query(TranQuery) -> Transaction: Read, NotNeeded;
        /// Gives back a part or all of a paid order.
        refund(Refund) -> Refunded: MovesMoney, RefundInfoOfSale;
        /// Closes an unpaid order, gives back a paid one. Query afterwards: the answer is a hint.
        cancel(Cancel) -> Cancelled: MovesMoney, RefundInfoOfSale;
        /// Adds notes to a transaction. No source shows its parameters: give them to
        /// [`call_with`](crate::Client::call_with).
        add_notes(AddNotes) -> RawAnswer: Changes, Nobody;
        /// Lists transactions. No source shows its parameters: give them to
        /// [`call_with`](crate::Client::call_with).
        list(TransactionList) -> TransactionPage: Read, NotNeeded;
    }
}

group! {
    /// Customers, whom address verification and saved cards need.
    customers: Customers, Current {
        /// Registers a customer.
        create(CreateCustomer) -> Customer: Changes, Nobody;
        /// Asks for a customer.
        retrieve(RetrieveCustomer) -> Customer: Read, NotNeeded;
    }
}

group! {
    /// Payees, to whom payouts go, and their accounts.
    payees: Payees, Current {
        /// Registers a payee.
        register(RegisterPayee) -> Payee: Changes, Nobody;
        /// Asks for a payee.
        retrieve(RetrievePayee) -> Payee: Read, NotNeeded;
        /// Changes what is known of a payee.
        update(UpdatePayee) -> RawAnswer: Idempotent, NotNeeded;
        /// Asks which fields an account needs in a country and a currency.
        account_configurations(AccountConfigurations) -> RawAnswer: Read, NotNeeded;
        /// Lists a payee's accounts.
        accounts(PayoutAccounts) -> PayeeAccounts: Read, NotNeeded;
        /// Adds a bank account to a payee.
        create_bank_account(CreateBankAccount) -> AccountCreated: Changes, Nobody;
        /// Adds a crypto account to a payee.
        create_crypto_account(CreateCryptoAccount) -> AccountCreated: Changes, Nobody;
        /// Removes an account of a payee. No source shows the path: the request is given it.
        delete_account(DeletePayeeAccount) -> RawAnswer: Idempotent, NotNeeded;
    }
}

group! {
    /// Payouts.
    payouts: Payouts, Current {
        /// Sends money to a payee's account. The first answer is always `pending`.
        pay(PayPayout) -> Payout: MovesMoney, PayoutInquiry;
        /// Asks for a payout's state, once.
        inquiry(PayoutInquiry) -> Payout: Read, NotNeeded;
        /// Asks how much can be paid out.
        balance(PayoutBalance) -> Balances: Read, NotNeeded;
    }
}

group! {
    /// Payors, in whose name payouts are made.
    payors: Payors, Current {
        /// Registers a payor. No source shows its parameters: give them to
        /// [`call_with`](crate::Client::call_with).
        register(RegisterPayor) -> Payor: Changes, Nobody;
        /// Uploads a payor's documents. No source shows how they travel: give the parameters to
        /// [`call_with`](crate::Client::call_with).
        upload_documents(UploadPayorDocuments) -> RawAnswer: Changes, Nobody;
    }
}
