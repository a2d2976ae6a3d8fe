//! In a shop: the customer shows a code, or scans one.

mod add;
mod create_trans_qrcode;
mod mixed;
mod prepay;

pub use add::Add;
pub use create_trans_qrcode::{CreateTransQrcode, QrCode};
pub use mixed::{
    GenerateMixedCode, MixedCancel, MixedCancelled, MixedCode, MixedOrder, MixedPrice, MixedQuery,
};
pub use prepay::{InStoreTransaction, Prepay};
