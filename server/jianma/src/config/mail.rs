//! `[mail]`: the server through which applicants are told that something happened.

use std::{path::PathBuf, time::Duration};

use jiff::SignedDuration;
use notify::{MailFault, Mailer, MailerConfig, NotifySettings, Password};
use serde::Deserialize;
use web::settings::SiteConfig;

use super::{ConfigError, ForwardConfig};

/// How often what is due is looked for.
const POLL: Duration = Duration::from_secs(2);
/// Longest time that events wait for each other, seconds.
const LONGEST_GATHERING: u32 = 3_600;

/// How mail is sent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// Whom it comes from: `name@host`, or `Name <name@host>`.
    pub from: String,
    /// The server: `smtps://host`, or `smtp://host` for STARTTLS.
    pub smtp: String,
    /// The account there, if it asks for one.
    #[serde(default)]
    pub user: Option<String>,
    /// File with its password; relative to the configuration file.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// Allows a server on another machine without TLS: only where the network itself is protected.
    #[serde(default)]
    pub allow_plain_smtp: bool,
    /// File with certificates of private authorities in PEM, trusted beside those of the system;
    /// relative to the configuration file.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// How long an event waits for others that are told in the same message, seconds.
    #[serde(default = "default_gathering")]
    pub gather_seconds: u32,
}

const fn default_gathering() -> u32 {
    60
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Of sender or server.
    #[error("[mail] {0}")]
    Fault(#[from] MailFault),
    /// Its messages lead nowhere.
    #[error("[mail] needs host under [site]: its messages have links to this portal")]
    NoHost,
    /// One without the other.
    #[error("[mail] user and password_file belong together; give both, or none")]
    Account,
    /// Nobody would be told for hours.
    #[error("[mail] gather_seconds is {0}; set it to 3600 or less")]
    Gathering(u32),
}

impl MailConfig {
    /// What can be said of it without its files.
    ///
    /// # Errors
    /// [`MailError`].
    pub(super) fn check(&self, site: &SiteConfig) -> Result<(), MailError> {
        if site.host.is_none() {
            return Err(MailError::NoHost);
        }
        if self.user.is_some() != self.password_file.is_some() {
            return Err(MailError::Account);
        }
        if self.gather_seconds > LONGEST_GATHERING {
            return Err(MailError::Gathering(self.gather_seconds));
        }
        Ok(())
    }

    /// How its worker works: as patiently as with departments.
    #[must_use]
    pub fn settings(&self, forward: &ForwardConfig) -> NotifySettings {
        let lease = forward.settings().lease;
        NotifySettings {
            lease,
            // What is sent must be settled as long as it is held.
            patience: Duration::try_from(lease / 2).unwrap_or_default(),
            gather: SignedDuration::from_secs(self.gather_seconds.into()),
            poll: POLL,
            schedule: forward.settings().schedule,
        }
    }

    /// The mailer, with what its files hold.
    ///
    /// # Errors
    /// [`ConfigError::File`] for a file that does not read, [`ConfigError::Mail`].
    pub fn mailer(&self, forward: &ForwardConfig) -> Result<Mailer, ConfigError> {
        let read = |path: &PathBuf| {
            std::fs::read_to_string(path)
                .map_err(|source| ConfigError::File { path: path.clone(), source })
        };
        let password = self.password_file.as_ref().map(read).transpose()?;
        let authorities = self.ca_file.as_ref().map(read).transpose()?.unwrap_or_default();
        let config = MailerConfig {
            from: self.from.clone(),
            server: self.smtp.clone(),
            account: self.user.clone().zip(password.as_deref().map(Password::new)),
            allow_plain: self.allow_plain_smtp,
            authorities,
        };
        let patience = self.settings(forward).patience;
        Ok(Mailer::new(&config, patience).map_err(MailError::from)?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    fn checked(text: &str) -> Result<Config, String> {
        let config = toml::from_str::<Config>(text).map_err(|error| error.to_string())?;
        config.check().map_err(|error| error.to_string())?;
        let mail = config.mail.as_ref().unwrap();
        mail.mailer(&config.forward).map_err(|error| error.to_string())?;
        Ok(config)
    }

    #[test]
    fn p10_mail_that_could_not_be_sent_or_answered_is_refused_by_its_key() {
        let site = "[site]\nhost = \"portal.example.gov.cn\"\n";
        let mail =
            "[mail]\nfrom = \"noreply@example.gov.cn\"\nsmtp = \"smtps://mail.example.cn\"\n";
        checked(&format!("{site}{mail}")).unwrap();
        for (text, told) in [
            (mail.to_owned(), "[site]"),
            (format!("{site}{mail}user = \"portal\"\n"), "password_file"),
            (format!("{site}{mail}gather_seconds = 3601\n"), "gather_seconds"),
            (format!("{site}{mail}password = \"x\"\n"), "password"),
            (format!("{site}{mail}ca_file = \"nowhere.pem\"\n"), "nowhere.pem"),
            (format!("{site}{}", mail.replace("smtps:", "http:")), "smtps://host"),
            (format!("{site}{}", mail.replace("noreply@", "")), "from"),
        ] {
            let message = checked(&text).unwrap_err();
            assert!(message.contains(told), "{text}: {message}");
        }
    }
}
