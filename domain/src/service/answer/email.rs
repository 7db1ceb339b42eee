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
        Ok(_) => Ok(address),
        Err(_) => Err(AnswerFault::NotAnEmail),
    }
}
