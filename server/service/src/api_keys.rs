//! Keys of programs that ask the API often: how one is made, and how it is known again.
//!
//! A key lets its holder ask more in a time ([`service_api::KeyHolder`]). It proves nobody and opens nothing: no tier,
//! no row of the policy and no answer depends on it (rules P1, P6).

use domain::{Clock, Entropy, digest::hex_digest};
use store::{ApiKey, Store, StoreError};

use crate::submission::token;

/// What every key begins with: whoever looks through files for secrets knows it by this.
const BEGINNING: &str = "jmk_";
/// Unguessable bytes of a key. So many need no slow hash: nobody tries them out.
const BYTES: usize = 32;
/// Characters of these bytes.
const DIGITS: usize = 43;

/// What its holder may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyLimits {
    /// Questions a minute.
    pub per_minute: u32,
    /// Questions a day.
    pub per_day: u32,
    /// Different sites an hour.
    pub sites: u32,
}

/// Makes a key and keeps its mark; the key itself, which nobody can be told again. `None` where there is one of that
/// name, also a disabled one.
///
/// # Errors
/// Storage.
pub async fn add(
    store: &dyn Store,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
    (name, called, limits): (&str, &str, KeyLimits),
) -> Result<Option<String>, StoreError> {
    let secret = format!("{BEGINNING}{}", token(entropy, BYTES));
    let KeyLimits { per_minute, per_day, sites } = limits;
    let key = ApiKey {
        name: name.to_owned(),
        called: called.to_owned(),
        per_minute,
        per_day,
        sites,
        added_at: clock.now(),
        disabled_at: None,
    };
    let added = store.add_api_key(&key, &mark(&secret)).await?;
    Ok(added.then_some(secret))
}

/// By what the store knows what somebody hands in as a key; `None` of what can be none.
#[must_use]
pub fn mark_of(handed_in: &str) -> Option<String> {
    let digits = handed_in.strip_prefix(BEGINNING)?;
    let right = digits.len() == DIGITS
        && digits.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    right.then(|| mark(handed_in))
}

fn mark(secret: &str) -> String {
    hex_digest(format!("api key {secret}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zeros;

    impl Entropy for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[test]
    fn p6_only_what_may_be_a_key_is_looked_for() {
        let secret = format!("{BEGINNING}{}", token(&Zeros, BYTES));
        assert_eq!(mark_of(&secret), Some(mark(&secret)));
        assert!(!mark(&secret).contains(&secret));
        let digits = secret.trim_start_matches(BEGINNING);
        for other in ["", "jmk_", digits, &format!("{secret}A"), &format!("jmk_{}ä", &digits[2..])]
        {
            assert_eq!(mark_of(other), None, "{other}");
        }
    }
}
