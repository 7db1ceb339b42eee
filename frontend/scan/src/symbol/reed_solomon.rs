//! Error correction: Reed-Solomon codes over GF(2^8) (ISO/IEC 18004, 7.5 and Annex A).

/// x^8 + x^4 + x^3 + x^2 + 1.
const GENERATOR: usize = 0x11d;
/// The most check words of a block.
const MOST_CHECKS: usize = 30;

type Polynomial = [u8; MOST_CHECKS + 2];

/// Powers and logarithms.
pub(super) struct ReedSolomon {
    powers: [u8; 510],
    logarithms: [u8; 256],
}

impl ReedSolomon {
    pub(super) fn new() -> Self {
        let (mut powers, mut logarithms) = ([0; 510], [0; 256]);
        let mut value = 1;
        for i in 0..255 {
            powers[i] = value as u8;
            powers[i + 255] = value as u8;
            logarithms[value] = i as u8;
            value <<= 1;
            if value > 255 {
                value ^= GENERATOR;
            }
        }
        Self { powers, logarithms }
    }

    fn times(&self, a: u8, b: u8) -> u8 {
        if a == 0 || b == 0 {
            return 0;
        }
        let log = |value: u8| usize::from(self.logarithms[usize::from(value)]);
        self.powers[log(a) + log(b)]
    }

    /// Nothing is divided by 0 here.
    fn over(&self, a: u8, b: u8) -> u8 {
        let log = usize::from(self.logarithms[usize::from(b)]);
        self.times(a, self.powers[255 - log])
    }

    /// The polynomial of so many coefficients at α to the power of `at`, lowest coefficient first.
    fn value(&self, polynomial: &[u8], at: usize) -> u8 {
        polynomial.iter().rev().fold(0, |sum, &c| self.times(sum, self.powers[at]) ^ c)
    }

    /// What remains of a block of which `checks` words are there to check the others; all 0 if
    /// every word is right.
    pub(super) fn syndromes(&self, block: &[u8], checks: usize) -> [u8; MOST_CHECKS] {
        let mut syndromes = [0; MOST_CHECKS];
        for (i, syndrome) in syndromes.iter_mut().take(checks).enumerate() {
            *syndrome = block.iter().fold(0, |sum, &word| self.times(sum, self.powers[i]) ^ word);
        }
        syndromes
    }

    /// Corrects a block; `erased` are places in it that are not trusted. Nothing if it cannot be
    /// done with `spare` check words left over, which guard against a wrong correction.
    pub(super) fn correct(
        &self,
        block: &[u8],
        syndromes: &[u8; MOST_CHECKS],
        checks: usize,
        erased: &[u8],
        spare: usize,
    ) -> Option<Vec<u8>> {
        let mut corrected = block.to_vec();
        if syndromes.iter().all(|&syndrome| syndrome == 0) {
            return Some(corrected);
        }
        let last = block.len().checked_sub(1)?;
        let locator = self.locator(syndromes, checks, erased, last)?;
        let degree = locator.iter().rposition(|&c| c != 0)?;
        let errors = degree.checked_sub(erased.len())?;
        if 2 * errors + erased.len() + spare > checks {
            return None;
        }
        // The evaluator: syndromes × locator, as far as there are syndromes.
        let mut evaluator = [0; MOST_CHECKS];
        for (i, value) in evaluator.iter_mut().take(checks).enumerate() {
            for j in 0..=i.min(degree) {
                *value ^= self.times(locator[j], syndromes[i - j]);
            }
        }
        // The derivative: in this field only odd powers have one.
        let mut derivative = [0; MOST_CHECKS + 2];
        for i in (1..=degree).step_by(2) {
            derivative[i - 1] = locator[i];
        }
        let mut roots = 0;
        for (place, word) in corrected.iter_mut().enumerate() {
            let power = last - place;
            let inverse = (255 - power) % 255;
            if self.value(&locator[..=degree], inverse) != 0 {
                continue;
            }
            roots += 1;
            let slope = self.value(&derivative[..=degree], inverse);
            if slope == 0 {
                return None;
            }
            let error = self.over(self.value(&evaluator[..checks], inverse), slope);
            *word ^= self.times(error, self.powers[power]);
        }
        let right = || self.syndromes(&corrected, checks).iter().all(|&syndrome| syndrome == 0);
        (roots == degree && right()).then_some(corrected)
    }

    /// The polynomial whose roots are the places of erased and wrong words (Berlekamp and Massey).
    fn locator(
        &self,
        syndromes: &[u8; MOST_CHECKS],
        checks: usize,
        erased: &[u8],
        last: usize,
    ) -> Option<Polynomial> {
        let mut locator: Polynomial = [0; MOST_CHECKS + 2];
        locator[0] = 1;
        for (i, &place) in erased.iter().enumerate() {
            let root = self.powers[last.checked_sub(usize::from(place))?];
            for j in (0..=i).rev() {
                locator[j + 1] ^= self.times(locator[j], root);
            }
        }
        let known = erased.len();
        let mut length = known;
        let mut former = locator;
        for step in known..checks {
            let mut off = 0;
            for i in 0..=step.min(MOST_CHECKS) {
                off ^= self.times(locator[i], syndromes[step - i]);
            }
            former.copy_within(..MOST_CHECKS + 1, 1);
            former[0] = 0;
            if off == 0 {
                continue;
            }
            let before = locator;
            for (value, &other) in locator.iter_mut().zip(&former) {
                *value ^= self.times(off, other);
            }
            if 2 * length <= step + known {
                length = step + 1 + known - length;
                former = before.map(|value| self.over(value, off));
            }
        }
        Some(locator)
    }
}
