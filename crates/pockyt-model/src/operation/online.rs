//! Online: hosted checkout, cards, and payments inside apps.

mod capture;
mod goods;
mod micropay;
mod order_process;
mod secure_pay;
mod terminal;

pub use capture::{Capture, CaptureTerminal, Captured};
pub use goods::{CaptureGood, Good, GoodsCategory, GoodsInfo};
pub use micropay::{MicropayPrepay, MicropayTerminal, OpenId, WalletCall};
pub use order_process::{OrderProcess, Processed};
pub use secure_pay::{Checkout, CreditType, CreditWord, SecurePay};
pub use terminal::{OsType, Terminal};
