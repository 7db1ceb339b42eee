//! One e-mail address, to which a department can write.

use email_address::{EmailAddress, Options};

use super::AnswerFault;
use crate::text;

/// What may end an address that stood in a sentence.
const ENDS: [char; 5] = ['.', ',', ';', '。', '、'];

/// The address, as Chinese keyboards and copied links write it, in ASCII where it can be. No name, no
/// address of a machine: `a@[192.0.2.1]` reaches nobody.
///
/// # Errors
/// [`AnswerFault::NotOneEmail`] or [`AnswerFault::NotAnEmail`].
pub(super) fn read(typed: &str) -> Result<String, AnswerFault> {
    let narrow = text::narrow(typed);
    let narrow = narrow.trim();
    let bare = narrow.strip_prefix("mailto:").unwrap_or(narrow).trim_end_matches(ENDS);
    let several = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '、' | '<' | '>' | '"');
    if bare.contains('@') && bare.contains(several) {
        return Err(AnswerFault::NotOneEmail);
    }
    let options = Options {
        minimum_sub_domains: 2,
        allow_domain_literal: false,
        allow_display_text: false,
        ..Options::default()
    };
    let address = match bare.split_once('@') {
        Some((user, host)) => format!("{user}@{}", host.replace('。', ".")),
        None => return Err(AnswerFault::NotAnEmail),
    };
    match EmailAddress::parse_with_options(&address, options) {
        Ok(read) if is_of_the_web(read.domain()) && !read.local_part().contains(MARKS) => {
            Ok(address)
        }
        _ => Err(AnswerFault::NotAnEmail),
    }
}

/// Marks that RFC 5322 allows before the `@`, and that begin something else in a link or a shell.
const MARKS: [char; 5] = ['?', '%', '|', '&', '`'];

/// Whether mail can be sent to a host from anywhere: labels of letters, digits and hyphens (RFC 1035,
/// RFC 5890), the last of them no number.
fn is_of_the_web(host: &str) -> bool {
    let is_label = |label: &str| label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let top = host.rsplit('.').next().unwrap_or_default();
    host.split('.').all(is_label) && !top.chars().all(|c| c.is_ascii_digit())
}
