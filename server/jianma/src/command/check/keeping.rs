//! What a configuration says of keys, of the audit's witness, of proofs of identity and of who hands in
//! reports.

use std::fmt::Write as _;

use web::settings::LONGEST_MINUTES;

use crate::config::Config;

/// A line or two for each.
pub(super) fn explain(config: &Config) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _written = match &config.keys.folder {
        Some(folder) => writeln!(text, "keys: in {}", folder.display()),
        None => writeln!(
            text,
            "keys: in the data folder, so that whoever copies it has them ([keys] folder)"
        ),
    };
    let _written = match &config.audit.witness {
        Some(witness) => writeln!(text, "audit: its ends are witnessed in {}", witness.display()),
        None => writeln!(
            text,
            "audit: NO WITNESS; whoever writes the data folder and has its key can shorten the audit \
             ([audit] witness)"
        ),
    };
    let _written = match &config.identity {
        None => writeln!(text, "identity: none; everybody is the public"),
        Some(identity) => {
            let peers: Vec<String> = identity.peers.iter().map(ToString::to_string).collect();
            writeln!(
                text,
                "identity: assertions of {} for {}, handed in by {}, living at most {} minutes (the \
                 most that can be set is {LONGEST_MINUTES})",
                identity.issuer,
                identity.audience,
                peers.join(", "),
                identity.longest_minutes
            )
        }
    };
    if let Some(url) = &config.attachments.url {
        let _written = writeln!(
            text,
            "files of requests: in {url}, sealed under keys of the database; a portal that serves deletes there \
             what went with deleted requests, and no backup has them"
        );
    }
    if let Some(service) = &config.staff.oidc {
        let enough: Vec<&str> =
            service.acr.iter().chain(&service.amr).map(String::as_str).collect();
        let _written = writeln!(
            text,
            "staff: sign in by {} too, as {}, where it says {}",
            service.issuer,
            service.client_id,
            enough.join(", ")
        );
    }
    if let Some(open311) = &config.open311 {
        let clients: Vec<&str> = open311.clients.keys().map(String::as_str).collect();
        let _written = writeln!(
            text,
            "open311: reports for {} from {} clients: {}",
            open311.jurisdiction_id,
            clients.len(),
            clients.join(", ")
        );
    }
    text
}
