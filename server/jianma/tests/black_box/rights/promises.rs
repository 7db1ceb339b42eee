//! Every promise of the privacy page is one that a test holds.

use crate::harness::{PortalFolder, client};

/// Each sentence of the privacy page that promises something, and the test that holds it. A sentence
/// that is added is a promise that nobody keeps until it stands here.
const PROMISES: [(&str, &str); 19] = [
    ("自然人的姓名、证件号和电话从不公开", "p2_no_byte_of_what_is_denied_leaves"),
    ("只用来办理您提交的这份申请和与您联系", "p10_from_submission_to_the_register"),
    (
        "表单里的姓名、电话、邮箱、您写的内容和上传的附件",
        "forms_are_short_and_ask_about_the_matter",
    ),
    ("举报可以匿名", "s9_a_violation_can_be_reported_without_a_name_or_a_phone"),
    ("都加密保存，密钥不放在数据库里", "x3_no_personal_word_is_in_the_folder"),
    ("只交给表单上写明的受理部门", "s5_a_delivery_is_sent_to_another_department_and_back"),
    ("没有送达、没有结束的申请一直保存", "p10_a_deleted_request_is_in_the_register"),
    ("从结束那天算起", "p10_what_a_law_keeps_is_not_deleted_and_what_is_due_is"),
    ("删除后只留下申请编号、业务、日期和原因", "p10_a_deleted_request_is_in_the_register"),
    ("随时查看，打印或下载全部信息", "p10_all_that_is_kept_is_handed_out"),
    ("部门会收到更正后的内容", "p10_a_correction_reaches_the_department_once"),
    ("没有送出的不再送出", "p10_what_was_not_sent_is_not_sent_after_a_withdrawal"),
    ("由工作人员代办，并记下经办人和原因", "p10_staff_honour_a_letter"),
    ("只在您按“保存草稿”时保存，加密", "x3_no_personal_word_is_in_the_folder"),
    ("最后一次保存起30天后删除", "s11_a_draft_whose_time_is_over_is_not_given_back_and_goes"),
    ("不含姓名、电话、查询码和申请内容", "x3_no_personal_word_is_in_the_folder"),
    ("并且确认之后，才会发邮件", "p10_progress_is_told_to_an_address_that_confirmed"),
    ("七天内没有确认的，自动删除", "p10_an_address_is_forgotten_when_nobody_is_told_any_more"),
    ("立即删除；其余的随申请一起删除", "p10_an_address_is_forgotten_with_its_request"),
];

#[tokio::test]
async fn p10_the_privacy_page_says_what_the_tests_hold() {
    let place = PortalFolder::with_small_data();
    let mail = "[site]\nhost = \"jm.example\"\n[mail]\nfrom = \"noreply@jm.example\"\n\
                smtp = \"smtp://127.0.0.1:9\"\n";
    place.configure("http://127.0.0.1:9", mail);
    let portal = place.serve();
    let page = client().get(format!("{}/privacy", portal.address)).send().await.unwrap();
    let page = page.text().await.unwrap();
    let mut tests = String::new();
    let rooms = ["../../domain/src", "tests", "../store-sqlite/tests", "../store-suite/src"];
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<_> = rooms.iter().map(|room| here.join(room)).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                tests.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    for (promise, held_by) in PROMISES {
        assert!(page.contains(promise), "{promise} ({held_by})");
        assert!(tests.contains(&format!("fn {held_by}")), "there is no test {held_by}");
    }
    for item in domain::service::services() {
        assert!(page.contains(&item.title.zh), "{}", item.id);
        assert!(page.contains(&format!("结束后保存{}个月", item.retention.months)), "{}", item.id);
    }
}
