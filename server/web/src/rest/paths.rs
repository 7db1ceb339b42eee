//! The addresses of the API, each written once: routes, their description and links are made of them. What
//! others ask for too, pages or departments, stands with what they share: [`app::urls`],
//! [`domain::address`].

use app::urls;
use const_format::concatcp;
use domain::address::API;

/// The description of all of them.
pub const OPENAPI: &str = "/api/openapi.json";
/// Parcels that match.
pub use app::urls::PARCELS;
/// One parcel or unit.
pub const PARCEL: &str = concatcp!(PARCELS, "/{code}");
/// What restricts it.
pub const RESTRICTIONS: &str = concatcp!(PARCEL, "/restrictions");
/// What a label comes to.
pub const LABEL: &str = concatcp!(API, "/labels/{label}");
/// What can be asked for.
pub const SERVICES: &str = concatcp!(API, urls::SERVICES);
/// How many requests came in, were decided and wait.
pub use app::urls::FIGURES_DATA as FIGURES;
/// Whether sites suit a use.
pub const SUITABILITY: &str = concatcp!(API, "/suitability");
/// The uses that are judged.
pub const SUITABILITY_USES: &str = concatcp!(SUITABILITY, "/uses");
/// Where a use could be.
pub const SITES: &str = concatcp!(API, urls::SITES);
/// The keys that verdicts are signed with.
pub const KEYS: &str = "/.well-known/jianma-keys.json";
/// What waits for a department that collects it.
pub const INBOX: &str = concatcp!(API, "/departments/{id}/inbox");
/// Its word that it has one of them.
pub const ACKNOWLEDGE: &str = concatcp!(INBOX, "/{delivery}/acknowledge");
/// A file of a request.
pub const ATTACHMENT: &str = concatcp!(API, "/attachments/{attachment}");
/// Files that are brought for a request.
pub use crate::attaching::UPLOADS;
/// One of them, as far as it came.
pub const UPLOAD: &str = concatcp!(UPLOADS, "/{upload}");
/// The files of a request that a department was sent.
pub const DEPARTMENT_ATTACHMENTS: &str =
    concatcp!(API, "/departments/{id}/requests/{number}/attachments");
/// Handing in.
pub const REQUESTS: &str = concatcp!(API, urls::REQUESTS);
/// Following.
pub const REQUEST: &str = concatcp!(API, urls::REQUEST_ROUTE);
/// All that is kept of a request.
pub const DATA: &str = concatcp!(REQUEST, "/data");
/// Correcting it.
pub const CORRECTIONS: &str = concatcp!(REQUEST, "/corrections");
/// Taking it back.
pub const WITHDRAWAL: &str = concatcp!(REQUEST, "/withdrawal");
/// Saying how satisfied one was.
pub const RATING: &str = concatcp!(REQUEST, "/rating");
/// That a request is taken up again.
pub const REOPENING: &str = concatcp!(REQUEST, "/reopening");
/// Having it deleted.
pub const DELETION: &str = concatcp!(REQUEST, "/deletion");
