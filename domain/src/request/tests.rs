use std::sync::atomic::{AtomicU8, Ordering};

use super::*;
use crate::clock::Entropy;

#[derive(Default)]
struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.0.fetch_add(7, Ordering::Relaxed);
        }
    }
}

fn number() -> RequestNumber {
    RequestNumber::draw("2026-11-22T16:30:00Z".parse().unwrap(), &Counting::default())
}

#[test]
fn a_number_carries_the_date_in_china_and_reads_back_in_any_spacing() {
    let number = number();
    assert!(number.as_str().starts_with("JM-20261123-"), "{number}");
    let typed = number.as_str().to_lowercase().replace('-', " ");
    assert_eq!(RequestNumber::parse(&typed), Some(number));
    assert_eq!(RequestNumber::parse("JM-20261123-0OIL1U00"), None);
    assert_eq!(RequestNumber::parse("号"), None);
}

#[test]
fn what_was_to_be_a_number_and_is_none_is_told_from_other_texts() {
    for text in
        ["JM-20261123-7K3MQ2V0", "JM-20261123", "jm 2026 1123", "申请编号：ＪＭ-20261123-7K3"]
    {
        assert!(is_mistyped_number(text), "{text}");
    }
    let own = number().to_string();
    for text in
        [own.as_str(), "JM", "JM 12", "智造路40号", "330521001002GB00011", "Jamestown 2026", ""]
    {
        assert!(!is_mistyped_number(text), "{text}");
    }
}

#[test]
fn only_the_right_secret_opens_a_request() {
    let (key, number) = (ReceiptKey::new([7; 32]), number());
    let secret = key.secret(&number);
    assert_eq!(secret.len(), 12);
    assert!(key.opens(&number, &secret.to_lowercase()));
    assert!(!key.opens(&number, ""));
    assert!(!key.opens(&number, &format!("{secret}2")));
    assert!(!ReceiptKey::new([8; 32]).opens(&number, &secret));
}

#[test]
fn each_client_has_idempotency_keys_of_its_own() {
    let key = ReceiptKey::new([7; 32]);
    let kept = key.client_key("192.0.2.1", "0123456789abcdef");
    assert_eq!(kept, key.client_key("192.0.2.1", "0123456789abcdef"));
    for (client, given) in [
        ("192.0.2.2", "0123456789abcdef"),
        ("192.0.2.1", "0123456789abcdeg"),
        ("192.0.2.10", "123456789abcdef"),
    ] {
        assert_ne!(kept, key.client_key(client, given));
    }
    assert_ne!(kept, ReceiptKey::new([8; 32]).client_key("192.0.2.1", "0123456789abcdef"));
    assert!(!kept.contains("0123456789abcdef") && !kept.contains("192"));
}

#[test]
fn events_chain_and_a_changed_one_shows() {
    let number = number();
    let at = Timestamp::UNIX_EPOCH;
    let event = |previous: Option<&RequestEvent>, state| {
        RequestEvent::after(previous, &number, at, state, Actor::Portal, None, None)
    };
    let first = event(None, RequestState::Submitted);
    let mut second = event(Some(&first), RequestState::Sent);
    assert!(second.follows(Some(&first), &number));
    second.note = Some("changed".into());
    assert!(!second.follows(Some(&first), &number));
}

#[test]
fn states_only_go_forward() {
    for from in RequestState::ALL {
        assert!(!from.may_become(from));
        assert!(!from.may_become(RequestState::Submitted));
    }
    assert!(RequestState::Submitted.may_become(RequestState::Acknowledged));
    assert!(!RequestState::Decided.may_become(RequestState::InProgress));
}

#[test]
fn s5_a_department_may_add_a_note_and_correct_a_decision_and_not_go_back() {
    use RequestState::{Acknowledged, Decided, InProgress, Returned};
    assert!(InProgress.takes_word(InProgress));
    assert!(Decided.takes_word(Decided));
    assert!(Decided.takes_word(Returned) && Returned.takes_word(Decided));
    assert!(!Decided.takes_word(InProgress));
    assert!(!InProgress.takes_word(Acknowledged));
    let number = number();
    let word = |previous: Option<&RequestEvent>, state, actor| {
        RequestEvent::after(previous, &number, Timestamp::UNIX_EPOCH, state, actor, None, None)
    };
    let office = || Actor::Department("planning".into());
    let first = word(None, InProgress, office());
    let note = word(Some(&first), InProgress, office());
    let decided = word(Some(&note), Decided, office());
    let correction = word(Some(&decided), Decided, office());
    let by_staff = word(Some(&correction), Decided, Actor::Staff("王".into()));
    assert_eq!(first.step(None), Step::Forward);
    assert_eq!(note.step(Some(&first)), Step::Note);
    assert_eq!(decided.step(Some(&note)), Step::Forward);
    assert_eq!(correction.step(Some(&decided)), Step::Correction);
    assert_eq!(by_staff.step(Some(&correction)), Step::Note, "staff correct no decision");
}

#[test]
fn s5_a_request_is_prepared_with_its_first_event_and_one_delivery_a_department() {
    let submission = Submission {
        item: "data-correction".into(),
        code: crate::LandCode::Parcel(
            crate::ParcelCode::parse("330521001001GB00001", crate::code::Strictness::LookUp)
                .unwrap()
                .code,
        ),
        data_version: "deqing/1".into(),
        applicant: [("name".to_owned(), "李四".to_owned())].into(),
        answers: [("what".to_owned(), "面积有误 1".to_owned())].into(),
        channel: Channel::Applicant,
        asks: None,
        attachments: Vec::new(),
        assisted: None,
    };
    let number = RequestNumber::parse("JM-20261122-ZZZZZZZA").unwrap();
    let at = Timestamp::from_second(1_795_000_001).unwrap();
    let departments = ["natural-resources".to_owned(), "planning".to_owned()];
    let prepared = prepare(number, submission.clone(), at, &departments, None).unwrap();
    // The same values stand in the suite that every store must pass.
    assert_eq!(prepared.request.events[0].hash, "T0jw5RwZGnae0MYiQO8yioqu_Dv4Xv81uDReg9SAJoM");
    assert_eq!(
        prepared.message.body,
        r#"{"kind":"request.submitted","request":"JM-20261122-ZZZZZZZA","item":"data-correction","code":"330521001001GB00001","data_version":"deqing/1","applicant":{"name":"李四"},"answers":{"what":"面积有误 1"},"channel":"self","submitted_at":"2026-11-18T11:06:41Z"}"#
    );
    let ids: Vec<&str> = prepared.deliveries.iter().map(|(id, _)| &*id.0).collect();
    assert_eq!(
        ids,
        ["msg_JM-20261122-ZZZZZZZA_natural-resources", "msg_JM-20261122-ZZZZZZZA_planning"]
    );
    let later = Submission { data_version: "deqing/2".into(), ..submission.clone() };
    assert!(later.asks_like(&submission));
    let other = Submission { item: "other".into(), ..submission.clone() };
    assert!(!other.asks_like(&submission));
}

#[test]
fn a_secret_has_a_form_that_tells_nothing_of_any_request() {
    for right in ["ABCD2345WXYZ", "abcd 2345 wxyz", "ABCD-2345-WXYZ"] {
        assert!(ReceiptKey::has_form(right), "{right}");
    }
    for wrong in
        ["", "ABCD2345WXY", "ABCD2345WXYZ2", "ABCD2345WXY0", "ABCD2345WXYO", "ABCD2345WXY号"]
    {
        assert!(!ReceiptKey::has_form(wrong), "{wrong}");
    }
}

#[test]
fn a_number_and_a_secret_are_read_as_they_are_pasted() {
    let number = RequestNumber::parse("JM-20261122-7K3MQ2VX").unwrap();
    for pasted in [
        "ＪＭ－２０２６１１２２－７Ｋ３ＭＱ２ＶＸ",
        "JM–20261122—7K3MQ2VX",
        "jm_20261122.7k3mq2vx",
        "\u{FEFF}JM\u{2011}20261122\u{2212}7K3MQ2VX\u{200B}",
        "申请编号 JM-20261122-7K3MQ2VX",
        "https://jianma.example/requests/JM-20261122-7K3MQ2VX",
        "JM-20261122-7K3MQ2VX R47B 2345 WXYZ",
        "20261122-7K3MQ2VX",
    ] {
        assert_eq!(RequestNumber::parse(pasted).as_ref(), Some(&number), "{pasted:?}");
    }
    for other in ["JM-20261122", "JM-2026112-7K3MQ2VX", "20261122-7K3MQ2VXA", "JM"] {
        assert_eq!(RequestNumber::parse(other), None, "{other:?}");
    }
    let key = ReceiptKey::new([7; 32]);
    let secret = key.secret(&number);
    let wide: String =
        secret.chars().filter_map(|c| char::from_u32(u32::from(c) + 0xFEE0)).collect();
    for pasted in [wide, format!("查询码：{secret}"), secret.replace('2', "2\u{200B}")] {
        assert!(key.opens(&number, &pasted), "{pasted}");
    }
}

#[test]
fn a_number_is_read_with_the_secret_that_was_copied_behind_it() {
    let number = RequestNumber::parse("JM-20261122-7K3MQ2VX").unwrap();
    for pasted in [
        "JM-20261122-7K3MQ2VX R47B 2345 WXYZ",
        "申请编号 JM-20261122-7K3MQ2VX\n查询码 r47b 2345 wxyz",
        "Number JM-20261122-7K3MQ2VX Tracking code R47B-2345-WXYZ",
        "https://jm.example/requests/JM-20261122-7K3MQ2VX R47B2345WXYZ",
    ] {
        let read = RequestNumber::parse_with_secret(pasted);
        assert_eq!(read, Some((number.clone(), "R47B2345WXYZ".to_owned())), "{pasted}");
    }
    for alone in ["JM-20261122-7K3MQ2VX", "R47B 2345 WXYZ", "JM-20261122-7K3MQ2VX R47B"] {
        assert_eq!(RequestNumber::parse_with_secret(alone), None, "{alone}");
    }
}

#[test]
fn a_mark_is_known_again_by_whoever_made_it_and_says_nothing() {
    let [key, other] = [7, 8].map(|byte| ReceiptKey::new([byte; 32]));
    let mark = key.mark("asked", "text");
    assert_eq!(mark, key.mark("asked", "text"));
    assert!(mark.len() == 16 && !mark.contains("text"), "{mark}");
    for another in
        [key.mark("asked", "texts"), key.mark("forgotten", "text"), other.mark("asked", "text")]
    {
        assert_ne!(mark, another);
    }
}

fn empty() -> Submission {
    Submission {
        item: "data-correction".into(),
        code: crate::LandCode::parse("330521001002GB00011", crate::code::Strictness::LookUp)
            .unwrap()
            .code,
        data_version: String::new(),
        applicant: crate::service::Answers::new(),
        answers: crate::service::Answers::new(),
        channel: Channel::Applicant,
        asks: None,
        attachments: Vec::new(),
        assisted: None,
    }
}

#[test]
fn a_department_gets_one_form_of_what_people_write_in_many() {
    let submission = |phone: &str| Submission {
        applicant: [("applicant_phone".to_owned(), phone.to_owned())].into(),
        ..empty()
    };
    let (typed, other) = (submission("＋86 138 0013 8000"), submission("13900139000"));
    let at = "2026-11-22T16:30:00Z".parse().unwrap();
    let message = Message::whole(1, &DeliveryPayload::of(number(), typed.clone(), at, None));
    assert!(message.unwrap().body.contains(r#""applicant_phone":"13800138000""#));
    assert!(typed.asks_like(&submission("13800138000")));
    assert!(!typed.asks_like(&other));
}

#[test]
fn s3_a_time_limit_counts_from_the_confirmation_and_stops_when_the_department_is_done() {
    use jiff::civil::{Date, date};

    use crate::working_days::working_days;

    let at = |day: Date| crate::clock::start_in_china(day);
    let request = |steps: &[(RequestState, Date)]| {
        let mut events: Vec<RequestEvent> = Vec::new();
        for (state, day) in steps {
            let by = Actor::Portal;
            let last = events.last();
            events.push(RequestEvent::after(last, &number(), at(*day), *state, by, None, None));
        }
        Request { number: number(), submission: empty(), submitted_at: at(steps[0].1), events }
    };
    let limit = |steps: &[(RequestState, Date)], today| {
        TimeLimit::of(&request(steps), 5, working_days(), today).map(|limit| limit.stands)
    };
    let submitted = (RequestState::Submitted, date(2026, 9, 28));
    let begun = date(2026, 9, 30);
    let confirmed = (RequestState::Acknowledged, begun);
    let sent = (RequestState::Sent, date(2026, 9, 29));
    assert_eq!(limit(&[submitted, sent], date(2026, 12, 1)), Some(Elapsed::NotBegun));
    // Five working days over the week of the national holiday and a Saturday that is worked.
    let last = date(2026, 10, 13);
    let of = |today| limit(&[submitted, confirmed], today).unwrap();
    assert_eq!(of(begun), Elapsed::Running { begun, last, left: 5 });
    assert_eq!(of(last), Elapsed::Running { begun, last, left: 0 });
    assert_eq!(of(date(2026, 10, 14)), Elapsed::Over { begun, last, by: Some(1) });
    // Over in a year whose holidays are known, looked at in one whose are not.
    assert_eq!(of(date(2027, 1, 4)), Elapsed::Over { begun, last, by: None });
    let decided = (RequestState::Decided, date(2026, 10, 9));
    let ended = limit(&[submitted, confirmed, decided], date(2026, 12, 1));
    assert_eq!(ended, Some(Elapsed::Ended { after: Some(2) }));
    let late = (RequestState::InProgress, date(2026, 12, 30));
    let unknown = limit(&[submitted, late], date(2026, 12, 31));
    assert_eq!(unknown, Some(Elapsed::RunsOutUnknown { begun: date(2026, 12, 30) }));
    let withdrawn = (RequestState::Withdrawn, date(2026, 10, 9));
    assert_eq!(limit(&[submitted, confirmed, withdrawn], date(2026, 12, 1)), None);
}

#[test]
fn sites_s5_requests_of_one_form_are_known_by_their_keys_and_no_other_is_among_them() {
    let keys = ["planning-conformity", "hazard-zone"]
        .map(|item| key_under("0123456789abcdefghijklmn", item));
    let (below, above) = keys_beside(&keys[0]).unwrap();
    assert_eq!(keys_beside(&keys[1]), Some((below.clone(), above.clone())));
    assert!(keys.iter().all(|key| below < *key && *key < above));
    for other in [
        "0123456789abcdefghijklmn",
        "0123456789abcdefghijklmo~hazard-zone",
        "0123456789abcdefghijklm~x",
    ] {
        assert!(!(below.as_str() < other && other < above.as_str()), "{other}");
    }
    assert_eq!(keys_beside("0123456789abcdefghijklmn"), None);
    assert_eq!(keys_beside("client-AbC_d-e"), None);
}
