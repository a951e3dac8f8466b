//! Waiting for what happens elsewhere: polls a condition within a bound and says what was missing.
//! Never a plain sleep: the test goes on as soon as the condition holds.

use std::fmt::Display;
use std::future::Future;
use std::panic::Location;
use std::time::{Duration, Instant};

/// What a polled condition may answer: `bool`, `Option<T>`, or `Result<T, reason>`, whose last
/// reason ends up in the panic message.
pub trait Outcome {
    /// What the wait hands back.
    type Value;

    /// The value, or what is still missing.
    ///
    /// # Errors
    /// The condition does not hold yet.
    fn settle(self) -> Result<Self::Value, String>;
}

impl Outcome for bool {
    type Value = ();

    fn settle(self) -> Result<(), String> {
        self.then_some(()).ok_or_else(|| "it stayed false".into())
    }
}

impl<T> Outcome for Option<T> {
    type Value = T;

    fn settle(self) -> Result<T, String> {
        self.ok_or_else(|| "it stayed None".into())
    }
}

impl<T, E: Display> Outcome for Result<T, E> {
    type Value = T;

    fn settle(self) -> Result<T, String> {
        self.map_err(|reason| reason.to_string())
    }
}

/// Polls `condition` until it holds and returns its value.
///
/// # Panics
/// When it does not hold within `timeout`; the message names the caller and the last answer.
#[track_caller]
pub fn eventually<C, F, O>(
    timeout: Duration,
    mut condition: C,
) -> impl Future<Output = O::Value> + use<C, F, O>
where
    C: FnMut() -> F,
    F: Future<Output = O>,
    O: Outcome,
{
    let caller = Location::caller();
    async move {
        let deadline = Instant::now() + timeout;
        let mut pause = Duration::from_millis(2);
        loop {
            match condition().await.settle() {
                Ok(value) => return value,
                Err(missing) if Instant::now() > deadline => {
                    panic!("{caller}: the condition did not hold within {timeout:?}: {missing}")
                }
                Err(_) => {}
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(100));
        }
    }
}
