//! How the answer of each operation is read.

use pockyt_model::operation::{older, sdk_only, *};
use pockyt_model::{Answer, DecodeError, Object};

use super::walk::{Seen, Walk};

/// An answer that was read, and what all its accessors said, those of its items included.
pub(crate) struct Read {
    pub(crate) result: Object,
    pub(crate) envelope: Object,
    pub(crate) seen: Vec<Seen>,
    pub(crate) shown: String,
}

/// An operation, and how its answers are read.
pub(crate) struct Reader {
    pub(crate) spec: &'static OperationSpec,
    read: fn(&[u8]) -> Result<Option<Read>, DecodeError>,
}

impl Reader {
    /// Reads an answer and calls all of its accessors; `None` for a refusal.
    pub(crate) fn read(&self, body: &[u8]) -> Result<Option<Read>, DecodeError> {
        (self.read)(body)
    }
}

fn read<O: Operation>(body: &[u8]) -> Result<Option<Read>, DecodeError>
where
    O::Answer: Walk,
{
    let answer = match O::read_answer(body)? {
        Answer::Accepted(answer) => answer,
        Answer::Refused(_) => return Ok(None),
    };
    let mut seen = Vec::new();
    answer.walk(&mut seen);
    let (result, envelope) = answer.objects();
    let shown = format!("{answer:?} {answer:#?}");
    Ok(Some(Read { result: result.clone(), envelope: envelope.clone(), seen, shown }))
}

macro_rules! readers {
    ($($operation:ty,)*) => {
        vec![$( Reader { spec: &<$operation as Operation>::SPEC, read: read::<$operation> } ),*]
    };
}

pub(crate) fn readers() -> Vec<Reader> {
    readers![
        AccountConfigurations,
        Add,
        Cancel,
        Capture,
        CreateBankAccount,
        CreateCryptoAccount,
        CreateTransQrcode,
        CreateCustomer,
        RetrieveCustomer,
        DeletePayeeAccount,
        GenerateMixedCode,
        MicropayPrepay,
        MixedCancel,
        MixedQuery,
        AddNotes,
        OrderProcess,
        RegisterPayee,
        RetrievePayee,
        UpdatePayee,
        PayoutAccounts,
        PayoutBalance,
        PayoutInquiry,
        PayPayout,
        RegisterPayor,
        UploadPayorDocuments,
        Prepay,
        Refund,
        SecurePay,
        TranQuery,
        TransactionList,
        older::AutoDebitApplyToken,
        older::AutoDebitConsult,
        older::AutoDebitPay,
        older::AutoDebitRevoke,
        older::CreditpayProcess,
        older::CreatePayeeAccount,
        older::RetrievePayeeAccount,
        older::UpdateCustomer,
        older::PayoutToReceiver,
        sdk_only::AcquireCreate,
        sdk_only::AuthCapture,
        sdk_only::AuthDetailQuery,
        sdk_only::AuthFreeze,
        sdk_only::AuthUnfreeze,
        sdk_only::CashierAdd,
        sdk_only::DataStatus,
        sdk_only::ExchangeRate,
        sdk_only::ExpressPay,
        sdk_only::InStoreAuthCapture,
        sdk_only::InStoreAuthUnfreeze,
        sdk_only::Reverse,
        sdk_only::SecurePayV4,
        sdk_only::SettleList,
        sdk_only::TransList,
        sdk_only::UpdateRecurring,
        sdk_only::VoucherCreate,
        sdk_only::WithdrawalList,
    ]
}
