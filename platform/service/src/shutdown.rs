//! One signal for "stop now, in order": requests drain first, then the append queue, then the projector.
//!
//! It stops nothing itself.

use tokio::sync::watch;

/// Can be asked whether, and waited on until, it is time to stop. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Shutdown {
    stop: watch::Receiver<bool>,
}

/// Gives the signal.
#[derive(Debug)]
pub struct ShutdownTrigger {
    stop: watch::Sender<bool>,
}

/// A trigger and what it triggers.
#[must_use]
pub fn shutdown() -> (ShutdownTrigger, Shutdown) {
    let (sender, receiver) = watch::channel(false);
    (
        ShutdownTrigger { stop: sender },
        Shutdown { stop: receiver },
    )
}

impl ShutdownTrigger {
    /// Time to stop.
    pub fn stop(&self) {
        let _ = self.stop.send(true);
    }
}

impl Shutdown {
    /// Whether it is time to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Waits until it is time to stop; also returns when the trigger is gone.
    pub async fn wait(&mut self) {
        let _ = self.stop.wait_for(|stop| *stop).await;
    }
}

/// Waits for Ctrl-C or SIGTERM.
pub async fn signalled() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminate) =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn everyone_who_waits_hears_the_signal_and_latecomers_too() {
        let (trigger, signal) = shutdown();
        let mut waiting = signal.clone();
        assert!(!signal.is_stopping());
        trigger.stop();
        waiting.wait().await;
        signal.clone().wait().await;
        assert!(signal.is_stopping());
    }
}
