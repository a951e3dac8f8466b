//! Hide a title from readers.
//!
//! It keeps its slug, its facts and its id: hiding is not deleting.

use accession_events::catalog::TitleEvent;
use accession_events::values::ShortText;

use super::KnownTitle;

/// Hide it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deactivate {
    /// Why, in the curator's words.
    pub reason: Option<ShortText>,
}

impl Deactivate {
    pub(super) fn decide(&self, title: &KnownTitle) -> Vec<TitleEvent> {
        if title.active {
            vec![TitleEvent::TitleDeactivated {
                reason: self.reason.clone(),
            }]
        } else {
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::TitleCommand;
    use super::super::examples::{emma, title};
    use super::*;

    fn hide() -> TitleCommand {
        TitleCommand::Deactivate(Deactivate {
            reason: Some(ShortText::parse("a duplicate").unwrap()),
        })
    }

    #[test]
    fn a_shown_title_is_hidden_with_the_reason() {
        title()
            .given(vec![emma()])
            .when(hide())
            .then_expect_events(vec![TitleEvent::TitleDeactivated {
                reason: Some(ShortText::parse("a duplicate").unwrap()),
            }]);
    }

    #[test]
    fn a_hidden_title_stays_as_it_is() {
        title()
            .given(vec![emma(), TitleEvent::TitleDeactivated { reason: None }])
            .when(hide())
            .then_expect_events(vec![]);
    }
}
