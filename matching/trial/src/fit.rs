//! Logistic regression with a ridge, by plain descent: few figures, few examples, the same result every time.
//!
//! Never draws a random number; where it starts and how far it goes is fixed.

/// One pair as figures.
#[derive(Debug, Clone, Copy)]
pub struct Example<const N: usize> {
    /// What was seen.
    pub row: [f32; N],
    /// What people said.
    pub label: bool,
    /// How much it counts.
    pub weight: f64,
}

/// Steps of the descent; more change no weight in its third digit.
const STEPS: usize = 1200;

/// Weights and bias that make the labels most likely, held small by `ridge` (per unit of total weight).
#[must_use]
pub fn fit<const N: usize>(examples: &[Example<N>], ridge: f64) -> ([f32; N], f32) {
    let total: f64 = examples.iter().map(|example| example.weight).sum();
    let longest = examples
        .iter()
        .map(|example| 1.0 + squares(&example.row))
        .fold(1.0, f64::max);
    let step = 1.0 / (longest / 4.0 + ridge);
    let (mut weights, mut bias) = ([0.0_f64; N], 0.0_f64);
    let (mut ahead, mut ahead_bias) = (weights, bias);
    for round in 0..STEPS {
        let (slope, bias_slope) = slope(examples, &ahead, ahead_bias, ridge, total);
        let momentum = momentum(round);
        let before = weights;
        for ((weight, ahead), slope) in weights.iter_mut().zip(&ahead).zip(&slope) {
            *weight = ahead - step * slope;
        }
        let new_bias = ahead_bias - step * bias_slope;
        for ((ahead, weight), before) in ahead.iter_mut().zip(&weights).zip(&before) {
            *ahead = weight + momentum * (weight - before);
        }
        ahead_bias = new_bias + momentum * (new_bias - bias);
        bias = new_bias;
    }
    (weights.map(narrow), narrow(bias))
}

fn momentum(round: usize) -> f64 {
    let round = f64::from(u32::try_from(round).unwrap_or(u32::MAX));
    round / (round + 3.0)
}

fn squares(row: &[f32]) -> f64 {
    row.iter().map(|value| f64::from(*value).powi(2)).sum()
}

fn slope<const N: usize>(
    examples: &[Example<N>],
    weights: &[f64; N],
    bias: f64,
    ridge: f64,
    total: f64,
) -> ([f64; N], f64) {
    let mut slope = weights.map(|weight| weight * ridge);
    let mut bias_slope = 0.0;
    for example in examples {
        let odds: f64 = bias
            + example
                .row
                .iter()
                .zip(weights)
                .map(|(value, weight)| f64::from(*value) * weight)
                .sum::<f64>();
        let wanted = f64::from(u8::from(example.label));
        let off = (1.0 / (1.0 + (-odds).exp()) - wanted) * example.weight / total;
        for (slope, value) in slope.iter_mut().zip(&example.row) {
            *slope += off * f64::from(*value);
        }
        bias_slope += off;
    }
    (slope, bias_slope)
}

/// Three digits are all that a weight is worth.
#[expect(
    clippy::cast_possible_truncation,
    reason = "weights are small and have three digits"
)]
fn narrow(value: f64) -> f32 {
    ((value * 1000.0).round() / 1000.0) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_that_tells_gets_weight_and_one_that_does_not_gets_none() {
        let example = |telling, noise, label| Example {
            row: [telling, noise],
            label,
            weight: 1.0,
        };
        let examples = [
            example(1.0, 0.0, true),
            example(1.0, 1.0, true),
            example(0.0, 0.0, false),
            example(0.0, 1.0, false),
        ];
        let ([telling, noise], bias) = fit(&examples, 0.01);
        assert!(telling > 3.0, "{telling}");
        assert!(noise.abs() < 0.01, "{noise}");
        assert!(bias < -1.0, "{bias}");
    }
}
