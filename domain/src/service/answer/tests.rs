use super::{super::service, *};
use crate::text::NoText;

fn today() -> Date {
    jiff::civil::date(2026, 11, 29)
}

/// What a department gets of an answer.
fn reads(kind: InputKind, typed: &str) -> Result<String, AnswerFault> {
    let mut question = services_question(kind);
    question.days = None;
    question.check(typed, today()).map(|kept| question.normal_form(&kept))
}

/// Some question of that kind.
fn services_question(kind: InputKind) -> Question {
    let mut questions = super::super::services().iter().flat_map(|item| &item.question);
    questions.find(|question| question.kind == kind).unwrap().clone()
}

#[test]
fn s9_a_violation_can_be_reported_without_a_name_or_a_phone() {
    let item = service("violation-report").unwrap();
    let given = [("kind_of_violation", "farmland"), ("what_happened", "…"), ("consent", "yes")]
        .map(|(name, text)| (name.to_owned(), text.to_owned()));
    assert_eq!(item.check(&Answers::from(given.clone()), today()), Ok(Answers::from(given)));
}

#[test]
fn faults_come_all_at_once_and_in_order() {
    let item = service("data-correction").unwrap();
    let faults = item.check(&Answers::new(), today()).unwrap_err();
    let required: Vec<_> =
        item.question.iter().filter(|q| q.required).map(|q| q.name.as_str()).collect();
    assert_eq!(faults.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), required);
}

/// A transfer that asks everything it can: cause, mortgage, and what becomes of that.
fn transfer(more: &[(&str, &str)]) -> Answers {
    let always =
        [("applicant_name", "张三"), ("applicant_phone", "13800138000"), ("consent", "yes")];
    let all = always.iter().chain(more);
    all.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn faults_of_transfer(more: &[(&str, &str)]) -> Vec<(String, AnswerFault)> {
    let item = service("transfer-registration").unwrap();
    let faults = item.check(&transfer(more), today()).err().unwrap_or_default();
    faults.into_iter().map(|fault| (fault.field, fault.fault)).collect()
}

#[test]
fn s1_a_question_is_asked_after_its_answers_only_and_all_that_is_missing_is_told_at_once() {
    let missing = |name: &str| (name.to_owned(), AnswerFault::Missing);
    assert_eq!(faults_of_transfer(&[]), [missing("cause")]);
    assert_eq!(faults_of_transfer(&[("cause", "divorce")]), []);
    assert_eq!(faults_of_transfer(&[("cause", "sale")]), [missing("mortgaged")]);
    assert_eq!(faults_of_transfer(&[("cause", "inheritance")]), [missing("heirs")]);
    let sale = [("cause", "sale"), ("mortgaged", "no")];
    assert_eq!(faults_of_transfer(&sale), []);
    let mortgaged = [("cause", "sale"), ("mortgaged", "yes")];
    assert_eq!(faults_of_transfer(&mortgaged), [missing("mortgage_way")]);
    let item = service("transfer-registration").unwrap();
    let faults = item.check(&Answers::new(), today()).unwrap_err();
    let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["cause", "applicant_name", "applicant_phone", "consent"]);
}

#[test]
fn s1_what_is_not_asked_is_never_kept_and_whoever_wrote_it_is_told() {
    let told = |name: &str| (name.to_owned(), AnswerFault::NotAsked);
    let item = service("transfer-registration").unwrap();
    let heirs = ("heirs", "两位，都同意");
    assert_eq!(faults_of_transfer(&[("cause", "divorce"), heirs]), [told("heirs")]);
    // Of a chain, all that hangs on what is not asked.
    let chain = [("cause", "gift"), ("mortgaged", "no"), ("mortgage_way", "keep")];
    assert_eq!(faults_of_transfer(&chain), [told("mortgage_way")]);
    let chain = [("cause", "other"), ("mortgaged", "yes"), ("mortgage_way", "keep")];
    assert_eq!(faults_of_transfer(&chain), [told("mortgaged"), told("mortgage_way")]);
    // An empty field is nothing; a form without a script sends it.
    let empty = [("cause", "divorce"), ("heirs", "  "), ("mortgage_way", "")];
    let kept = item.check(&transfer(&empty), today()).unwrap();
    assert!(!kept.contains_key("heirs") && !kept.contains_key("mortgage_way"), "{kept:?}");
    // What decides is asked for first.
    let unknown = [("cause", "no such"), heirs];
    let cause = ("cause".to_owned(), AnswerFault::NotAnOption);
    assert_eq!(faults_of_transfer(&unknown), [cause]);
    let mut answers =
        transfer(&[("cause", "divorce"), ("mortgaged", "yes"), ("mortgage_way", "keep")]);
    item.drop_unasked(&mut answers);
    assert_eq!(answers, transfer(&[("cause", "divorce")]));
}

#[test]
fn an_answer_that_is_no_text_is_refused_and_one_that_cannot_be_seen_is_missing() {
    let item = service("data-correction").unwrap();
    let mut given: Answers = item
        .question
        .iter()
        .map(|question| {
            let text = match question.kind {
                InputKind::Choice => question.options[0].value.as_str(),
                InputKind::Phone => "13800138000",
                InputKind::Email => "a@b.cn",
                InputKind::Date => "2026-12-01",
                InputKind::Consent => "yes",
                InputKind::Line | InputKind::Paragraph => "文字",
            };
            (question.name.clone(), text.to_owned())
        })
        .collect();
    assert!(item.check(&given, today()).is_ok());
    let fault_of = |given: &Answers, name: &str| {
        let faults = item.check(given, today()).unwrap_err();
        faults.into_iter().find(|fault| fault.field == name).unwrap().fault
    };
    for question in item.question.iter().filter(|q| q.kind != InputKind::Consent) {
        let right = given.insert(question.name.clone(), "a\0b\u{202E}c".into()).unwrap();
        let expected = NoText { position: 2, code_point: 0 };
        assert_eq!(fault_of(&given, &question.name), AnswerFault::NotText(expected));
        if question.required {
            given.insert(question.name.clone(), "\u{200B}\u{3164}".into());
            assert_eq!(fault_of(&given, &question.name), AnswerFault::Missing);
        }
        if question.kind == InputKind::Line {
            given.insert(question.name.clone(), "张三\r\nBcc: x".into());
            assert!(matches!(fault_of(&given, &question.name), AnswerFault::NotText(_)));
        }
        given.insert(question.name.clone(), right);
    }
}

#[test]
fn a_phone_number_is_taken_as_people_write_it_and_goes_on_as_it_is_dialled() {
    for (typed, dialled) in [
        ("13800138000", "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("138.0013.8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("＋8613800138000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("86 13800138000", "13800138000"),
        ("\u{202D}138\u{A0}0013\u{2011}8000\u{202C}", "13800138000"),
        ("\u{FEFF}13800138000\u{200B}", "13800138000"),
        ("0572-8062345", "05728062345"),
        ("（0572）8062345", "05728062345"),
        ("0572－8062345", "05728062345"),
        ("0572–8062345", "05728062345"),
        ("+86 572 8062345", "05728062345"),
        ("+86 (0)572 8062345", "05728062345"),
        ("00865728062345", "05728062345"),
        ("(0571) 87654321", "057187654321"),
        ("4008208820", "4008208820"),
        ("0572-8062345-8001", "05728062345转8001"),
        ("0572-8062345-1", "05728062345转1"),
        ("0572-8062345转8001", "05728062345转8001"),
        ("0572-8062345 分机 8001", "05728062345转8001"),
        ("0572-8062345 ext. 8001", "05728062345转8001"),
        ("+852 2123 4567", "+85221234567"),
        ("+852 9123 4567", "+85291234567"),
        ("00852 2123 4567", "+85221234567"),
        ("+853 6612 3456", "+85366123456"),
        ("+886 912 345 678", "+886912345678"),
        ("+1 212 555 2368", "+12125552368"),
        ("+44 20 7946 0958", "+442079460958"),
    ] {
        assert_eq!(reads(InputKind::Phone, typed).as_deref(), Ok(dialled), "{typed:?}");
    }
}

#[test]
fn what_is_no_phone_number_is_refused() {
    for typed in [
        "12345",
        "11111111111",
        "10000000000",
        "0000000000",
        "138001380001",
        "1380013800",
        "((((13800138000",
        "0572-8062345转",
        "0572-8062345转12345678",
        "手机",
        "张三 1380013800",
    ] {
        assert_eq!(reads(InputKind::Phone, typed), Err(AnswerFault::NotAPhone), "{typed:?}");
    }
    for typed in [
        "abc13800138000",
        "13800138000 张三",
        "13800138000，13900139000",
        "13800138000、13900139000",
        "13800138000 13900139000",
        "手机13800138000",
        "电话：0572 8062345",
        "13800138000（下午）",
        "0572-8062345/6",
    ] {
        assert_eq!(reads(InputKind::Phone, typed), Err(AnswerFault::NotOnePhone), "{typed:?}");
    }
}

#[test]
fn an_e_mail_address_is_one_and_clean() {
    for (typed, clean) in [
        ("a@b.cn", "a@b.cn"),
        ("a＠b.cn", "a@b.cn"),
        ("a@b．cn", "a@b.cn"),
        ("a@b。cn", "a@b.cn"),
        ("ａ@b.cn。", "a@b.cn"),
        ("\u{202A}a@b.cn\u{200B}", "a@b.cn"),
        ("mailto:a@b.cn", "a@b.cn"),
        ("a@b.cn,", "a@b.cn"),
        ("First.Last+land@B.cn", "First.Last+land@B.cn"),
        ("张三@例子.中国", "张三@例子.中国"),
    ] {
        assert_eq!(reads(InputKind::Email, typed).as_deref(), Ok(clean), "{typed:?}");
    }
    for typed in ["a@b.cn;c@d.cn", "a@b.cn，c@d.cn", "张三<a@b.cn>", "a b@c.cn"] {
        assert_eq!(reads(InputKind::Email, typed), Err(AnswerFault::NotOneEmail), "{typed:?}");
    }
    for typed in [
        "a@b",
        "@b.cn",
        "a@.cn",
        "a@@b.cn",
        ".a@b.cn",
        "a..b@c.cn",
        "a@-b.cn",
        "ab.cn",
        "a@127.0.0.1",
        "a@b.cn?bcc=x%40y.cn",
        "a@b.cn|x",
        "a@b.123",
    ] {
        assert_eq!(reads(InputKind::Email, typed), Err(AnswerFault::NotAnEmail), "{typed:?}");
    }
}

#[test]
fn a_date_is_taken_in_any_usual_form_and_goes_on_as_iso_8601() {
    for typed in [
        "2026-11-05",
        "2026-11-5",
        "2026/11/05",
        "2026.11.5",
        "20261105",
        "2026年11月5日",
        "2026 年 11 月 5 号",
        "２０２６－１１－０５",
        "5 November 2026",
        "5 Nov 2026",
        "November 5, 2026",
    ] {
        assert_eq!(reads(InputKind::Date, typed).as_deref(), Ok("2026-11-05"), "{typed:?}");
    }
    // No month has the number 29: nothing is guessed.
    for typed in ["29/12/2026", "29.12.2026", "12/29/2026", "29 December 2026"] {
        assert_eq!(reads(InputKind::Date, typed).as_deref(), Ok("2026-12-29"), "{typed:?}");
    }
    for typed in [
        "5.11.2026",
        "05/11/2026",
        "29/13/2026",
        "29/12/26",
        "2026-13-01",
        "2026-02-30",
        "11月5日",
        "0001-01-01",
        "9999-12-31",
        "-000001-01-01",
        "2026-11-29T00:30",
        "2026-11-29[Asia/Shanghai]",
        "明天",
    ] {
        assert_eq!(reads(InputKind::Date, typed), Err(AnswerFault::NotADate), "{typed:?}");
    }
}

#[test]
fn a_visit_is_not_in_the_past_and_nothing_was_seen_in_the_future() {
    for (item, name, held, not) in [
        (
            "registration-query",
            "visit_date",
            ["2026-11-29", "2027年11月29日"],
            ["2026-11-28", "2027-11-30"],
        ),
        ("violation-report", "seen_on", ["2026-11-29", "2016.12.1"], ["2026-11-30", "2016-11-30"]),
    ] {
        let question = service(item).unwrap().question(name).unwrap();
        for typed in held {
            assert_eq!(question.check(typed, today()).as_deref(), Ok(typed), "{name} {typed}");
        }
        for typed in not {
            let fault = question.check(typed, today()).unwrap_err();
            assert!(matches!(fault, AnswerFault::OutOfDays { .. }), "{name} {typed}: {fault:?}");
        }
    }
}

#[test]
fn a_day_without_its_year_is_the_nearest_that_can_be_meant() {
    let visit = service("registration-query").unwrap().question("visit_date").unwrap();
    let seen = service("violation-report").unwrap().question("seen_on").unwrap();
    for (question, typed, kept) in [
        (visit, "12月29日", "2026-12-29"),
        (visit, "1月5号", "2027-01-05"),
        (visit, "１１ 月 ２９ 日", "2026-11-29"),
        (visit, "11月28日", "2027-11-28"),
        (seen, "12月29日", "2025-12-29"),
        (seen, "11月5日", "2026-11-05"),
        (seen, "2月29日", "2024-02-29"),
    ] {
        assert_eq!(question.check(typed, today()).as_deref(), Ok(kept), "{typed}");
    }
    for typed in ["13月1日", "2月30日", "月日", "12月"] {
        assert_eq!(visit.check(typed, today()), Err(AnswerFault::NotADate), "{typed}");
    }
    // How one is written is shown by a day that can be meant.
    let shown = |question: &Question| question.days.unwrap().example(today()).to_string();
    assert_eq!((shown(visit), shown(seen)), ("2026-12-06".into(), "2026-11-29".into()));
}

#[test]
fn a_line_break_counts_once_and_what_was_typed_is_kept() {
    let item = service("data-correction").unwrap();
    let question = item.question("what_is_wrong").unwrap();
    let lines = ["一二三四五六七八九"; 100].join("\r\n");
    let kept = question.check(&lines, today()).unwrap();
    assert_eq!((kept.chars().count(), question.max_length), (999, 1000));
    let phone = item.question("applicant_phone").unwrap();
    assert_eq!(phone.check(" 138 0013-8000 ", today()).as_deref(), Ok("138 0013-8000"));
}

proptest::proptest! {
    #[test]
    fn nothing_that_is_typed_stops_the_program(typed in "[-0-9+()./ 转#extａ＋＠@。年月日]{0,24}|\\PC{0,24}") {
        let _any = (phone::read(&typed), email::read(&typed), day::read(&typed));
    }
}

#[test]
fn a_text_too_long_is_told_by_how_much() {
    let mut question = services_question(InputKind::Paragraph);
    question.max_length = 10;
    let fault = question.check("一二三四五六七八九十\r\n一", today()).unwrap_err();
    assert_eq!(fault, AnswerFault::TooLong { max_length: 10, length: 12 });
}

#[test]
fn a_phone_number_is_read_out_as_it_was_understood() {
    let phone = services_question(InputKind::Phone);
    for (kept, read) in [
        ("13800138000", Some("+86 138 0013 8000")),
        ("００８６１３８００１３８０００", Some("+86 138 0013 8000")),
        ("05728062345转8001", Some("+86 572 806 2345 转8001")),
        ("+85221234567", Some("+852 2123 4567")),
        ("12", None),
    ] {
        assert_eq!(phone.read_out(kept).as_deref(), read, "{kept}");
    }
    assert_eq!(services_question(InputKind::Line).read_out("13800138000"), None);
}
