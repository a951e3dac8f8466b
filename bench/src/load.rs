//! Load with a fixed number of callers, each asking again when it has its answer; and what came of it.

use std::time::{Duration, Instant};

use anyhow::Result;

/// What a measurement came to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figure {
    /// Operations a second.
    pub(crate) rate: f64,
    /// Median latency in milliseconds.
    pub(crate) p50: f64,
    /// 99th percentile in milliseconds.
    pub(crate) p99: f64,
}

impl Figure {
    /// From all latencies of a measurement that took `elapsed`.
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of a benchmark fit into 52 bits"
    )]
    pub(crate) fn of(mut latencies: Vec<Duration>, elapsed: Duration) -> Self {
        latencies.sort_unstable();
        Self {
            rate: latencies.len() as f64 / elapsed.as_secs_f64().max(f64::EPSILON),
            p50: milliseconds(percentile(&latencies, 50)),
            p99: milliseconds(percentile(&latencies, 99)),
        }
    }

    /// `12345/s (p50 0.9, p99 2.1 ms)`
    pub(crate) fn text(&self) -> String {
        format!(
            "{:.0}/s (p50 {:.2}, p99 {:.2} ms)",
            self.rate, self.p50, self.p99
        )
    }
}

/// The latency below which `percent` of all lie; zero for none.
pub(crate) fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().unwrap_or_default()
}

pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// The median of some numbers; 0 for none.
pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}

/// The figure with the median rate.
pub(crate) fn median_figure(mut figures: Vec<Figure>) -> Figure {
    figures.sort_by(|left, right| left.rate.total_cmp(&right.rate));
    figures.get(figures.len() / 2).cloned().unwrap_or_default()
}

/// The median of the ratios round by round: what drifts in the machine drifts in both.
pub(crate) fn median_ratio(ours: &[Figure], peer: &[Figure]) -> f64 {
    median(
        ours.iter()
            .zip(peer)
            .map(|(ours, peer)| ours.rate / peer.rate.max(f64::EPSILON))
            .collect(),
    )
}

/// Runs `callers` loops of `operation` side by side for a time.
pub(crate) async fn closed_loop<F, R>(
    callers: usize,
    duration: Duration,
    operation: F,
) -> Result<Figure>
where
    F: Fn() -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Result<()>> + Send,
{
    let started = Instant::now();
    let mut tasks = Vec::with_capacity(callers);
    for _ in 0..callers {
        let operation = operation.clone();
        tasks.push(tokio::spawn(async move {
            let mut latencies = Vec::new();
            while started.elapsed() < duration {
                let began = Instant::now();
                operation().await?;
                latencies.push(began.elapsed());
            }
            Ok::<_, anyhow::Error>(latencies)
        }));
    }
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await??);
    }
    Ok(Figure::of(latencies, started.elapsed()))
}
