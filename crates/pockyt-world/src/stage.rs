//! What a story is played on.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use pockyt_mock::MockPockyt;
use pockyt_model::operation::{Add, SecurePay, Terminal};
use pockyt_model::{CallbackUrl, Currency, FreeText, IpnUrl, Price, Reference, Vendor};

use crate::clockwork::Clockwork;
use crate::http::{self, Answer};
use crate::narrator::Narrator;
use crate::shop::Shop;

/// The names under which the parties know one another. Ports differ from run to run; names do not, so
/// that what is signed and written down is the same every time.
pub(crate) const SHOP: &str = "http://shop.example";
pub(crate) const POCKYT: &str = "http://pockyt.example";

/// One mock, one shop, and somebody who tells what happens.
pub(crate) struct Stage<'a> {
    pub(crate) mock: Arc<MockPockyt>,
    pub(crate) shop: Shop,
    narrator: &'a Narrator,
}

impl<'a> Stage<'a> {
    pub(crate) async fn set(seed: u64, narrator: &'a Narrator) -> anyhow::Result<Self> {
        let socket = Shop::bind().await?;
        let shop_addr = socket.local_addr()?;
        let mock = MockPockyt::builder()
            .seed(seed)
            .resolve("shop.example:80", shop_addr)
            .public_url(POCKYT)
            .start()
            .await
            .context("the mock cannot start")?;
        let mock = Arc::new(mock);
        let shop = Shop::open(socket, &mock, seed)?;
        Ok(Self { mock, shop, narrator })
    }

    pub(crate) fn say(&self, text: impl AsRef<str>) {
        self.narrator.at(Clockwork(self.mock.clone()).since_start(), text.as_ref());
    }

    /// The mock delivers what is due, and the shop handles what it has recorded.
    pub(crate) async fn settle(&self) -> anyhow::Result<()> {
        self.mock.settle().await;
        for line in self.shop.work().await? {
            self.say(line);
        }
        Ok(())
    }

    /// A browser opens a page of the mock or of the shop.
    pub(crate) async fn browse(&self, url: &str) -> anyhow::Result<Answer> {
        let url: ::http::Uri = url.parse()?;
        http::get(self.address_of(&url)?, &url).await
    }

    /// A browser sends a form.
    pub(crate) async fn submit(&self, url: &str, form: &str) -> anyhow::Result<Answer> {
        let url: ::http::Uri = url.parse()?;
        http::post(self.address_of(&url)?, &url, http::FORM, form.to_owned()).await
    }

    fn address_of(&self, url: &::http::Uri) -> anyhow::Result<SocketAddr> {
        match url.host() {
            Some("shop.example") => Ok(self.shop.addr()),
            Some("pockyt.example") => Ok(self.mock.addr()),
            other => anyhow::bail!("no such host in this world: {other:?}"),
        }
    }
}

pub(crate) fn price(amount: &str) -> anyhow::Result<Price> {
    Ok(Price::new(amount, Currency::USD)?)
}

pub(crate) fn reference(text: &str) -> anyhow::Result<Reference> {
    Ok(Reference::new(text)?)
}

pub(crate) fn ipn_url() -> anyhow::Result<IpnUrl> {
    Ok(IpnUrl::new(format!("{SHOP}/ipn"))?)
}

/// An order at the till.
pub(crate) fn till_order(amount: &str, reference: &Reference) -> anyhow::Result<Add> {
    Ok(Add::new(price(amount)?, reference.clone()))
}

/// An order on the web shop's checkout page.
pub(crate) fn checkout(amount: &str, reference: &Reference) -> anyhow::Result<SecurePay> {
    let back =
        CallbackUrl::new(format!("{SHOP}/return?no={{transactionNo}}&status={{status}}&note={{note}}"))?;
    Ok(SecurePay::new(price(amount)?, Vendor::ALIPAY, Terminal::Online, reference.clone(), back)
        .ipn_url(ipn_url()?)
        .description(FreeText::new("Two pots of tea")?)
        .note(FreeText::new("Tom & Ann")?))
}
