//! The aggregate of what a library holds of one title: the copies that it lists, the first one first.
//!
//! Never decides whether another copy is welcome; it only knows which are there.

use accession_event_log::Decider;
use accession_events::LoggedEvent;
use accession_events::holdings::HeldEvent;
use accession_events::ids::{CopyId, LibraryId, TitleId};
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

/// The copies of a title that a library lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    copies: Vec<CopyId>,
}

/// What can be asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldCommand {
    /// Which library.
    pub library_id: LibraryId,
    /// Which title.
    pub title_id: TitleId,
    /// The copy.
    pub copy_id: CopyId,
    /// Whether it is listed from now on.
    pub listed: bool,
}

/// It refuses nothing: what is so already makes no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeldError {}

impl Held {
    /// The copies, the first one first.
    #[must_use]
    pub fn copies(&self) -> &[CopyId] {
        &self.copies
    }
}

impl Decider for Held {
    const SCHEMA: &'static str = "held/1";

    fn decide(&self, command: &HeldCommand) -> Result<Vec<HeldEvent>, HeldError> {
        let HeldCommand {
            library_id,
            title_id,
            copy_id,
            listed,
        } = *command;
        if self.copies.contains(&copy_id) == listed {
            return Ok(Vec::new());
        }
        Ok(vec![if listed {
            HeldEvent::TitleHeld {
                library_id,
                title_id,
                copy_id,
            }
        } else {
            HeldEvent::TitleLetGo {
                library_id,
                title_id,
                copy_id,
            }
        }])
    }
}

impl Aggregate for Held {
    const TYPE: &'static str = HeldEvent::AGGREGATE;
    type Command = HeldCommand;
    type Event = HeldEvent;
    type Error = HeldError;
    type Services = ();

    async fn handle(
        &mut self,
        command: HeldCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), HeldError> {
        for event in self.decide(&command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: HeldEvent) {
        match event {
            HeldEvent::TitleHeld { copy_id, .. } => self.copies.push(copy_id),
            HeldEvent::TitleLetGo { copy_id, .. } => self.copies.retain(|copy| *copy != copy_id),
        }
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use super::*;

    fn command(copy: u128, listed: bool) -> HeldCommand {
        HeldCommand {
            library_id: LibraryId::new(Uuid::from_u128(50)),
            title_id: TitleId::new(Uuid::from_u128(60)),
            copy_id: CopyId::new(Uuid::from_u128(copy)),
            listed,
        }
    }

    #[test]
    fn a_copy_is_listed_once_and_let_go_once() {
        let held = Held::default().decide(&command(1, true)).unwrap();
        assert_eq!(held.len(), 1);
        TestFramework::<Held>::with(())
            .given(held.clone())
            .when(command(1, true))
            .then_expect_events(vec![]);
        TestFramework::<Held>::with(())
            .given(held)
            .when(command(2, false))
            .then_expect_events(vec![]);
    }
}
