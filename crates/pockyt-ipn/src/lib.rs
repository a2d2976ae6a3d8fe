//! Hearing Pockyt: instant payment notifications (IPN), from the socket to the merchant's code.
//!
//! ```text
//! POST ──► limits ──► verify the raw body ──► record ──► answer `success`
//!                          │                    │
//!                          └─ 4xx               └─ hand over: claim ► verify again ► Handler ► finish
//! ```
//!
//! Pockyt resends a notification up to eight times within two hours until it hears the plain text
//! `success` (Pockyt docs, notifications page). So the answer is `success` exactly when the message is
//! kept, whether it is new, a duplicate, or in quarantine; anything else, and Pockyt tries again:
//!
//! | The request | Answer |
//! | --- | --- |
//! | right signature, new and recorded | 200 `success` |
//! | right signature, recorded before, whatever became of it | 200 `success` |
//! | right signature, another message with the same key says otherwise | 200 `success`, quarantined |
//! | right signature, ambiguous, or a required field cannot be read | 200 `success`, quarantined |
//! | right signature, another cut of the text of one in quarantine | 200 `success` |
//! | right signature, an address that was sealed for something else | 200 `success`, quarantined |
//! | right signature, the store failed or took too long | 503 |
//! | signature wrong, missing or malformed, or an address at which nobody listens | 401, always the same answer |
//! | too large, too slow, not POST | 413, 408, 405 |
//! | a Content-Type that can be neither form nor JSON, or two Content-Types | 415 |
//! | too many fields, not decodable, a name twice or odd | 400 |
//!
//! A body whose first character that is no white space is `{` is read as JSON and any other as a form,
//! since no field name begins with a brace. The Content-Type may say otherwise, or be missing: Pockyt's
//! documents show both ways to write a body, a wrong label would cost all nine deliveries, and the
//! signature decides anyway. Only `audio/*`, `font/*`, `image/*`, `message/*`, `model/*`, `multipart/*` and
//! `video/*` can be neither.
//!
//! # In axum
//!
//! ```
//! use std::sync::Arc;
//! use axum::Router;
//! use pockyt_ipn::{Handled, Listener, Notice};
//! use pockyt_model::TransactionStatus;
//! use pockyt_sign::{ApiToken, SigningKey};
//! use pockyt_store::MemoryInbox; // or SqliteStore, which keeps what was acknowledged
//!
//! async fn fulfil(notice: Notice) -> Handled {
//!     let Some(payment) = notice.payment() else { return Handled::dead("this shop has payments only") };
//!     if *payment.status() == TransactionStatus::Success {
//!         println!("{} is paid: {} {}", payment.reference(), payment.amount(), payment.currency());
//!     }
//!     Handled::Done // or retry("the stock is locked"), or deferred("no such order yet")
//! }
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     # let token = "a token"; let address = "127.0.0.1:0";
//!     let key = SigningKey::new(&ApiToken::new(token)?);
//!     let listener = Listener::builder(key.clone(), Arc::new(MemoryInbox::default())).tenant("shop").build()?;
//!     let app = Router::new().route_service("/ipn/shop/pay", listener.service());
//!     let socket = tokio::net::TcpListener::bind(address).await?;
//!     # let told = tokio::spawn(tests::notify(socket.local_addr()?, key));
//!     # let listens = listener.clone();
//!     tokio::spawn(async move { listener.run(fulfil).await });
//!     # tokio::select! { served = axum::serve(socket, app) => served?, answer = told => {
//!     #     assert!(answer?.ends_with("success"));
//!     #     while listens.counts().done == 0 { tokio::task::yield_now().await }
//!     # } }
//!     # if false { let (socket, app) = (tokio::net::TcpListener::bind(address).await?, Router::new());
//!     axum::serve(socket, app).await?;
//!     # }
//!     Ok(())
//! }
//! # mod tests {
//! #     use tokio::io::{AsyncReadExt, AsyncWriteExt};
//! #     pub async fn notify(shop: std::net::SocketAddr, key: pockyt_sign::SigningKey) -> String {
//! #         let fields = [("amount", "1"), ("currency", "USD"), ("reference", "r"), ("status", "success"),
//! #             ("transactionNo", "1")];
//! #         let signature = pockyt_sign::algorithm::signature(&fields, &key);
//! #         let body = fields.map(|(name, value)| format!("{name}={value}&")).concat() + "verifySign=" + signature.as_str();
//! #         let mut stream = tokio::net::TcpStream::connect(shop).await.unwrap();
//! #         let head = format!("POST /ipn/shop/pay HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
//! #         stream.write_all((head + &body).as_bytes()).await.unwrap();
//! #         let mut answer = String::new();
//! #         stream.read_to_string(&mut answer).await.unwrap();
//! #         answer
//! #     }
//! # }
//! ```
//!
//! [`IpnRouter`] serves several tenants and kinds at once, [`Listener::accept`] does without HTTP, and the
//! feature `server` has a server with limits for programs that have none. The guide, docs/ipn.md in the
//! repository, says more about everything below.
//!
//! # Handing over
//!
//! From the answer on, handing over is the listener's business, not Pockyt's: a [`Handler`] is called until it
//! says [`Handled::Done`], with growing delays, up to a limit at which the notice is *dead* and waits
//! for people ([`Listener::dead_letters`], [`Listener::quarantined`], [`Listener::redrive`],
//! [`Listener::release`]).
//!
//! ```
//! use std::sync::Arc;
//! use pockyt_ipn::{Handled, Listener, Notice};
//! use pockyt_sign::{ApiToken, SigningKey};
//! use pockyt_store::MemoryInbox;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let key = SigningKey::new(&ApiToken::new("5cbfb079f15b150122261c8537086d77a")?);
//! let listener = Listener::builder(key, Arc::new(MemoryInbox::default()))
//!     .tenant("shop")
//!     .allow_published_sandbox_key() // Not with a real shop: everybody knows this token.
//!     .build()?;
//!
//! // What the service does with a request's body.
//! let body = b"amount=0.01&currency=USD&reference=test1666247277861&settleCurrency=USD&status=success\
//!     &time=20221020142817&transactionNo=305680500880311923&verifySign=435d01c5d5fa88cfe8168fbfbf732519";
//! let reply = listener.accept(Some("application/x-www-form-urlencoded"), body).await;
//! assert_eq!((reply.status.as_u16(), reply.body), (200, "success"));
//!
//! // `listener.run(fulfil).await` would go on for ever.
//! async fn fulfil(notice: Notice) -> Handled {
//!     println!("{:?}", notice.payment().map(|payment| payment.reference()));
//!     Handled::Done
//! }
//! assert_eq!(listener.run_until_idle(&fulfil).await?, 1);
//! # Ok(())
//! # }
//! ```
//!
//! Whatever the text says, only payments and payouts say anything about money. A notice of a refund, an
//! agreement, a payee's account, or of an unknown kind is a trigger ([`Notice::is_trigger`]): a reason to ask.
//!
//! # What else can be wrong, and what helps
//!
//! | Danger | Help |
//! | --- | --- |
//! | a genuine message cut into other fields, sent to another shop or kind, or replayed there | [`Sealer`] |
//! | another amount or currency than the order's | [`ListenerBuilder::expect`] |
//! | a message that cannot be believed by itself, a leaked token | [`ListenerBuilder::confirm_with`] |
//! | a process that ends between the handler's work and the word that it is done | the feature `sqlite`: `Listener::run_in_transaction_until` |
//!
//! # What reaches the handler
//!
//! Each notification that is genuine and can be read in one way only, at least once, and once only as
//! far as the store remembers. A handler that writes to the outside must bear being called twice: no
//! process can both do something and know that it did when it may die in between.
//!
//! Nothing in a message says when or to whom it was sent, so an old notification can be delivered again
//! by anybody who saw it; that is a duplicate for ever, even after pruning. Notifications of one payment
//! may arrive in any order, and each status is a notice of its own.
//!
//! # Replacing the token
//!
//! A notice that was answered `success` is not sent again, so it must stay readable until it is handled.
//! Give the listener a [`KeyRing`](pockyt_sign::KeyRing) with the new key and, as a retired one, the old:
//!
//! ```
//! use pockyt_ipn::Listener;
//! use pockyt_sign::{ApiToken, KeyRing, SigningKey};
//! use pockyt_store::MemoryInbox;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let key = |token| ApiToken::new(token).map(|token| SigningKey::new(&token));
//! let switched = 1_767_225_600_000; // 2026-01-01T00:00:00Z
//! let two_hours = 7_200_000;
//! let keys = KeyRing::new("2026", key("new token")?)
//!     .with_retired("2025", key("old token")?, switched + two_hours);
//! let listener = Listener::builder(keys, MemoryInbox::default()).tenant("shop").build()?;
//! # Ok(())
//! # }
//! ```
//!
//! A message is judged by the keys that are valid when it comes, and a record by those that were valid
//! when it came. So the two hours of resends are enough for the end of the old key, but leave it in the
//! ring until no notice that waits or is dead was recorded under its label
//! ([`key_label`](pockyt_store::StoredNotice::key_label)). When it is taken out too early, nothing is lost
//! at once: the notice is put off with growing delays, as deferred ones are, until it is as old as
//! [`RetryPolicy::defer_for`] says and was put off often enough; then it is dead, and can be redriven when the
//! key is back.
//!
//! # Events
//!
//! By `tracing`, with fixed messages: `ipn recorded`, `ipn duplicate`, `ipn conflict`, `ipn quarantined`,
//! `ipn refused`, `ipn unsealed` (an address without a tag or with a wrong one), `ipn store failed`, `ipn done`,
//! `ipn retried`, `ipn deferred`, `ipn dead`, `ipn unreadable` (a stored message does not verify, or not as what
//! it was recorded as), `ipn lease lost`, `ipn lease taken over`, `ipn confirmed`, `ipn not confirmed` (Pockyt
//! answered something else, or nothing final yet), `ipn cannot be confirmed` (Pockyt could not be asked),
//! `ipn settle currency differs`, `ipn pruned`. Their fields are `tenant`, `notice`, `attempt`, `reason`, `kind`,
//! `same_as`, `error`, `settle_currency`, `pruned`. They hold no body, no value of a field but a settlement
//! currency, no signature and no key. The same is counted in [`ListenerCounts`].
//!
//! # What it does not do
//!
//! It spawns no task and, without the feature `server`, listens on no socket. It does not keep the books: what an
//! order's payments, refunds and reversals come to is for the merchant, or for `pockyt-tracker`, to say.

mod arrivals;
mod builder;
mod confirm;
mod counts;
mod expect;
mod handler;
mod judge;
mod limits;
mod listener;
mod metrics;
mod notice;
mod policy;
mod router;
mod seal;
#[cfg(feature = "server")]
pub mod server;
mod sharded;
#[cfg(feature = "source-limit")]
pub mod source_limit;
#[cfg(feature = "sqlite")]
mod transaction;
mod verdict;

pub use builder::{BuildError, ListenerBuilder};
pub use confirm::ConfirmPolicy;
pub use counts::ListenerCounts;
pub use expect::{Expectation, LookupError, OrderName, Orders, UnknownOrder};
pub use handler::{Handled, Handler};
pub use limits::Limits;
pub use listener::{Inspection, Listener, ListenerService, ReplyFuture, Retention};
#[cfg(feature = "metrics")]
pub use metrics::observe_inbox;
pub use notice::Notice;
pub use policy::RetryPolicy;
pub use router::{IpnRouter, IpnRouterService};
pub use seal::{SealKey, SealPolicy, SealedTerms, Sealer};
pub use verdict::{Refusal, Reply, Verdict};

/// The snippets of the guide.
#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../../../docs/ipn.md")]
struct Guide;
