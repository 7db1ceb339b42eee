//! The auditor's page: the steps of a visit, and the list that is taken away.

use domain::{
    LandCode,
    audit::{AuditEvent, AuditKey, CaseStep, Record, StaffDid, StaffRecord},
    case::CaseNumber,
    code::Strictness,
    staff::{Role, StaffId},
};
use serde_json::Value;
use store::{Audit as _, Noted};

use super::{harness::Web, land::HERE, staff::Browser};

const VISIT: &str = "BJ-22334455";

#[tokio::test]
async fn desk_d8_an_auditor_reads_each_step_of_a_visit_and_takes_the_list_away() {
    let web = Web::open();
    let code = LandCode::parse(HERE, Strictness::LookUp).unwrap().code;
    let step = |visit: &str, at: &str, step: CaseStep| {
        Record::from(AuditEvent::Staff(StaffRecord {
            at: at.parse().unwrap(),
            who: StaffId::parse("li.na"),
            office: Some("registration".into()),
            did: StaffDid::Case { case: CaseNumber::parse(visit).unwrap(), step },
        }))
    };
    let saved = CaseStep::Saved { item: "data-correction".into(), code };
    let records = vec![
        AuditEvent::Began { at: "2026-11-19T00:00:00Z".parse().unwrap() }.into(),
        step(VISIT, "2026-11-20T02:00:00Z", CaseStep::Opened),
        step(VISIT, "2026-11-20T02:05:00Z", saved),
        step("BJ-55443322", "2026-11-20T02:06:00Z", CaseStep::Opened),
        step(VISIT, "2026-11-20T14:00:00Z", CaseStep::Read),
    ];
    let key = AuditKey::new([3; 32]);
    let Noted::Written(end) = web.store.note(records, &key, Vec::new(), None).await.unwrap() else {
        panic!("there is no cap")
    };
    let mut auditor = Browser::at(&web, 1);
    auditor.signed_in("shen", &[Role::Auditor]).await;
    let none = auditor.get("/staff/audit").await;
    assert!(!none.text().contains(VISIT), "steps are listed where they are asked for");
    let all = auditor.get("/staff/audit?visits=1").await;
    assert!(all.text().contains("BJ-55443322") && all.text().contains(VISIT));
    let page = auditor.get(&format!("/staff/audit?at={VISIT}")).await;
    page.is_page(200);
    for part in ["开始代办", "保存表单", HERE, "查看代办", "没有填写", "工作时间以外"]
    {
        assert!(page.text().contains(part), "{part}: {}", page.text());
    }
    assert!(!page.text().contains("BJ-55443322"));
    // What is taken away is what is listed, with the end of the chain.
    let taken = auditor.get(&format!("/staff/audit/export?at={VISIT}")).await;
    assert_eq!((taken.status, taken.header("content-type")), (200, "application/x-ndjson"));
    assert!(taken.header("content-disposition").contains("looks-2026-11-16-2026-11-22.ndjson"));
    let lines: Vec<Value> =
        taken.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["audit_end"], end.to_string(), "as verify-audit takes it");
    assert_eq!(
        (&lines[0]["exported_by"], &lines[0]["more"]),
        (&"shen@registration".into(), &false.into())
    );
    let steps: Vec<_> = lines[1..].iter().map(|line| line["step"]["what"].clone()).collect();
    assert_eq!(steps, ["read", "saved", "opened"]);
    let odd: Vec<_> = lines[1..].iter().map(|line| line["odd_hours"].clone()).collect();
    assert_eq!(odd, [true, false, false]);
    let Some(StaffDid::LooksExported { from, .. }) = web.did().pop().map(|it| it.did) else {
        panic!("it is in the audit: {:?}", web.did())
    };
    assert_eq!(from.to_string(), "2026-11-16");
    // What cannot be written down is not taken away, and a question that does not read is answered with its page.
    web.fill_audit(true);
    auditor.get("/staff/audit/export").await.is_page(503);
    web.fill_audit(false);
    let wrong = auditor.get("/staff/audit/export?from=x").await;
    assert!(wrong.text().contains("from-error"), "{}", wrong.text());
    let mut clerk = Browser::at(&web, 2);
    clerk.signed_in("li.na", &[Role::Clerk]).await;
    clerk.get("/staff/audit/export").await.is_page(403);
}
