//! Show a title to readers again.
//!
//! Only a person does: an import never shows what a curator has hidden.

use accession_events::catalog::TitleEvent;

use super::KnownTitle;

pub(super) fn decide(title: &KnownTitle) -> Vec<TitleEvent> {
    if title.active {
        Vec::new()
    } else {
        vec![TitleEvent::TitleActivated {}]
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{emma, title};
    use super::super::{TitleCommand, TitleError};
    use super::*;

    #[test]
    fn a_hidden_title_is_shown_again() {
        title()
            .given(vec![emma(), TitleEvent::TitleDeactivated { reason: None }])
            .when(TitleCommand::Activate)
            .then_expect_events(vec![TitleEvent::TitleActivated {}]);
    }

    #[test]
    fn a_shown_title_stays_as_it_is() {
        title()
            .given(vec![emma()])
            .when(TitleCommand::Activate)
            .then_expect_events(vec![]);
    }

    #[test]
    fn an_unknown_title_cannot_be_shown() {
        title()
            .given_no_previous_events()
            .when(TitleCommand::Activate)
            .then_expect_error(TitleError::Unknown);
    }
}
