//! The signal to stop, as the parts of a runner hear it.
//!
//! A part that hears it finishes the step in work.

use tokio::sync::watch;

/// Hears the signal.
#[derive(Debug, Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

/// Gives the signal.
#[derive(Debug)]
pub(crate) struct StopSender(watch::Sender<bool>);

/// Both ends.
pub(crate) fn stop() -> (StopSender, Stop) {
    let (sender, receiver) = watch::channel(false);
    (StopSender(sender), Stop(receiver))
}

impl StopSender {
    /// Gives the signal.
    pub(crate) fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was given.
    pub(crate) fn is_given(&self) -> bool {
        *self.0.borrow()
    }
}

impl Stop {
    /// Whether the signal was given.
    pub(crate) fn is_given(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits for the signal; a sender that is gone has given it.
    pub(crate) async fn given(&mut self) {
        self.0.wait_for(|stop| *stop).await.ok();
    }
}
