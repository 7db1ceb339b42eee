//! Every address of the portal, written once.

use std::collections::BTreeMap;

use const_format::concatcp;
use domain::{
    LandCode, Locale, address,
    base_map::Bounds,
    case::CaseNumber,
    figures::Window,
    label::LabelText,
    request::{DraftNumber, RequestNumber},
    service::Answers,
};
use service_api::NoticeLink;

/// Home: scan, type, search.
pub const HOME: &str = "/";
/// Home with the cursor in the field for codes, for a counter.
pub const AT_COUNTER: &str = "/?counter=1";
/// The list of services.
pub const SERVICES: &str = "/services";
/// Whether sites suit a use.
pub const SITES: &str = "/sites";
/// Where a use could be.
pub const SITE_SEARCH: &str = concatcp!(SITES, "/", SEARCH);
/// What follows [`SITES`] in its address.
pub(crate) const SEARCH: &str = "search";
/// What has changed in what is found, for who follows it.
pub const SEARCH_FEED: &str = concatcp!(SITE_SEARCH, ".atom");
/// The verdict on one site as a file: what it asks is written as in the address of its page.
pub const VERDICT_ROUTE: &str = concatcp!(SITES, "/verdict.json");
/// The same as a document, with the file in it.
pub const VERDICT_PAPER_ROUTE: &str = concatcp!(SITES, "/verdict.pdf");
/// Whether a verdict that somebody was given is genuine.
pub const VERIFY: &str = "/verify";
/// The field of a file that is to be checked.
pub const VERDICT_FILE: &str = "file";
/// The field of its text.
pub const VERDICT_TEXT: &str = "verdict";
/// The text that the answer on the page was about: a switch of language or size brings it along.
pub const VERDICT_BROUGHT: &str = "brought";
/// The field with what was found of the pages of a document that it was attached to.
pub const VERDICT_DRAWN: &str = "drawn";
/// The same of ground that somebody draws.
pub const OUTLINE: &str = "/sites/outline";
/// Its last part.
pub const OUTLINE_SEGMENT: &str = "outline";
/// Asks offices about an outline: a form leads to the page that hands it in.
pub const OUTLINE_ASK_ROUTE: &str = concatcp!(OUTLINE, "/ask");
/// The verdict on an outline as a file: a form asks it, as it asks the page.
pub const OUTLINE_VERDICT_ROUTE: &str = concatcp!(OUTLINE, "/verdict.json");
/// The same as a document, with the file in it.
pub const OUTLINE_VERDICT_PAPER_ROUTE: &str = concatcp!(OUTLINE, "/verdict.pdf");
/// Corners of an outline, as they are typed or pasted.
pub const POINTS: &str = "points";
/// The file of an outline.
pub const FILE: &str = "file";
/// Has the page of an outline list the parcels that a list may name there.
pub const LIST_PARCELS: &str = "parcels";
/// What a page answered about an outline, by its mark: a switch of language or size brings it along.
pub const ANSWERED: &str = "answered";
/// Following a request.
pub const REQUESTS: &str = "/requests";
/// Going on with a form that was saved.
pub const DRAFTS: &str = "/drafts";
/// What can be seen here and why.
pub const POLICY: &str = "/policy";
/// How many requests came in, were decided and wait.
pub const FIGURES: &str = "/figures";
/// The public figures as JSON.
pub const FIGURES_DATA: &str = concatcp!(address::API, FIGURES);
/// Over how many days.
pub const DAYS: &str = "days";
/// The laws that are cited, each under [`law_anchor`].
pub const LAWS: &str = "/laws";
/// Where field signs lead: the scene and the code of the place follow.
pub const SCENES: &str = "/scenes";
/// The route of a place as a scene begins.
pub const SCENE_ROUTE: &str = concatcp!(SCENES, "/{scene}/{code}");
/// What happens with personal data.
pub const PRIVACY: &str = "/privacy";
/// The accessibility statement.
pub const ACCESSIBILITY: &str = "/accessibility";
/// Where a person helps.
pub const HELP: &str = "/help";
/// About the portal and its data.
pub const ABOUT: &str = "/about";
/// Where the language and elder switches post to.
pub const PREFERENCES: &str = "/preferences";

/// Where programs search for parcels.
pub const PARCELS: &str = concatcp!(address::API, "/parcels");
/// Where the map that moves reads the base map.
pub const BASE_MAP: &str = concatcp!(address::API, "/basemap");
/// Where a map that goes anywhere reads it, square by square.
pub const BASE_MAP_SQUARE: &str = concatcp!(BASE_MAP, "/{column}/{row}");
/// Where maps read layers as tiles.
pub const TILE: &str = concatcp!(address::API, "/tiles/{z}/{x}/{y}");
/// Squares of the base map to a degree, each way: some 2.4 km by 2.8 km in the middle of Zhejiang.
pub const SQUARES_A_DEGREE: u16 = 40;

/// What stood in the search field of a page that is shown again; it is not searched for.
pub const DRAFT: &str = "draft";

/// The counter: for signed-in staff alone.
pub const STAFF: &str = "/staff";
/// Where staff sign in.
pub const STAFF_SIGN_IN: &str = concatcp!(STAFF, "/sign-in");
/// Where they sign out.
pub const STAFF_SIGN_OUT: &str = concatcp!(STAFF, "/sign-out");
/// Where they see and end their sessions.
pub const STAFF_SESSIONS: &str = concatcp!(STAFF, "/sessions");
/// Adding and removing passkeys.
pub const STAFF_PASSKEYS: &str = concatcp!(STAFF, "/passkeys");
/// What a browser is to ask a device for a new passkey.
pub const STAFF_PASSKEY_NEW: &str = concatcp!(STAFF_PASSKEYS, "/new");
/// What a browser is to ask a device for somebody's passkey.
pub const STAFF_PASSKEY_ASK: &str = concatcp!(STAFF_SIGN_IN, "/passkey");
/// The way to the office's identity service, and back from it.
pub const STAFF_SERVICE: &str = concatcp!(STAFF_SIGN_IN, "/service");
/// Where they see more of a place, for a reason.
pub const STAFF_PLACE: &str = concatcp!(STAFF, "/place");
/// Where they read a request of their office, for a reason.
pub const STAFF_REQUEST: &str = concatcp!(STAFF, "/request");
/// Where an auditor reads who looked at what.
pub const STAFF_AUDIT: &str = concatcp!(STAFF, "/audit");
/// Where they take what is listed there away.
pub const STAFF_AUDIT_EXPORT: &str = concatcp!(STAFF_AUDIT, "/export");
/// Where a supervisor lets somebody in again.
pub const STAFF_LOCKS: &str = concatcp!(STAFF, "/locks");
/// Where they see what departments have not got, and what is late.
pub const STAFF_DELIVERIES: &str = concatcp!(STAFF, "/deliveries");
/// The route of one delivery.
pub const STAFF_DELIVERY_ROUTE: &str = concatcp!(STAFF_DELIVERIES, "/{delivery}");
/// The route where somebody confirms what another proposed.
pub const STAFF_CONFIRM_ROUTE: &str = concatcp!(STAFF_DELIVERY_ROUTE, "/", STAFF_CONFIRM);
/// What follows a delivery in its address.
pub const STAFF_CONFIRM: &str = "confirm";
/// Where they call people who wait.
pub const STAFF_QUEUE: &str = concatcp!(STAFF, "/queue");
/// The visits of the office: what staff write for applicants.
pub const STAFF_CASES: &str = concatcp!(STAFF, "/cases");
/// A visit.
pub const STAFF_CASE_ROUTE: &str = concatcp!(STAFF_CASES, "/{case}");
/// The form of a service at a place, in a visit.
pub const STAFF_FORM_ROUTE: &str = concatcp!(STAFF_CASE_ROUTE, "/", FORMS, "/{code}");
/// What follows a visit in the address of its forms.
const FORMS: &str = "forms";
/// The materials of a service at a place, in a visit.
pub const STAFF_MATERIALS_ROUTE: &str = concatcp!(STAFF_CASE_ROUTE, "/", MATERIALS, "/{code}");
/// What follows a visit in the address of its materials.
const MATERIALS: &str = "materials";
/// The script by which the form of a visit is kept as somebody types.
pub const KEEPING_SCRIPT: &str = "/keeping.js";
/// A visit on paper: to be signed, and the receipts of who has no device.
pub const STAFF_PAPER_ROUTE: &str = concatcp!(STAFF_CASE_ROUTE, "/", PAPER);
/// What follows a visit in the address of its paper.
const PAPER: &str = "paper";
/// Where an applicant reads and confirms what staff at the counter have written for them.
pub const MIRROR: &str = "/counter";
/// The field with the pick-up code.
pub const PICK_UP: &str = "code";
/// What the link begins with by which staff choose their passphrase.
pub const STAFF_ENROL: &str = concatcp!(STAFF, "/enrol/");
/// The route of that link.
pub const STAFF_ENROL_ROUTE: &str = concatcp!(STAFF_ENROL, "{token}");

/// The route of a place's profile.
pub const PLACE_ROUTE: &str = concatcp!("/", address::PLACE, "/{code}");
/// The route of what the newest data changed at a place, for who follows it.
pub const CHANGES_ROUTE: &str = concatcp!(PLACE_ROUTE, "/", CHANGES);
const CHANGES: &str = "changes.atom";
/// The route of everything that is told of a place, signed, as a file.
pub const EXTRACT_ROUTE: &str = concatcp!(PLACE_ROUTE, "/extract.json");
/// The route of the same as a document, with the file in it.
pub const EXTRACT_PAPER_ROUTE: &str = concatcp!(PLACE_ROUTE, "/extract.pdf");
/// The route that the code of a printed extract leads to.
pub const VERIFY_STUB_ROUTE: &str = concatcp!(VERIFY, "/{stub}");
/// Asks the page of a place for the data of a day.
pub const AS_OF: &str = "asof";
/// The route of the form at a place.
pub const NEW_REQUEST_ROUTE: &str =
    concatcp!(PLACE_ROUTE, "/", NEW_REQUEST[0], "/", NEW_REQUEST[1]);
/// The route of a label's page.
pub const LABEL_ROUTE: &str = concatcp!("/", address::LABEL, "/{label}");
/// The route of the form that asks several offices for what a verdict on a place lacks.
pub const ASK_OFFICES_ROUTE: &str =
    concatcp!(PLACE_ROUTE, "/", ASK_OFFICES[0], "/", ASK_OFFICES[1]);
/// What follows a place in its address.
pub(crate) const ASK_OFFICES: [&str; 2] = [NEW_REQUEST[0], "ask"];
/// What follows a place in the address of its form.
pub(crate) const NEW_REQUEST: [&str; 2] = ["requests", "new"];
/// The route of a service's guide.
pub const SERVICE_ROUTE: &str = concatcp!(SERVICES, "/{item}");
/// The route of a request's page.
pub const REQUEST_ROUTE: &str = concatcp!(REQUESTS, "/{number}");
/// The route where a browser forgets the secret of a request.
pub const FORGET_ROUTE: &str = concatcp!(REQUEST_ROUTE, "/", FORGET);
/// What follows a request in its address.
const FORGET: &str = "forget";
/// What follows a request in the addresses of its notices.
pub(crate) const OUTCOMES: &str = "outcomes";
/// The notice of what became of a request, by the sequence of its event.
pub const OUTCOME_ROUTE: &str = concatcp!(REQUEST_ROUTE, "/", OUTCOMES, "/{event}");
/// The same as a document.
pub const OUTCOME_PDF_ROUTE: &str = concatcp!(OUTCOME_ROUTE, "/notice.pdf");

/// Where the notice of an event of a request stands.
#[must_use]
pub fn outcome(number: &RequestNumber, event: u32) -> String {
    format!("{}/{OUTCOMES}/{event}", request(number))
}

/// The event in the address of a notice or its document.
#[must_use]
pub fn event_in(path: &str) -> Option<u32> {
    let mut parts = path.strip_prefix(REQUESTS)?.split('/').skip(2);
    parts.next().filter(|part| *part == OUTCOMES)?;
    parts.next()?.parse().ok()
}

/// Where it is taken away as a document.
#[must_use]
pub fn outcome_pdf(number: &RequestNumber, event: u32) -> String {
    format!("{}/notice.pdf", outcome(number, event))
}

/// Where an address is named that is told of a request's progress.
pub const NOTICES_ROUTE: &str = concatcp!(REQUEST_ROUTE, "/", NOTICES);
/// Where such an address is confirmed, by the link of a message.
pub const CONFIRM_ROUTE: &str =
    concatcp!(NOTICES_ROUTE, "/", NoticeLink::Confirm.segment(), "/{token}");
/// Where its reader says that they want no more.
pub const STOP_ROUTE: &str = concatcp!(NOTICES_ROUTE, "/", NoticeLink::Stop.segment(), "/{token}");
/// What follows a request in the address of its notices, and where they stand on its page.
pub const NOTICES: &str = "notices";

/// In the query of what an applicant opened at the counter: a screen of the counter clears it.
pub const CLEARED: &str = "cleared";

/// The board of a hall: who is called where.
pub const HALL_ROUTE: &str = "/hall/{hall}";
/// Where a visitor of a hall takes a ticket.
pub const HALL_TICKET_ROUTE: &str = concatcp!(HALL_ROUTE, "/", TICKET);
/// What follows a hall in the address of its tickets, and the ticket that the page is about.
pub const TICKET: &str = "ticket";

/// What tells the board and the counters of a hall that something changed.
pub const HALL_EVENTS_ROUTE: &str = concatcp!(HALL_ROUTE, "/", HALL_EVENTS);
/// What follows a hall in the address of its events.
const HALL_EVENTS: &str = "events";
/// The script by which pages of a hall follow it.
pub const HALL_SCRIPT: &str = "/hall.js";

/// What tells the board and the counters of a hall that something changed.
#[must_use]
pub fn hall_events(id: &str) -> String {
    format!("{}/{HALL_EVENTS}", hall(id))
}

/// The board of a hall.
#[must_use]
pub fn hall(id: &str) -> String {
    format!("/hall/{id}")
}

/// Where a visitor of a hall takes a ticket.
#[must_use]
pub fn hall_ticket(id: &str) -> String {
    format!("{}/{TICKET}", hall(id))
}

/// A delivery on the pages of staff.
#[must_use]
pub fn staff_delivery(id: &str) -> String {
    format!("{STAFF_DELIVERIES}/{id}")
}

/// A visit to the counter.
#[must_use]
pub fn staff_case(case: &CaseNumber) -> String {
    format!("{STAFF_CASES}/{case}")
}

/// The services that can be asked for at a place, in a visit.
#[must_use]
pub fn staff_case_at(case: &CaseNumber, place: &LandCode) -> String {
    format!("{}?place={place}", staff_case(case))
}

/// The form of a service at a place, in a visit.
#[must_use]
pub fn staff_form(case: &CaseNumber, code: &LandCode, item: &str) -> String {
    format!("{}/{FORMS}/{code}?item={item}", staff_case(case))
}

/// The place of a form in a visit, as it is written in its address; `None` of every other address.
#[must_use]
pub fn place_of_staff_form(address: &str) -> Option<&str> {
    place_in_visit(address, FORMS)
}

/// The materials of a service at a place, in a visit.
#[must_use]
pub fn staff_materials(case: &CaseNumber, code: &LandCode, item: &str) -> String {
    format!("{}/{MATERIALS}/{code}?item={item}", staff_case(case))
}

/// The place of a list of materials in a visit, as it is written in its address; `None` of every other address.
#[must_use]
pub fn place_of_staff_materials(address: &str) -> Option<&str> {
    place_in_visit(address, MATERIALS)
}

/// The place in the address of something of a visit.
fn place_in_visit<'a>(address: &'a str, something: &str) -> Option<&'a str> {
    let path = address.split('?').next()?.strip_prefix(STAFF_CASES)?.strip_prefix('/')?;
    let mut parts = path.split('/');
    let (_, what, place) = (parts.next()?, parts.next()?, parts.next()?);
    (what == something && parts.next().is_none()).then_some(place)
}

/// A visit on paper.
#[must_use]
pub fn staff_paper(case: &CaseNumber) -> String {
    format!("{}/{PAPER}", staff_case(case))
}

/// Where an applicant opens what they are shown, its code filled in.
#[must_use]
pub fn mirror(code: &str) -> String {
    format!("{MIRROR}?{PICK_UP}={code}")
}

/// A place at the desk of staff.
#[must_use]
pub fn at_desk(code: &LandCode) -> String {
    format!("{STAFF}?q={code}")
}

/// The profile of a place, in canonical form.
#[must_use]
pub fn place(code: &LandCode) -> String {
    address::of_place(code)
}

/// What the newest data changed at a place, in a language: readers of feeds keep no cookie.
#[must_use]
pub fn changes(code: &LandCode, locale: Locale) -> String {
    format!("{}/{CHANGES}?{FEED_LANGUAGE}={}", place(code), locale.name())
}

/// Everything that is told of a place, signed: as a file (`json`) or as a document (`pdf`).
#[must_use]
pub fn extract(code: &LandCode, ending: &str) -> String {
    format!("{}/extract.{ending}", place(code))
}

/// Whether a printed extract is genuine, by what its code carries.
#[must_use]
pub fn verify_stub(stub: &str) -> String {
    format!("{VERIFY}/{stub}")
}

/// The entry of a law in the register, by its id there.
#[must_use]
pub fn law(id: &str) -> String {
    format!("{LAWS}#{}", law_anchor(id))
}

/// What the entry is called on its page.
#[must_use]
pub fn law_anchor(id: &str) -> String {
    format!("law-{id}")
}

/// A page of what a search finds; the first has no number.
#[must_use]
pub fn search(words: &str, page: usize) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("q", words);
    if page > 1 {
        query.append_pair("page", &page.to_string());
    }
    format!("{HOME}?{}", query.finish())
}

/// The question whether a site suits a use, with its code filled in.
#[must_use]
pub fn sites_at(code: &LandCode) -> String {
    format!("{SITES}?{CODE}={code}")
}

/// The question whether a site suits a use of a rule set (`rules.use`), begun and not asked yet.
#[must_use]
pub fn sites_begun(of: &str, code: Option<&LandCode>) -> String {
    let code = code.map(|code| format!("&{CODE}={code}")).unwrap_or_default();
    format!("{SITES}?{DRAFT}=1&{USE}={of}{code}")
}

/// Sites compared for a use of a rule set, with the weights of a reader's own.
#[must_use]
pub fn sites_weighed(
    of: (&str, &str),
    codes: &[LandCode],
    answers: &BTreeMap<String, String>,
    weights: &BTreeMap<String, String>,
) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (criterion, weight) in weights {
        query.append_pair(&format!("{WEIGHT}{criterion}"), weight);
    }
    let more = query.finish();
    let sites = sites(of, codes, answers);
    if more.is_empty() { sites } else { format!("{sites}&{more}") }
}

/// A path of this portal as a whole address, on a host that people reach by TLS or not.
#[must_use]
pub fn absolute(tls: bool, host: &str, path: &str) -> String {
    let scheme = if tls { "https" } else { "http" };
    format!("{scheme}://{host}{path}")
}

/// The question about ground that somebody draws, beginning at a place.
#[must_use]
pub fn outline_at(code: &LandCode) -> String {
    format!("{OUTLINE}?{CODE}={code}")
}

/// Whether sites suit a use of a rule set, with what was answered to its questions: a link that says the
/// same to whoever opens it.
#[must_use]
pub fn sites(
    (set, of): (&str, &str),
    codes: &[LandCode],
    answers: &BTreeMap<String, String>,
) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair(USE, &format!("{set}.{of}"));
    for code in codes {
        query.append_pair(CODE, code.as_str());
    }
    for (question, answer) in answers {
        query.append_pair(&format!("{ANSWER}{question}"), answer);
    }
    format!("{SITES}?{}", query.finish())
}

/// Where a use of a rule set could be, with what was answered to its questions and whatever `more` says.
#[must_use]
pub fn site_search(
    of: (&str, &str),
    answers: &BTreeMap<String, String>,
    more: &[(&str, String)],
) -> String {
    format!("{SITE_SEARCH}?{}", search_query(of, answers, more))
}

/// What has changed in what such a search finds.
#[must_use]
pub fn search_feed(
    of: (&str, &str),
    answers: &BTreeMap<String, String>,
    more: &[(&str, String)],
) -> String {
    format!("{SEARCH_FEED}?{}", search_query(of, answers, more))
}

fn search_query(
    (set, of): (&str, &str),
    answers: &BTreeMap<String, String>,
    more: &[(&str, String)],
) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair(USE, &format!("{set}.{of}"));
    for (question, answer) in answers {
        query.append_pair(&format!("{ANSWER}{question}"), answer);
    }
    query.extend_pairs(more);
    query.finish()
}

/// The least size of sites that are searched, m².
pub const LEAST: &str = "min";
/// Below which size they are, m².
pub const MOST: &str = "max";
/// Which of them are listed.
pub const BAND: &str = "band";
/// Which page.
pub const PAGE: &str = "page";
/// By which rules and data a search was kept.
pub const SAVED: &str = "by";
/// The language of a feed, whose readers keep no cookie.
pub const FEED_LANGUAGE: &str = "lang";
/// Codes in a question about sites.
pub const CODE: &str = "code";
/// What is to be done there, in words.
pub const WHAT: &str = "what";
/// The same by rule set and use, with a dot between.
pub const USE: &str = "use";
/// What stands before the name of a criterion of the rules: how much it counts for who compares.
pub const WEIGHT: &str = "w.";
/// What stands before the name of a question of the rules.
pub const ANSWER: &str = "a.";

/// A label's own address.
#[must_use]
pub fn label(label: &LabelText) -> String {
    address::of_label(label)
}

/// The form at a place, whatever the service.
#[must_use]
pub fn request_form(code: &LandCode) -> String {
    format!("{}/{}", place(code), NEW_REQUEST.join("/"))
}

/// A place as a scene begins: what a field sign leads to.
#[must_use]
pub fn scene(scene: &str, code: &LandCode) -> String {
    format!("{SCENES}/{scene}/{code}")
}

/// The form for a service at a place.
#[must_use]
pub fn new_request(code: &LandCode, item: &str) -> String {
    format!("{}?item={item}", request_form(code))
}

/// The same with one of its fields filled in.
#[must_use]
pub fn prefilled_request(code: &LandCode, item: &str, (field, text): (&str, &str)) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("item", item).append_pair(field, text);
    format!("{}?{}", request_form(code), query.finish())
}

/// The figures of a window.
#[must_use]
pub fn figures(window: Window) -> String {
    format!("{FIGURES}?{DAYS}={}", window.days())
}

/// Whether a path is that of the request form at a place.
#[must_use]
pub fn is_request_form(path: &str) -> bool {
    address::below(address::PLACE, path)
        .and_then(|rest| rest.split_once('/'))
        .is_some_and(|(_, rest)| rest == NEW_REQUEST.join("/"))
}

/// The form for a service at a place, with these fields filled in.
#[must_use]
pub fn filled_request(code: &LandCode, item: &str, values: &Answers) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("item", item).extend_pairs(values);
    format!("{}?{}", request_form(code), query.finish())
}

/// Where the form that asks several offices is sent.
#[must_use]
pub fn asked_offices(code: &LandCode) -> String {
    format!("{}/{}", place(code), ASK_OFFICES.join("/"))
}

/// The form that asks several offices, for a use of a rule set at a place, with what was answered to its questions.
#[must_use]
pub fn ask_offices(
    of: (&str, &str),
    code: &LandCode,
    answers: &BTreeMap<String, String>,
) -> String {
    format!("{}?{}", asked_offices(code), search_query(of, answers, &[]))
}

/// The guide of a service.
#[must_use]
pub fn service(item: &str) -> String {
    format!("{SERVICES}/{item}")
}

/// A request's tracking page, which is its receipt too.
#[must_use]
pub fn request(number: &RequestNumber) -> String {
    format!("{REQUESTS}/{number}")
}

/// The number in the address of a request's page or of one below it, as it is written there.
#[must_use]
pub fn number_in(path: &str) -> Option<&str> {
    path.strip_prefix(REQUESTS)?.strip_prefix('/')?.split('/').next()
}

/// Where a visitor has their browser forget the secret of a request.
#[must_use]
pub fn forget(number: &RequestNumber) -> String {
    format!("{}/{FORGET}", request(number))
}

/// The verdict on the site of a request with what offices said to it, as a file.
pub const REQUEST_VERDICT_ROUTE: &str = concatcp!(REQUEST_ROUTE, "/verdict.json");
/// The same as a document, with the file in it.
pub const REQUEST_PAPER_ROUTE: &str = concatcp!(REQUEST_ROUTE, "/verdict.pdf");

/// Where both are taken away: the file, then the document.
#[must_use]
pub fn request_verdicts(number: &RequestNumber) -> [String; 2] {
    ["json", "pdf"].map(|kind| format!("{}/verdict.{kind}", request(number)))
}

/// Where an address is named that is told of a request's progress.
#[must_use]
pub fn notices(number: &RequestNumber) -> String {
    format!("{}/{NOTICES}", request(number))
}

/// Where a draft is gone on with, its number filled in; its secret stands in no address.
#[must_use]
pub fn draft(number: &DraftNumber) -> String {
    format!("{DRAFTS}?number={number}")
}

/// Where the notices of a request stand on its page.
#[must_use]
pub fn notices_shown(number: &RequestNumber) -> String {
    format!("{}#{NOTICES}", request(number))
}

/// What the link of a message leads to.
#[must_use]
pub fn notice_link(number: &RequestNumber, link: NoticeLink, token: &str) -> String {
    format!("{}/{}/{token}", notices(number), link.segment())
}

/// The parts of such a link; `None` of every other address.
#[must_use]
pub fn notice_link_in(path: &str) -> Option<(RequestNumber, NoticeLink, &str)> {
    let rest = path.strip_prefix(REQUESTS)?.strip_prefix('/')?;
    let parts: Vec<&str> = rest.split('/').collect();
    let [number, NOTICES, link, token] = parts[..] else { return None };
    Some((RequestNumber::parse(number)?, NoticeLink::from_segment(link)?, token))
}

/// What a visitor may do about their request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// See all of it.
    Data,
    /// Take it along as a file.
    File,
    /// Correct it.
    Correct,
    /// Take it back.
    Withdraw,
    /// Say how satisfied one was.
    Rate,
    /// Ask for it to be taken up again.
    Reopen,
    /// Have it deleted.
    Delete,
}

impl Right {
    /// What follows a request in the address of it.
    #[must_use]
    pub const fn segment(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::File => "data.json",
            Self::Correct => "correct",
            Self::Withdraw => "withdraw",
            Self::Rate => "rate",
            Self::Reopen => "reopen",
            Self::Delete => "delete",
        }
    }

    /// Its route.
    #[must_use]
    pub const fn route(self) -> &'static str {
        match self {
            Self::Data => concatcp!(REQUEST_ROUTE, "/", Right::Data.segment()),
            Self::File => concatcp!(REQUEST_ROUTE, "/", Right::File.segment()),
            Self::Correct => concatcp!(REQUEST_ROUTE, "/", Right::Correct.segment()),
            Self::Withdraw => concatcp!(REQUEST_ROUTE, "/", Right::Withdraw.segment()),
            Self::Rate => concatcp!(REQUEST_ROUTE, "/", Right::Rate.segment()),
            Self::Reopen => concatcp!(REQUEST_ROUTE, "/", Right::Reopen.segment()),
            Self::Delete => concatcp!(REQUEST_ROUTE, "/", Right::Delete.segment()),
        }
    }
}

/// Where the rating of a request stands on its page.
pub const RATING: &str = "your-rating";

/// Where the rating of a request stands on its page.
#[must_use]
pub fn rating_shown(number: &RequestNumber) -> String {
    format!("{}#{RATING}", request(number))
}

/// Where it stands on the page of a request whether it is taken up again.
pub const REOPENING: &str = "take-up-again";

/// Where it stands on the page of a request whether it is taken up again.
#[must_use]
pub fn reopening_shown(number: &RequestNumber) -> String {
    format!("{}#{REOPENING}", request(number))
}

/// Where a visitor does something about their request.
#[must_use]
pub fn right(number: &RequestNumber, right: Right) -> String {
    format!("{}/{}", request(number), right.segment())
}

/// A part of the base map of a data set.
#[must_use]
pub fn base_map(dataset: &str, part: Bounds) -> String {
    let Bounds { west, south, east, north } = part;
    format!("{BASE_MAP}?dataset={dataset}&bbox={west:.5},{south:.5},{east:.5},{north:.5}")
}
