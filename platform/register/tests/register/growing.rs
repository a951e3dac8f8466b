//! A log in use: it is verified while events come and are sealed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use accession_register::{VerifyOptions, verify};

use crate::stage::{Stage, signer};

pub(crate) async fn a_log_that_grows_and_is_sealed_while_it_is_verified_is_fine(stage: &Stage) {
    stage.sealed_at(&[300]).await;
    let grown = AtomicBool::new(false);
    let meanwhile = |_, _| {
        if !grown.swap(true, Ordering::Relaxed) {
            tokio::task::block_in_place(|| {
                tokio::runtime::Handle::current().block_on(stage.sealed_at(&[400, 5000]));
            });
        }
    };
    let options = VerifyOptions {
        keys: vec![signer().verifier()],
        kept: vec![stage.note(300).await],
    };
    let report = verify(Arc::clone(&stage.store), &options, &meanwhile)
        .await
        .unwrap();
    assert!(grown.into_inner());
    assert_eq!(report.findings, []);
    assert_eq!((report.events, report.sealed), (300, 300));
    assert_eq!(stage.verify(&[]).await.sealed, 5000);
}
