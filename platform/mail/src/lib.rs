//! Messages: from a template and its values to text and HTML, and over SMTP or into the log.
//!
//! Never decides who is written to, or when: a queue of the command API does.

mod builtin;
mod kind;
mod letter;
mod log_transport;
mod server;
mod smtp;
mod templates;
mod transport;

pub use kind::MessageKind;
pub use letter::{BadSender, Letter, Sender};
pub use log_transport::LogTransport;
pub use server::{BadMailUrl, MailServer, TlsMode};
pub use smtp::{SmtpOptions, SmtpTransport};
pub use templates::{Rendered, TemplateError, Templates};
pub use transport::{SendError, Transport};
