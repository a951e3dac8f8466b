//! What a scanner has read: a barcode, the code that we print on labels, or an ISBN; and which copies that may mean.
//!
//! Never decides which of several copies it is.

// tidy: allow wall because an ISBN leads to its edition in the catalogue, as when a copy is taken in

use std::collections::HashMap;

use accession_event_log::{EventLog, Repository, RepositoryError};
use accession_events::holdings::HeldEvent;
use accession_events::ids::{CopyId, EditionId, LibraryId, TitleId};
use accession_events::values::{Barcode, Isbn};
use accession_events::{ClaimKey, ClaimKind};

use crate::catalog::edition::Edition;
use crate::holdings::desk::HoldingsError;
use crate::holdings::drafts::Drafts;

/// What was read, as far as it can be one of these.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Code {
    barcode: Option<Barcode>,
    copy: Option<CopyId>,
    isbn: Option<Isbn>,
}

/// Which copies it may mean.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Meant {
    /// In the order in which the library got them.
    pub(super) copies: Vec<CopyId>,
    /// The edition that was read, when it was an ISBN.
    pub(super) edition: Option<EditionId>,
}

impl Code {
    /// Takes a text apart. Our labels carry `urn:uuid:` with the copy's id; a link that ends in the id does as well.
    pub(super) fn read(text: &str) -> Self {
        let text = text.trim();
        let last = text.rsplit([':', '/']).next().unwrap_or(text);
        Self {
            barcode: Barcode::parse(text).ok(),
            copy: last.parse().ok(),
            isbn: Isbn::parse(text).ok(),
        }
    }
}

/// Where codes are looked up.
pub(super) struct Register<'a> {
    pub(super) log: &'a EventLog,
    pub(super) editions: &'a Repository<Edition>,
    pub(super) library: LibraryId,
}

/// Whose these claims are, by their keys.
type Owners = HashMap<ClaimKey, String>;

impl Register<'_> {
    /// Which copies each of these codes may mean, in their order; loads them into the drafts.
    pub(super) async fn meant(
        &self,
        codes: &[Code],
        drafts: &mut Drafts,
    ) -> Result<Vec<Meant>, HoldingsError> {
        let owners = self.owners(codes).await?;
        let editions = self.titles_of(codes, &owners).await?;
        let titles = editions.values();
        let streams = titles.map(|(_, title)| HeldEvent::stream_id(self.library, *title));
        drafts.held.load(streams).await?;
        let mut all = Vec::new();
        for code in codes {
            all.push(self.one(code, &owners, &editions, drafts));
        }
        let copies = all.iter().flat_map(|meant| &meant.copies);
        drafts.copies.load(copies).await?;
        Ok(all)
    }

    fn one(
        &self,
        code: &Code,
        owners: &Owners,
        editions: &HashMap<Isbn, (EditionId, TitleId)>,
        drafts: &mut Drafts,
    ) -> Meant {
        let claimed = code.barcode.as_ref();
        let claimed = claimed.and_then(|barcode| owners.get(&self.barcode(barcode)));
        let copy = claimed.and_then(|owner| owner.parse().ok()).or(code.copy);
        if let Some(copy) = copy {
            return Meant {
                copies: vec![copy],
                edition: None,
            };
        }
        let Some((edition, title)) = code.isbn.and_then(|isbn| editions.get(&isbn)) else {
            return Meant::default();
        };
        let held = drafts.held.of(HeldEvent::stream_id(self.library, *title));
        Meant {
            copies: held.copies().to_vec(),
            edition: Some(*edition),
        }
    }

    fn barcode(&self, barcode: &Barcode) -> ClaimKey {
        ClaimKey::barcode(self.library, barcode)
    }

    async fn owners(&self, codes: &[Code]) -> Result<Owners, HoldingsError> {
        let keys: Vec<ClaimKey> = codes
            .iter()
            .flat_map(|code| {
                let barcode = code.barcode.as_ref().map(|barcode| self.barcode(barcode));
                barcode.into_iter().chain(code.isbn.as_ref().map(of_isbn))
            })
            .collect();
        let owners = self.log.store().claim_owners(&keys).await;
        let owners = owners.map_err(RepositoryError::from)?;
        let owned = keys.into_iter().zip(owners);
        Ok(owned
            .filter_map(|(key, owner)| Some((key, owner?)))
            .collect())
    }

    async fn titles_of(
        &self,
        codes: &[Code],
        owners: &Owners,
    ) -> Result<HashMap<Isbn, (EditionId, TitleId)>, HoldingsError> {
        let mut titles = HashMap::new();
        for isbn in codes.iter().filter_map(|code| code.isbn) {
            let edition = owners.get(&of_isbn(&isbn));
            let Some(edition) = edition.and_then(|owner| owner.parse::<EditionId>().ok()) else {
                continue;
            };
            let loaded = self.editions.load(&edition.to_string()).await?;
            if let Ok(known) = loaded.state.known() {
                titles.insert(isbn, (edition, known.title_id));
            }
        }
        Ok(titles)
    }
}

fn of_isbn(isbn: &Isbn) -> ClaimKey {
    ClaimKey::new(ClaimKind::Isbn, isbn.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_a_barcode_a_label_of_ours_or_an_isbn() {
        let id = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e81";
        for text in [
            id.to_owned(),
            format!("urn:uuid:{id}"),
            format!("https://books.example/copies/{id}"),
        ] {
            assert_eq!(Code::read(&text).copy, id.parse().ok(), "{text}");
        }
        let isbn = Code::read(" 978-0-439-02348-1 ");
        assert!(isbn.isbn.is_some() && isbn.copy.is_none());
        let barcode = Code::read("pem-000417");
        assert_eq!(
            barcode.barcode.map(|barcode| barcode.to_string()),
            Some("PEM-000417".to_owned())
        );
        assert_eq!(Code::read("läßt sich nicht lesen"), Code::default());
    }
}
