//! Give a title another slug; the former one keeps leading to it for ever.
//!
//! Whether the slug is free is not decided here: the log's claims know.

use accession_events::catalog::TitleEvent;
use accession_events::values::Slug;

use super::KnownTitle;

/// The slug from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeSlug {
    /// The slug.
    pub slug: Slug,
}

impl ChangeSlug {
    pub(super) fn decide(&self, title: &KnownTitle) -> Vec<TitleEvent> {
        if title.slug == self.slug {
            return Vec::new();
        }
        vec![TitleEvent::TitleSlugChanged {
            slug: self.slug.clone(),
            former: title.slug.clone(),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::super::TitleCommand;
    use super::super::examples::{emma, slug, title};
    use super::*;

    fn to(text: &str) -> TitleCommand {
        TitleCommand::ChangeSlug(ChangeSlug { slug: slug(text) })
    }

    fn changed(former: &str, now: &str) -> TitleEvent {
        TitleEvent::TitleSlugChanged {
            slug: slug(now),
            former: slug(former),
        }
    }

    #[test]
    fn a_title_gets_another_slug() {
        title()
            .given(vec![emma()])
            .when(to("emma-1815"))
            .then_expect_events(vec![changed("emma", "emma-1815")]);
    }

    #[test]
    fn the_present_slug_is_no_change() {
        title()
            .given(vec![emma()])
            .when(to("emma"))
            .then_expect_events(vec![]);
    }

    #[test]
    fn a_title_can_go_back_to_a_former_slug() {
        title()
            .given(vec![emma(), changed("emma", "emma-1815")])
            .when(to("emma"))
            .then_expect_events(vec![changed("emma-1815", "emma")]);
    }
}
