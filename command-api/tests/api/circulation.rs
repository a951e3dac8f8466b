//! The routes of circulation.
//!
//! Copies are put into the log as holdings puts them there: how they come in is told elsewhere.

mod at_once;
mod holding;
mod lending;
mod out;
mod policy;
mod scanning;

use accession_command_api::holdings::copy::add_copy::AddCopy;
use accession_command_api::holdings::copy::{Copy, CopyCommand};
use accession_event_log::{Given, Repository, RepositoryOptions};
use accession_events::holdings::CopyDetail;
use accession_events::ids::{CopyId, TitleId};
use accession_events::values::Barcode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::{Answered, App, Person};

impl App {
    /// A copy of a library with this barcode.
    pub(crate) async fn copy(&self, library: &str, barcode: &str) -> CopyId {
        let copies: Repository<Copy> =
            Repository::new(self.log.clone(), RepositoryOptions::default());
        let copy = CopyId::new(Uuid::now_v7());
        let barcode = Barcode::parse(barcode).unwrap();
        let add = CopyCommand::Add(AddCopy {
            library_id: library.parse().unwrap(),
            title_id: TitleId::new(Uuid::now_v7()),
            details: vec![CopyDetail::Barcode(Some(barcode))],
            besides: None,
        });
        let (id, given) = (copy.to_string(), Given::default());
        copies.execute_new(&id, &given, &add).await.unwrap();
        copy
    }

    /// Lends by the staff.
    pub(crate) async fn lends(&self, library: &str, by: &Person, body: &Value) -> Answered {
        self.post(format!("/api/v1/libraries/{library}/loans"))
            .bearer(&by.token)
            .json(body)
            .send()
            .await
    }

    /// Somebody does something with a copy: `loan`, `loan/return`, `loan/renewal`, `loan/lost` or `holds`.
    pub(crate) async fn at_copy(
        &self,
        library: &str,
        by: &Person,
        copy: CopyId,
        deed: &str,
    ) -> Answered {
        self.post(format!("/api/v1/libraries/{library}/copies/{copy}/{deed}"))
            .bearer(&by.token)
            .send()
            .await
    }
}

/// Ana's lending library with Pia and Paul, who borrow there, and a copy.
async fn desk(app: &App) -> (String, Person, [Person; 2], CopyId) {
    let ana = app.proven("ana").await;
    let library = app.library(&ana, "lending").await;
    let pia = app.joins(&library, &ana, "pia", "patron").await;
    let paul = app.joins(&library, &ana, "paul", "patron").await;
    let copy = app.copy(&library, "PEM-1").await;
    (library, ana, [pia, paul], copy)
}

fn to_member(copy: CopyId, person: &Person) -> Value {
    json!({ "copy_id": copy.to_string(), "account": person.account.to_string() })
}
