//! The demonstration's only source of variety: splitmix64 from fixed seeds, so that every run on
//! every machine invents the same township.

/// A stream of numbers that look random and never change.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    /// A stream of its own for each part of the township: changing one leaves the others alone.
    pub(crate) const fn for_part(part: u64) -> Self {
        Self(0x5A45_4A49_414E_4700 ^ part.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 inclusive to 1 exclusive.
    pub(crate) fn unit(&mut self) -> f64 {
        // The upper 53 bits are exactly the digits an f64 holds.
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Between two figures.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Around zero, at most `reach` away.
    pub(crate) fn jitter(&mut self, reach: f64) -> f64 {
        self.between(-reach, reach)
    }

    /// A whole number, both ends included.
    pub(crate) fn count(&mut self, low: u32, high: u32) -> u32 {
        let span = u64::from(high.saturating_sub(low)) + 1;
        low + u32::try_from(self.next() % span).unwrap_or_default()
    }

    /// Whether something happens that does so with probability `p`.
    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// One of `options`; `fallback` when there are none.
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, options: &[&'a T], fallback: &'a T) -> &'a T {
        let last = u32::try_from(options.len().saturating_sub(1)).unwrap_or_default();
        let at = self.count(0, last) as usize;
        options.get(at).copied().unwrap_or(fallback)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_never_changes() {
        let mut dice = Dice(0);
        // The reference vector of splitmix64 for seed 0.
        assert_eq!(dice.next(), 0xE220_A839_7B1D_CDAF);
        assert_eq!(dice.next(), 0x6E78_9E6A_A1B9_65F4);
    }

    #[test]
    fn figures_stay_between_their_ends() {
        let mut dice = Dice::for_part(1);
        assert!((0..1000).all(|_| (2..=5).contains(&dice.count(2, 5))));
        assert!((0..1000).all(|_| dice.jitter(3.0).abs() <= 3.0));
    }
}
