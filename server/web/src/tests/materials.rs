//! The materials desk: what a clerk says of each material, its copies, and who learns what of it (desk D11).

use axum::http::Method;
use domain::{
    audit::CaseStep,
    request::{MaterialBy, MaterialSeen, RequestNumber},
    service::service,
    signing::{Held, PublishedKeys},
    staff::Role,
};
use store::{Attachments as _, Requests as _};

use super::{
    attachments::document,
    filing::{Desk, confirms, number_in, opened, steps},
    harness::{Answer, OneKey, Web},
    land::HERE,
    staff::{Browser, PHRASE, enrolled},
};

const ITEM: &str = "data-correction";

/// The materials of the service, in Chinese.
fn listed() -> Vec<&'static str> {
    service(ITEM).unwrap().materials.iter().map(|one| one.zh.as_str()).collect()
}

impl Desk<'_> {
    fn materials(&self) -> String {
        format!("{}/materials/{HERE}?item={ITEM}", self.case)
    }

    /// Sends the list as it is now, with these fields and files.
    async fn tick(&mut self, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
        let path = self.materials();
        let page = self.clerk.get(&path).await;
        page.is_page(200);
        let was = page.hidden("was").unwrap();
        let all: Vec<_> = [("was", &*was)].into_iter().chain(fields.iter().copied()).collect();
        self.clerk.bring(&path, &all, files).await
    }

    /// The page of the list.
    async fn list(&mut self) -> String {
        let path = self.materials();
        let page = self.clerk.get(&path).await;
        page.is_page(200);
        page.text().to_owned()
    }
}

/// The words of clerks in the audit, in their order: `true` of those that count, `false` of those that ceased to.
fn words(web: &Web) -> Vec<(bool, MaterialSeen)> {
    let word = |step| match step {
        CaseStep::MaterialSeen(seen) => Some((true, *seen)),
        CaseStep::MaterialUnseen(seen) => Some((false, *seen)),
        _ => None,
    };
    steps(web).into_iter().filter_map(word).collect()
}

async fn keys(web: &Web) -> PublishedKeys {
    let answer = web.get("/.well-known/jianma-keys.json").await;
    serde_json::from_slice(&answer.body).unwrap()
}

/// The id of a file on a page.
fn file_on(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"remove\" value=\"").expect("a file");
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn desk_d11_a_clerks_word_is_signed_with_their_name_and_goes_with_the_request() {
    let web = Web::signing();
    let mut desk = Desk::open(&web, 1, "li.na").await;
    desk.fill(ITEM, &[]).await.is_page(200);
    let page = desk.list().await;
    for (part, there) in
        [("还缺 2 项", true), ("enctype=\"multipart/form-data\"", true), ("13800138000", false)]
    {
        assert_eq!(page.contains(part), there, "{part}: {page}");
    }
    // Seen, with a copy, in one press.
    let bytes = document("one");
    let fields = [("how.0", "original_seen"), ("how.1", "copy_compared"), ("material", "1")];
    let saved = desk.tick(&fields, &[("产证.pdf", &bytes)]).await;
    assert_eq!(saved.header("location"), desk.materials(), "{} {}", saved.status, saved.text());
    let page = desk.list().await;
    for part in ["产证.pdf", "li.na", "要申请人提交的材料都已核对"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // It is shown to the applicant, confirmed and handed in.
    let code = desk.show().await;
    let mut phone = Browser::at(&web, 2);
    opened(&mut phone, &code).await;
    assert!(phone.get("/counter").await.text().contains("产证.pdf"));
    assert_eq!(confirms(&mut phone).await.status, 303);
    assert_eq!(desk.act("hand_in").await.status, 303);
    let case = desk.clerk.get(&desk.case.clone()).await;
    let number: RequestNumber = number_in(case.text()).unwrap();
    let kept = web.store.request(&number).await.unwrap().unwrap().submission;
    let assisted = kept.assisted.clone().unwrap();
    let digest = service::cases::digest_of(&kept).unwrap();
    assert_eq!(assisted.consent.content_sha256, digest, "with its files it is what was confirmed");
    let texts: Vec<&str> = assisted.materials.iter().map(|one| &*one.material).collect();
    assert_eq!(texts, listed(), "the list goes along whole");
    let [original, copy] = &*assisted.materials else { panic!("{texts:?}") };
    assert!(original.files.is_empty() && copy.files == [kept.attachments[0].sha256.clone()]);
    let published = keys(&web).await;
    for (one, how) in [(original, MaterialBy::OriginalSeen), (copy, MaterialBy::CopyCompared)] {
        let seen = one.seen.clone().unwrap();
        assert_eq!((&*seen.staff, &*seen.office, seen.how), ("li.na", "registration", how));
        assert_eq!((&seen.files, &*seen.item), (&one.files, ITEM));
        assert_eq!(seen.held(&published, &OneKey), Some(Held::Genuine));
        assert!(words(&web).contains(&(true, seen)), "and it stands in the audit as it was signed");
    }
    // The file is the request's, and its applicant reads how each was seen.
    let file = &web.store.attachments(&[kept.attachments[0].id.clone()]).await.unwrap()[0];
    assert_eq!(file.state, store::AttachmentState::Claimed(number.clone()));
    let done = desk.clerk.get(&desk.materials()).await;
    assert_eq!((done.status, done.header("location")), (303, &*desk.case));
}

#[tokio::test]
async fn desk_d11_a_word_about_paper_is_about_the_copies_that_lay_there() {
    let web = Web::signing();
    let mut desk = Desk::open(&web, 1, "li.na").await;
    desk.fill(ITEM, &[]).await.is_page(200);
    let first = [("how.1", "copy_compared"), ("material", "1")];
    desk.tick(&first, &[("a.pdf", &document("a"))]).await;
    // The applicant confirms; then another page is added, and nobody compared it.
    let code = desk.show().await;
    let mut phone = Browser::at(&web, 2);
    opened(&mut phone, &code).await;
    assert_eq!(confirms(&mut phone).await.status, 303);
    let more = desk.tick(&first, &[("b.pdf", &document("b"))]).await;
    assert_eq!(more.status, 303, "{}", more.text());
    let said: Vec<(bool, usize)> =
        words(&web).iter().map(|(counts, seen)| (*counts, seen.files.len())).collect();
    assert_eq!(said, [(true, 1), (false, 1)]);
    assert!(!desk.list().await.contains("li.na"), "it counts no more");
    desk.act("hand_in").await.is_page(409);
    // Compared anew, it is a word about both.
    desk.tick(&[("how.1", "copy_compared")], &[]).await;
    assert_eq!(
        words(&web).last().map(|(counts, seen)| (*counts, seen.files.len())),
        Some((true, 2))
    );
    // Taken away, a file is let go of, and the word with it.
    let page = desk.list().await;
    let id = file_on(&page);
    desk.tick(&[("how.1", "copy_compared"), ("remove", &id)], &[]).await;
    assert_eq!(words(&web).last().map(|(counts, _)| *counts), Some(false));
    assert!(web.store.attachments(&[id]).await.unwrap().is_empty(), "it is gone");
    // A promise is about no paper and stays.
    desk.tick(&[("how.1", "promised")], &[]).await;
    let id = file_on(&desk.list().await);
    desk.tick(&[("how.1", "promised"), ("remove", &id)], &[]).await;
    assert_eq!(
        words(&web).last().map(|(counts, seen)| (*counts, seen.how)),
        Some((true, MaterialBy::Promised))
    );
    // What is ended takes its files along.
    desk.tick(&[("material", "0")], &[("c.pdf", &document("c"))]).await;
    let id = file_on(&desk.list().await);
    assert_eq!(web.store.attachments(std::slice::from_ref(&id)).await.unwrap().len(), 1);
    assert_eq!(desk.act("close").await.header("location"), "/staff/cases");
    assert!(web.store.attachments(&[id]).await.unwrap().is_empty());
}

#[tokio::test]
async fn desk_d11_nothing_is_said_that_is_not_signed_written_down_and_of_the_list_as_it_is() {
    let web = Web::signing();
    let mut desk = Desk::open(&web, 1, "li.na").await;
    let path = desk.materials();
    // Of a service that the visit does not have there is no list.
    let none = desk.clerk.get(&path).await;
    assert_eq!((none.status, none.header("location")), (303, &*desk.case));
    desk.fill(ITEM, &[]).await.is_page(200);
    let seen = [("how.0", "original_seen")];
    // Neither a way that there is not, nor sharing where the catalogue does not say that it is shared.
    assert!(service(ITEM).unwrap().materials.iter().all(|one| !one.shared));
    for wrong in ["seen", "shared_data"] {
        desk.tick(&[("how.0", wrong)], &[]).await.is_page(422);
    }
    // What cannot be written down is not said.
    let was = desk.clerk.get(&path).await.hidden("was").unwrap();
    web.fill_audit(true);
    let full = [("was", &*was), seen[0]];
    assert_eq!(desk.clerk.bring(&path, &full, &[]).await.status, 503);
    web.fill_audit(false);
    // Two at once: the later one is shown what is kept, and the file is not lost.
    assert_eq!(desk.tick(&seen, &[]).await.status, 303);
    let late = [("was", &*was), ("how.1", "promised"), ("material", "1")];
    let stale = desk.clerk.bring(&path, &late, &[("a.pdf", &document("a"))]).await;
    stale.is_page(409);
    let (carried, now) = (stale.hidden("attachments").unwrap(), stale.hidden("was").unwrap());
    assert!(stale.text().contains("a.pdf") && stale.text().contains("已看原件"));
    let unnamed = [("was", &*now), ("attachments", &carried)];
    desk.clerk.bring(&path, &unnamed, &[]).await.is_page(422);
    let again =
        [("was", &*now), ("attachments", &*carried), ("how.1", "promised"), ("material", "1")];
    assert_eq!(desk.clerk.bring(&path, &again, &[]).await.status, 303);
    assert!(desk.list().await.contains("a.pdf"));
    // What is no document is refused as it is of everybody.
    let bad = desk.tick(&[("material", "1")], &[("b.pdf", b"MZ")]).await;
    bad.is_page(422);
    assert!(bad.text().contains("b.pdf"), "{}", bad.text());
    // Nobody signs that copies were compared of which one was not taken.
    let said = words(&web).len();
    let compared = [("how.1", "copy_compared"), ("material", "1")];
    let bad = desk.tick(&compared, &[("b.pdf", b"MZ")]).await;
    bad.is_page(422);
    assert!(bad.text().contains("value=\"copy_compared\" selected"), "{}", bad.text());
    assert_eq!(words(&web).len(), said);
    // A switch of the language belongs to the list, and says too that another one was faster (D4, D5).
    let page = desk.list().await;
    assert!(page.contains(" form=\"materials-form\""), "{page}");
    assert!(page.contains("id=\"materials-form\""), "{page}");
    let switch = [("was", &*was), ("lang", "en"), ("how.1", "copy_compared")];
    let switched = desk.clerk.bring(&path, &switch, &[]).await;
    switched.is_page(409);
    assert!(switched.text().contains("value=\"copy_compared\" selected"), "{}", switched.text());
    assert_eq!(words(&web).len(), said);
    // A colleague reads it, and changes nothing while somebody has it.
    let mut wang = Browser::at(&web, 2);
    wang.signed_in("wang", &[Role::Clerk]).await;
    let was = wang.get(&path).await.hidden("was").unwrap();
    let held = wang.post(&path, &[("was", &was), ("how.0", "")]).await;
    held.is_page(409);
    assert!(held.text().contains("a.pdf"), "{}", held.text());
    assert!(words(&web).iter().all(|(_, seen)| seen.staff == "li.na"));
    // Whose session is over goes on with what was ticked and brought.
    let code = enrolled(&web, "zhao", &[Role::Clerk]).await;
    let mut zhao = Browser::at(&web, 3);
    let page = zhao.bring(&path, &[("how.0", "promised")], &[("d.pdf", &document("d"))]).await;
    page.is_page(401);
    let (typed, files) =
        (page.hidden("typed.how.0").unwrap(), page.hidden("typed.attachments").unwrap());
    let back = html_escape::decode_html_entities(&page.hidden("back").unwrap()).into_owned();
    let form = [
        ("name", "zhao"),
        ("passphrase", PHRASE),
        ("otp", &*code),
        ("back", &*back),
        ("typed.how.0", &*typed),
        ("typed.attachments", &*files),
    ];
    let page = zhao.post("/staff/sign-in", &form).await;
    page.is_page(200);
    assert!(page.text().contains("li.na 正在办"), "{}", page.text());
    assert!(page.text().contains("d.pdf") && page.hidden("attachments").is_some());
    assert!(page.text().contains("value=\"promised\" selected"), "{}", page.text());
}

#[tokio::test]
async fn desk_d11_where_nothing_can_be_signed_nothing_is_said() {
    let web = Web::open();
    let mut desk = Desk::open(&web, 1, "li.na").await;
    desk.fill(ITEM, &[]).await.is_page(200);
    let refused = desk.tick(&[("how.0", "original_seen")], &[]).await;
    refused.is_page(503);
    assert!(words(&web).is_empty() && refused.text().contains("无法签名"), "{}", refused.text());
    // A head alone tells nothing more.
    let path = desk.materials();
    let stranger = web.ask(Method::GET, &path, &[], "").await;
    stranger.is_page(401);
}

#[tokio::test]
async fn desk_d11_the_list_of_a_service_that_takes_no_files_is_a_plain_form() {
    const PLAIN: &str = "planning-conformity";
    assert!(service(PLAIN).unwrap().attachments.is_none());
    let web = Web::signing();
    let mut desk = Desk::open(&web, 1, "li.na").await;
    desk.fill(PLAIN, &[]).await.is_page(200);
    let path = format!("{}/materials/{HERE}?item={PLAIN}", desk.case);
    let page = desk.clerk.get(&path).await;
    page.is_page(200);
    // A browser sends it as the page says.
    assert!(!page.text().contains("multipart/form-data"), "{}", page.text());
    let was = page.hidden("was").unwrap();
    let saved = desk.clerk.post(&path, &[("was", &was), ("how.0", "original_seen")]).await;
    assert_eq!((saved.status, saved.header("location")), (303, &*path), "{}", saved.text());
    let said: Vec<_> = words(&web).into_iter().map(|(counts, seen)| (counts, seen.item)).collect();
    assert_eq!(said, [(true, PLAIN.to_owned())]);
}
