//! What a site is built for.

use crate::error::BundleError;

/// What a site is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// People's phones: every byte and every millisecond counts, and sizes are held to their limits.
    Release,
    /// A first look on the machine that builds it: larger, and there minutes sooner.
    FirstLook,
}

impl Purpose {
    /// Reads it off the arguments of this program, of which there is one: `--first-look`.
    pub fn from_arguments(
        mut arguments: impl Iterator<Item = String>,
    ) -> Result<Self, BundleError> {
        match (arguments.next().as_deref(), arguments.next()) {
            (None, _) => Ok(Self::Release),
            (Some("--first-look"), None) => Ok(Self::FirstLook),
            (Some(other), None) => Err(BundleError::Argument(other.to_owned())),
            (Some(_), Some(second)) => Err(BundleError::Argument(second)),
        }
    }

    /// The folder of results below `target/`: each keeps its own, or one would remove the other's.
    pub fn cache(self) -> &'static str {
        match self {
            Self::Release => "bundle",
            Self::FirstLook => "bundle-first-look",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Purpose, BundleError> {
        Purpose::from_arguments(arguments.iter().map(|&text| text.to_owned()))
    }

    #[test]
    fn a_site_is_for_people_unless_told() {
        assert_eq!(read(&[]).unwrap(), Purpose::Release);
        assert_eq!(read(&["--first-look"]).unwrap(), Purpose::FirstLook);
    }

    #[test]
    fn an_argument_that_is_not_known_is_named() {
        for arguments in [&["--quick"][..], &["--first-look", "--quick"]] {
            assert!(read(arguments).unwrap_err().to_string().contains("`--quick`"));
        }
    }
}
