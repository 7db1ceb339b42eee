//! Codes that an app shows for thirty seconds (RFC 6238): SHA-1, six digits, as every app knows them.

use domain::staff::Member;
use jiff::Timestamp;
use totp_rs::{Builder, Totp};

use crate::StaffError;

/// How long a code is shown, seconds.
const SHOWN: u64 = 30;
/// Steps before and after that of now whose codes are taken.
const SKEW: u16 = 1;
/// What apps and devices call this portal.
pub(crate) const ISSUER: &str = "Jianma";

fn totp(secret: &[u8], account: &str) -> Result<Totp, StaffError> {
    Builder::new()
        .with_secret(secret.to_vec())
        .with_step_duration(SHOWN)
        .with_skew(SKEW)
        .with_account_name(account.to_owned())
        .with_issuer(Some(ISSUER.to_owned()))
        .build()
        .map_err(|error| StaffError::Secret(error.to_string()))
}

/// The step of time of a code, where it is that of now, of the step before or of the one after: clocks
/// differ. Blanks in it are how apps show it.
pub(crate) fn step_of(
    secret: &[u8],
    code: &str,
    now: Timestamp,
) -> Result<Option<u64>, StaffError> {
    let typed: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let now = u64::try_from(now.as_second()).unwrap_or_default();
    Ok(totp(secret, "code")?.check(&typed, now))
}

/// The secret in letters, for whoever types it, and as the address that an app reads (`otpauth`).
pub(crate) fn written(secret: &[u8], member: &Member) -> Result<(String, String), StaffError> {
    let totp = totp(secret, member.id.as_str())?;
    let url = totp.to_url().map_err(|error| StaffError::Secret(error.to_string()))?;
    Ok((totp.secret().to_base32(), url))
}

/// The code that an app shows at a moment, for tests.
#[cfg(test)]
pub(crate) fn at(secret: &[u8], now: Timestamp) -> String {
    totp(secret, "code").unwrap().generate(now.as_second().unsigned_abs()).to_string()
}
