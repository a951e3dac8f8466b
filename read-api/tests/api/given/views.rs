//! Views of personal data in memory, which can be told to fail.
//!
//! Never forgets by itself.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use accession_service::views::{View, ViewLog, ViewsAway};
use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

/// What was written down.
#[derive(Default)]
pub(crate) struct MemoryViews {
    pub(crate) written: Mutex<Vec<View>>,
    /// Whether it fails from now on.
    pub(crate) away: AtomicBool,
}

impl MemoryViews {
    fn there(&self) -> Result<std::sync::MutexGuard<'_, Vec<View>>, ViewsAway> {
        if self.away.load(Ordering::SeqCst) {
            let reason = "the test said so".to_owned();
            return Err(ViewsAway { reason });
        }
        Ok(self.written.lock().unwrap())
    }

    /// Whose data was looked at through which question.
    pub(crate) fn told(&self) -> Vec<(Uuid, String)> {
        let written = self.written.lock().unwrap();
        let told = written.iter();
        told.map(|view| (view.subject, view.route.clone()))
            .collect()
    }
}

#[async_trait]
impl ViewLog for MemoryViews {
    async fn note(&self, views: &[View]) -> Result<(), ViewsAway> {
        self.there()?.extend_from_slice(views);
        Ok(())
    }

    async fn of(
        &self,
        subject: Uuid,
        before: Option<Timestamp>,
        limit: u32,
    ) -> Result<Vec<View>, ViewsAway> {
        let mut of = self.there()?.clone();
        of.retain(|view| view.subject == subject && before.is_none_or(|before| view.at < before));
        of.reverse();
        of.truncate(usize::try_from(limit).unwrap());
        Ok(of)
    }

    async fn purge(&self, _before: Timestamp) -> Result<u64, ViewsAway> {
        Ok(0)
    }

    async fn forget(&self, person: Uuid) -> Result<(), ViewsAway> {
        self.there()?.retain(|view| view.subject != person);
        Ok(())
    }
}
