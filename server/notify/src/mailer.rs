//! E-mail over SMTP.

use std::{
    fmt,
    net::IpAddr,
    time::{Duration, UNIX_EPOCH},
};

use async_trait::async_trait;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox, SinglePart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        self,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
        extension::ClientId,
    },
};
use url::Url;

use crate::{Messenger, Outgoing, Unsent};

/// A password, which no log shows.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// A password as it stands in its file.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim_end_matches(['\r', '\n']).to_owned())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// What an operator sets of mail.
#[derive(Clone, Debug)]
pub struct MailerConfig {
    /// Whom it comes from: `name@host`, or `Name <name@host>`.
    pub from: String,
    /// The server: `smtps://host` for TLS from the first byte, `smtp://host` for STARTTLS.
    pub server: String,
    /// Name and password there.
    pub account: Option<(String, Password)>,
    /// Allows a server on another machine without TLS.
    pub allow_plain: bool,
    /// Certificates of private authorities in PEM, trusted beside those of the machine.
    pub authorities: String,
}

/// What is wrong with what is set of mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailFault {
    /// Nobody could answer to the sender.
    #[error("from is no e-mail address; write name@host, or Name <name@host>")]
    From,
    /// No server.
    #[error(
        "smtp names no server; write smtps://host, or smtp://host for one that begins in clear and \
         changes to TLS; user and password have keys of their own"
    )]
    Server,
    /// No certificate in the file.
    #[error("the certificates in ca_file do not read as PEM; nothing in them is a certificate")]
    Authorities,
    /// TLS cannot be had.
    #[error(
        "no TLS can be spoken: the machine has no certificates of authorities (on Debian, the package \
         ca-certificates)"
    )]
    Tls,
}

/// Sends e-mail through one server.
pub struct Mailer {
    from: Mailbox,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer").field("from", &self.from).finish_non_exhaustive()
    }
}

impl Mailer {
    /// A mailer as it is set; nothing is asked of the server yet. `patience` is for each exchange.
    ///
    /// # Errors
    /// [`MailFault`].
    pub fn new(config: &MailerConfig, patience: Duration) -> Result<Self, MailFault> {
        let from: Mailbox = config.from.parse().or(Err(MailFault::From))?;
        let Server { host, port, tls } = Server::read(config)?;
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(port)
            .tls(tls)
            .hello_name(hello)
            .timeout(Some(patience));
        if let Some((user, Password(password))) = config.account.clone() {
            transport = transport.credentials(Credentials::new(user, password));
        }
        Ok(Self { from, transport: transport.build() })
    }

    fn message(&self, outgoing: &Outgoing) -> Result<Message, Unsent> {
        let unwritten = |error: &dyn fmt::Display| Unsent::Message(error.to_string());
        // The text of this error may quote the address.
        let refused = |_| Unsent::Address("it does not read as one".to_owned());
        let to: Address = outgoing.to.parse().map_err(refused)?;
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&outgoing.subject)
            .date(UNIX_EPOCH + Duration::from_secs(outgoing.at.as_second().unsigned_abs()))
            .message_id(Some(format!("<{}@{}>", outgoing.id, self.from.email.domain())));
        for (name, value) in [
            // RFC 3834: no answering machine answers.
            ("Auto-Submitted", "auto-generated".to_owned()),
            // RFC 2369 and RFC 8058: a mail program offers to stop it, with one press.
            ("List-Unsubscribe", format!("<{}>", outgoing.stop)),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
        ] {
            let name = HeaderName::new_from_ascii(name.to_owned());
            let name = name.map_err(|error| unwritten(&error))?;
            message = message.raw_header(HeaderValue::new(name, value));
        }
        let text = SinglePart::plain(outgoing.text.clone());
        message.singlepart(text).map_err(|error| unwritten(&error))
    }
}

#[async_trait]
impl Messenger for Mailer {
    async fn send(&self, message: &Outgoing) -> Result<(), Unsent> {
        let sent = self.transport.send(self.message(message)?).await;
        sent.map(drop).map_err(|error| unsent(&error))
    }
}

/// The server as it is set.
struct Server {
    host: String,
    port: u16,
    tls: Tls,
}

impl Server {
    fn read(config: &MailerConfig) -> Result<Self, MailFault> {
        let url = Url::parse(&config.server).or(Err(MailFault::Server))?;
        let bare = url.username().is_empty()
            && url.password().is_none()
            && matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none();
        let host = url.host_str().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        if !bare || host.is_empty() {
            return Err(MailFault::Server);
        }
        let plain = config.allow_plain || is_here(&host);
        let (port, tls) = match url.scheme() {
            "smtps" => (465, Tls::Wrapper(parameters(config, &host)?)),
            "smtp" if plain => (25, Tls::None),
            "smtp" => (587, Tls::Required(parameters(config, &host)?)),
            _ => return Err(MailFault::Server),
        };
        Ok(Self { host, port: url.port().unwrap_or(port), tls })
    }
}

/// Whether a host is this machine.
fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn parameters(config: &MailerConfig, host: &str) -> Result<TlsParameters, MailFault> {
    let mut tls = TlsParameters::builder(host.to_owned());
    if !config.authorities.trim().is_empty() {
        let read = Certificate::from_pem(config.authorities.as_bytes());
        tls = tls.add_root_certificate(read.or(Err(MailFault::Authorities))?);
    }
    tls.build().or(Err(MailFault::Tls))
}

/// Why something was not sent: by its code, for what a server writes beside it may quote the address.
fn unsent(error: &smtp::Error) -> Unsent {
    let Some(code) = error.status() else {
        return match std::error::Error::source(error) {
            // An address in letters that the server does not take. The client also says of a server that it
            // has no STARTTLS or AUTH, and no address is to blame for that.
            Some(why) if error.is_client() && why.to_string().contains("SMTPUTF8") => {
                Unsent::Address(why.to_string())
            }
            _ if error.is_response() => Unsent::Channel("its answer does not read".to_owned()),
            Some(why) => Unsent::Channel(why.to_string()),
            None => Unsent::Channel("it does not answer in time".to_owned()),
        };
    };
    let text = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    refused(u16::from(code), &text)
}

/// What a refusal with this code and text means (RFC 5321, 4.2.3; RFC 3463).
fn refused(code: u16, text: &str) -> Unsent {
    let is_status = |word: &&str| {
        let parts: Vec<&str> = word.split('.').collect();
        let [class, rest @ ..] = parts.as_slice() else { return false };
        let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        matches!(*class, "4" | "5") && rest.len() == 2 && rest.iter().all(is_number)
    };
    let status = text.split_whitespace().next().filter(is_status).unwrap_or_default();
    let reason = format!("{code} {status}").trim_end().to_owned();
    match (code, status) {
        // Bad destination; disabled mailbox; the host takes no mail.
        (_, "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.2.1") => Unsent::Address(reason),
        // Who we are, and whether we may: the operator has to mend it.
        (421 | 454 | 500..=504 | 530 | 534 | 535 | 538, _) => Unsent::Channel(reason),
        // A bare 550 may be about the sender or what is said: days of trying give an address up, not a word.
        _ => Unsent::Message(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(server: &str) -> MailerConfig {
        MailerConfig {
            from: "见码 <noreply@portal.example.gov.cn>".to_owned(),
            server: server.to_owned(),
            account: None,
            allow_plain: false,
            authorities: String::new(),
        }
    }

    fn mailer(config: &MailerConfig) -> Result<Mailer, MailFault> {
        Mailer::new(config, Duration::from_secs(1))
    }

    fn fault(server: &str) -> Option<MailFault> {
        mailer(&config(server)).err()
    }

    #[test]
    fn a_server_is_reached_over_tls_unless_it_is_this_machine_or_somebody_says_so() {
        let tls = |config: &MailerConfig| Server::read(config).map(|server| server.tls);
        assert!(matches!(tls(&config("smtps://mail.example.cn")), Ok(Tls::Wrapper(_))));
        assert!(matches!(tls(&config("smtp://mail.example.cn")), Ok(Tls::Required(_))));
        assert!(matches!(tls(&config("smtp://127.0.0.1:2525")), Ok(Tls::None)));
        assert!(matches!(tls(&config("smtp://[::1]:2525")), Ok(Tls::None)));
        let plain = MailerConfig { allow_plain: true, ..config("smtp://mail.example.cn") };
        assert!(matches!(tls(&plain), Ok(Tls::None)));
        assert_eq!(Server::read(&config("smtps://mail.example.cn")).unwrap().port, 465);
        assert_eq!(Server::read(&config("smtp://mail.example.cn:2587")).unwrap().port, 2587);
    }

    #[test]
    fn what_is_set_wrong_is_named() {
        for server in [
            "mail.example.cn",
            "https://mail.example.cn",
            "smtp://",
            "smtp://user:secret@mail.example.cn",
            "smtp://mail.example.cn/path",
            "smtp://mail.example.cn?tls=none",
        ] {
            assert_eq!(fault(server), Some(MailFault::Server), "{server}");
        }
        let from = MailerConfig { from: "见码".to_owned(), ..config("smtp://localhost") };
        assert_eq!(mailer(&from).err(), Some(MailFault::From));
        let authorities = MailerConfig {
            authorities: "-----BEGIN nothing".to_owned(),
            ..config("smtps://mail.example.cn")
        };
        assert_eq!(mailer(&authorities).err(), Some(MailFault::Authorities));
    }

    #[test]
    fn p10_a_message_says_who_it_is_from_that_a_machine_wrote_it_and_how_it_stops() {
        let outgoing = Outgoing {
            to: "zhang@example.cn".to_owned(),
            subject: "申请有新进展".to_owned(),
            text: "您的申请有新进展。\n".to_owned(),
            id: "drawn.3".to_owned(),
            stop: "https://portal.example.gov.cn/requests/JM-1/notices/stop/token".to_owned(),
            at: "2026-11-30T01:02:03Z".parse().unwrap(),
        };
        let message = mailer(&config("smtp://localhost")).unwrap().message(&outgoing).unwrap();
        let text = String::from_utf8(message.formatted()).unwrap();
        assert!(text.is_ascii(), "no server needs 8BITMIME: {text}");
        let unfolded = text.replace("\r\n ", " ");
        for line in [
            "To: zhang@example.cn",
            "Date: Mon, 30 Nov 2026 01:02:03 +0000",
            "Message-ID: <drawn.3@portal.example.gov.cn>",
            "Auto-Submitted: auto-generated",
            "List-Unsubscribe: <https://portal.example.gov.cn/requests/JM-1/notices/stop/token>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "Content-Type: text/plain; charset=utf-8",
        ] {
            assert!(unfolded.contains(line), "{line}: {text}");
        }
        assert!(unfolded.contains("<noreply@portal.example.gov.cn>"), "{text}");
    }

    #[test]
    fn p10_an_address_is_given_up_only_when_the_server_says_it_is_the_address() {
        for (code, text, kind) in [
            (550, "5.1.1 <zhang@example.cn>: unknown", "address"),
            (550, "no such user zhang@example.cn", "message"),
            (501, "5.1.3 bad address", "address"),
            (553, "5.1.3 bad", "address"),
            (550, "5.7.1 we take nothing from you", "message"),
            (554, "5.7.1 spam", "message"),
            (552, "5.2.2 full", "message"),
            (450, "4.2.1 later", "message"),
            (535, "5.7.8 who are you", "channel"),
            (421, "4.3.0 closing", "channel"),
            (530, "5.7.0 STARTTLS first", "channel"),
        ] {
            let unsent = refused(code, text);
            let found = match &unsent {
                Unsent::Address(_) => "address",
                Unsent::Message(_) => "message",
                Unsent::Channel(_) => "channel",
            };
            assert_eq!(found, kind, "{code} {text}");
            assert!(!unsent.to_string().contains("zhang"), "{unsent}");
        }
    }
}
