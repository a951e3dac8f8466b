//! Say otherwise what a place is called, how it is described, what it looks like.
//!
//! Never what kind it is: what stands in it depends on that.

use accession_events::holdings::PlacesEvent;
use accession_events::ids::PlaceId;
use accession_events::values::{LongText, ShortText, WebUrl};

use super::{Places, PlacesError};

/// What to say otherwise; what is left out stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditPlace {
    /// Of which place.
    pub place_id: PlaceId,
    /// What it is to be called.
    pub name: Option<ShortText>,
    /// How it is to be described; `Some(None)` takes the description away.
    pub description: Option<Option<LongText>>,
    /// Address of its picture; `Some(None)` takes the picture away.
    pub photo: Option<Option<WebUrl>>,
}

impl EditPlace {
    pub(super) fn decide(&self, places: &Places) -> Result<Vec<PlacesEvent>, PlacesError> {
        let (place, place_id) = (places.place(self.place_id)?, self.place_id);
        let mut events = Vec::new();
        if let Some(name) = self.name.as_ref().filter(|name| **name != place.name) {
            events.push(PlacesEvent::PlaceRenamed {
                place_id,
                name: name.clone(),
                former: place.name.clone(),
            });
        }
        if let Some(description) = &self.description
            && *description != place.description
        {
            events.push(PlacesEvent::PlaceDescribed {
                place_id,
                description: description.clone(),
                former: place.description.clone(),
            });
        }
        if let Some(photo) = &self.photo
            && *photo != place.photo
        {
            events.push(PlacesEvent::PlacePhotographed {
                place_id,
                photo: photo.clone(),
                former: place.photo.clone(),
            });
        }
        Ok(events)
    }
}

#[cfg(test)]
mod tests {
    use super::super::PlacesCommand;
    use super::super::examples::{furnished, place, places, text};
    use super::*;

    fn edit(number: u128, name: &str) -> EditPlace {
        EditPlace {
            place_id: place(number),
            name: Some(text(name)),
            description: None,
            photo: None,
        }
    }

    #[test]
    fn a_place_is_renamed_described_and_photographed() {
        let photo = WebUrl::parse("https://example.org/novels.jpg").unwrap();
        let command = EditPlace {
            description: Some(Some(LongText::parse("Oak.").unwrap())),
            photo: Some(Some(photo.clone())),
            ..edit(2, "Novels")
        };
        let place_id = place(2);
        places()
            .given(furnished())
            .when(PlacesCommand::Edit(command))
            .then_expect_events(vec![
                PlacesEvent::PlaceRenamed {
                    place_id,
                    name: text("Novels"),
                    former: text("place 2"),
                },
                PlacesEvent::PlaceDescribed {
                    place_id,
                    description: Some(LongText::parse("Oak.").unwrap()),
                    former: None,
                },
                PlacesEvent::PlacePhotographed {
                    place_id,
                    photo: Some(photo),
                    former: None,
                },
            ]);
    }

    #[test]
    fn what_it_is_called_already_makes_no_event_and_a_stranger_is_unknown() {
        places()
            .given(furnished())
            .when(PlacesCommand::Edit(edit(2, "place 2")))
            .then_expect_events(vec![]);
        places()
            .given(furnished())
            .when(PlacesCommand::Edit(edit(99, "x")))
            .then_expect_error(PlacesError::Unknown(place(99)));
    }
}
