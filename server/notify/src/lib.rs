//! Telling applicants that something happened to their request.
//!
//! [`Notifier`] takes what is due out of the store, which derives it from the events of each request, and hands
//! it to a [`Messenger`]: [`Mailer`] for e-mail, another one day for text messages. A message is leased, sent and
//! settled, so at least once, and once as long as nobody is killed in between; several events of a minute are told
//! in one. What fails comes back after a pause that grows and is spread ([`forward::Schedule`]); an address that
//! takes nothing is forgotten.
//!
//! A message names the request by its number and says *that* something happened. Of the matter, the place, people
//! and what a department wrote it says nothing (`words`): mail is read on its way.

mod mailer;
mod messenger;
mod words;
mod worker;

pub use mailer::{MailFault, Mailer, MailerConfig, Password};
pub use messenger::{Messenger, Outgoing, Unsent};
pub use words::Links;
pub use worker::{Notifier, NotifySettings};
