//! The transport of a set-up without a mail server: a line in the log instead of a letter.
//!
//! Never an address; the link, which has a token in it, only where it was asked for: in development.

use async_trait::async_trait;

use crate::letter::Letter;
use crate::transport::{SendError, Transport};

/// Writes a line for each letter.
#[derive(Debug, Clone, Copy)]
pub struct LogTransport {
    shows_links: bool,
}

impl LogTransport {
    /// Lines without links.
    #[must_use]
    pub const fn discreet() -> Self {
        Self { shows_links: false }
    }

    /// Lines with links, so that a person who tries the product on this machine can follow them. For development only.
    #[must_use]
    pub const fn with_links() -> Self {
        Self { shows_links: true }
    }
}

#[async_trait]
impl Transport for LogTransport {
    async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        let (kind, id) = (letter.kind.as_str(), letter.id);
        match &letter.link {
            Some(link) if self.shows_links => {
                tracing::info!(kind, %id, link, "no mail server is set (mail_url); this would have been sent");
            }
            _ => {
                tracing::info!(kind, %id, "no mail server is set (mail_url); this would have been sent");
            }
        }
        Ok(())
    }

    fn name(&self) -> &'static str {
        "log"
    }

    fn only_logs(&self) -> bool {
        true
    }
}
