//! What makes notices of progress e-mails with links to this portal.

use std::{fmt::Write as _, sync::Arc};

use app::urls;
use domain::request::{ReceiptKey, RequestNumber};
use notify::{Links, Mailer, Messenger, Notifier, NotifySettings};
use service::notices::link_token;
use service_api::NoticeLink;
use web::state::AppState;

use crate::config::{Config, ConfigError};

/// What sends mail, where it is sent.
#[derive(Debug)]
pub struct Mail {
    mailer: Mailer,
    settings: NotifySettings,
    links: PortalLinks,
}

impl Mail {
    /// As it is configured; none where it is not.
    ///
    /// # Errors
    /// [`ConfigError`] names the file or key that is wrong.
    pub(crate) fn of(config: &Config, receipts: &ReceiptKey) -> Result<Option<Self>, ConfigError> {
        let Some(mail) = &config.mail else { return Ok(None) };
        Ok(Some(Self {
            mailer: mail.mailer(&config.forward)?,
            settings: mail.settings(&config.forward),
            links: PortalLinks {
                host: config.site.host.clone().unwrap_or_default(),
                tls: config.site.tls,
                receipts: receipts.clone(),
            },
        }))
    }

    /// The worker that sends what a portal has to tell.
    pub(crate) fn notifier(self, web: &AppState, owner: String) -> Notifier {
        let Self { mailer, settings, links } = self;
        let messenger: Arc<dyn Messenger> = Arc::new(mailer);
        Notifier {
            notices: web.store.clone(),
            messenger,
            links: Arc::new(links),
            clock: web.clock.clone(),
            entropy: web.entropy.clone(),
            owner,
            settings,
        }
    }
}

/// The addresses of this portal.
#[derive(Debug)]
struct PortalLinks {
    host: String,
    tls: bool,
    receipts: ReceiptKey,
}

impl PortalLinks {
    fn link(&self, number: &RequestNumber, link: NoticeLink, id: &str) -> String {
        let token = link_token(&self.receipts, link, id);
        urls::absolute(self.tls, &self.host, &urls::notice_link(number, link, &token))
    }
}

impl Links for PortalLinks {
    fn host(&self) -> String {
        self.host.clone()
    }

    fn request(&self, number: &RequestNumber) -> String {
        urls::absolute(self.tls, &self.host, &urls::request(number))
    }

    fn confirm(&self, number: &RequestNumber, id: &str) -> String {
        self.link(number, NoticeLink::Confirm, id)
    }

    fn stop(&self, number: &RequestNumber, id: &str) -> String {
        self.link(number, NoticeLink::Stop, id)
    }
}

/// What a configuration says of mail, in words; never a password.
///
/// # Errors
/// [`ConfigError`] when a file does not read or a key is not right.
pub(crate) fn explain(config: &Config) -> Result<String, ConfigError> {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _written = match &config.mail {
        None => writeln!(
            text,
            "mail: none; applicants are told of progress on their page alone ([mail])"
        ),
        Some(mail) => {
            mail.mailer(&config.forward)?;
            writeln!(
                text,
                "mail: notices of progress from {} by {}, events within {} s in one message, with \
                 links to {}",
                mail.from,
                mail.smtp,
                mail.gather_seconds,
                urls::absolute(
                    config.site.tls,
                    config.site.host.as_deref().unwrap_or_default(),
                    ""
                )
            )
        }
    };
    Ok(text)
}
