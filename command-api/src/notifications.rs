//! Messages to people: what is said to whom when something has happened, and that it is said once.
//!
//! Nothing here is a fact of the domain: that somebody is told follows from an event, and no event follows from it.

mod address_book;
mod draft;
mod loan_mails;
mod mails;
mod sender;

pub use loan_mails::LoanMails;
pub use mails::Mails;
pub use sender::{MailSender, MailStatus, SenderOptions};
