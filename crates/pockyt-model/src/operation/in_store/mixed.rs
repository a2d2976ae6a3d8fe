//! Mixed QR codes: one code that any enabled wallet may scan.

use crate::operation::macros::{request, view};
use crate::operation::{FieldSpec, maybe, needed};
use crate::params::Part;
use crate::{
    Amount, FreeText, InvalidField, IpnUrl, MixedKey, OrderTimeout, Params, Price, RecordNo, Reference,
};

/// The price of a mixed code: a sale, the tax on it, and a tip that is known already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MixedPrice {
    sale: Price,
    tax: Amount,
    tip: Option<Amount>,
}

impl MixedPrice {
    /// A sale, and the tax on it in the same currency; `0.00` for none.
    ///
    /// # Errors
    ///
    /// The tax is below zero or has more than two decimals.
    pub fn new(sale: Price, tax: Amount) -> Result<Self, InvalidField> {
        Ok(Self { sale, tax: part_of_price("tax", tax)?, tip: None })
    }

    /// A tip that is known already (only the vendor's C# SDK sends it).
    ///
    /// # Errors
    ///
    /// The tip is below zero or has more than two decimals.
    pub fn with_tip(mut self, tip: Amount) -> Result<Self, InvalidField> {
        self.tip = Some(part_of_price("tip", tip)?);
        Ok(self)
    }

    /// The price without tax and tip.
    pub fn sale(&self) -> &Price {
        &self.sale
    }

    /// The tax.
    pub fn tax(&self) -> &Amount {
        &self.tax
    }
}

fn part_of_price(field: &'static str, amount: Amount) -> Result<Amount, InvalidField> {
    if amount < Amount::zero() {
        return Err(InvalidField::new(field, "is below zero"));
    }
    if amount.decimals() > 2 {
        return Err(InvalidField::new(field, "has more than two decimals"));
    }
    Ok(amount)
}

impl Part for MixedPrice {
    const FIELDS: &'static [FieldSpec] =
        &[needed("saleAmount"), needed("currency"), needed("settleCurrency"), needed("tax"), maybe("tip")];

    fn write<'a>(&'a self, params: &mut Params<'a>) {
        self.sale.write_as("saleAmount", params);
        params.push("tax", self.tax.as_str());
        params.push_some("tip", self.tip.as_ref().map(Amount::as_str));
    }
}

request! {
    /// Creates a code that any enabled wallet may scan. The transaction that pays it gets a number of its
    /// own; ask by [`MixedQuery`].
    GenerateMixedCode answers MixedCode {
        name: "generate-mixed-code",
        path: "/appUnicode/generateMixedCode",
        effect: MovesMoney,
        settlement: MixedQuery,
        confidence: Current,
        envelope: Open(&["result"]),
        source: "Pockyt docs, Generate mixed QR code",
        unknown: "names of the answer's fields but for recordNo; fields of its notification",
    }
    /// A code for this price under this reference.
    new {
        /// The price that is asked for, without a tip.
        price: MixedPrice,
        /// The merchant's identifier of the attempt.
        reference: Reference = "reference",
    }
    always {
        /// Whether Pockyt should also make an image of the code.
        need_qrcode: bool = "needQrcode", else true;
        /// Whether the customer is asked for a tip.
        need_tip: bool = "needTip", else false;
    }
    optional {
        /// What is sold.
        description: FreeText = "description",
        /// Where to notify.
        ipn_url: IpnUrl = "ipnUrl",
        /// Echoed.
        note: FreeText = "note",
        /// Minutes until the code is no longer payable; 5 on the documentation's page.
        timeout: OrderTimeout = "timeout",
    }
}

view! {
    /// A mixed code. The documentation describes a code's URL and a redirect URL in words and does not name
    /// the fields: see [`MixedCode::result`].
    MixedCode {
        /// Pockyt's number of the code, not of a transaction.
        record_no: optional RecordNo = "recordNo",
    }
}

request! {
    /// Asks what became of a mixed code.
    MixedQuery answers MixedOrder {
        name: "mixed-query",
        path: "/appUnicode/mixedQuery",
        effect: Read,
        settlement: NotNeeded,
        confidence: Current,
        envelope: Open(&["result"]),
        source: "Pockyt docs, Mixed QR code query",
        unknown: "names of the answer's fields",
    }
    /// Asks by either identifier; the vendor's C# SDK knows only `recordNo`.
    new {
        /// Which code.
        code: MixedKey,
    }
    optional {}
}

view! {
    /// What became of a mixed code. No source shows the fields: see [`MixedOrder::result`].
    MixedOrder {
        /// Pockyt's number of the code.
        record_no: optional RecordNo = "recordNo",
    }
}

request! {
    /// Makes a mixed code unpayable. Whether money of a paid one is given back is not documented.
    MixedCancel answers MixedCancelled {
        name: "mixed-cancel",
        path: "/appUnicode/mixedCancel",
        effect: MovesMoney,
        settlement: MixedQuery,
        confidence: Current,
        envelope: Open(&["result"]),
        source: "Pockyt docs name it; its body is from the vendor's C# SDK",
        unknown: "names of the answer's fields; what it does to a paid code",
    }
    /// Cancels this code.
    new {
        /// Which code.
        record_no: RecordNo = "recordNo",
    }
    optional {}
}

view! {
    /// What Pockyt said to the cancel of a mixed code. No source shows the fields.
    MixedCancelled {
        /// Pockyt's number of the code.
        record_no: optional RecordNo = "recordNo",
    }
}
