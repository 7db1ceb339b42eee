//! Weights from comparing criteria in pairs (Saaty's analytic hierarchy process), with the ratio that
//! says whether the comparisons agree with each other.

/// Above this, comparisons contradict each other too much to rest weights on.
pub const CONSISTENT: f64 = 0.1;

/// Saaty's mean index of random comparisons, for 1 to 10 criteria.
const RANDOM: [f64; 10] = [0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49];

/// Weights, and how consistent the comparisons were.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// One for each criterion; they sum to 1.
    pub weights: Vec<f64>,
    /// The consistency ratio; above [`CONSISTENT`] people are to be warned.
    pub ratio: f64,
}

/// What is no set of comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PairwiseError {
    /// Not as many as pairs.
    #[error("compare two to ten criteria, each pair once")]
    Count,
    /// Not 1/9 to 9.
    #[error("a comparison is from 1/9 to 9")]
    Scale,
}

/// Weights from comparisons of criteria 0 with 1, 0 with 2 …, 1 with 2 …: how many times the first
/// counts as much as the second, 1/9 to 9.
///
/// # Errors
/// [`PairwiseError`].
pub fn weights(criteria: usize, pairs: &[f64]) -> Result<Weights, PairwiseError> {
    if !(2..=RANDOM.len()).contains(&criteria) || pairs.len() != criteria * (criteria - 1) / 2 {
        return Err(PairwiseError::Count);
    }
    if !pairs.iter().all(|pair| (1.0 / 9.0 - 1e-9..=9.0).contains(pair)) {
        return Err(PairwiseError::Scale);
    }
    let mut matrix = vec![vec![1.0; criteria]; criteria];
    let places = (0..criteria).flat_map(|row| (row + 1..criteria).map(move |column| (row, column)));
    for ((row, column), pair) in places.zip(pairs) {
        matrix[row][column] = *pair;
        matrix[column][row] = 1.0 / pair;
    }
    #[expect(clippy::cast_precision_loss, reason = "ten at most")]
    let count = criteria as f64;
    let mut weights = vec![1.0 / count; criteria];
    let mut largest = count;
    // The principal eigenvector; a positive matrix of this size is there long before.
    for _ in 0..200 {
        let next: Vec<f64> =
            matrix.iter().map(|row| row.iter().zip(&weights).map(|(a, w)| a * w).sum()).collect();
        largest = next.iter().sum();
        weights = next.iter().map(|weight| weight / largest).collect();
    }
    let random = RANDOM[criteria - 1];
    let index = (largest - count) / (count - 1.0);
    // Two comparisons of two things cannot contradict each other.
    let ratio = if random == 0.0 { 0.0 } else { (index / random).max(0.0) };
    Ok(Weights { weights, ratio })
}
