//! What the inbox says, in both languages: a text that is missing in one does not compile.

use domain::{
    Locale,
    request::{Channel, MaterialBy, OutcomeKind, RequestState},
};

use crate::action::Action;

/// The texts of one language.
#[derive(Debug)]
pub(crate) struct Texts {
    pub title: &'static str,
    pub sample: &'static str,
    pub sample_text: &'static str,
    pub other_language: &'static str,
    pub refresh: &'static str,
    pub nothing: &'static str,
    pub count: fn(usize) -> String,
    pub number: &'static str,
    pub place: &'static str,
    pub submitted: &'static str,
    pub corrected: &'static str,
    pub withdrawn: &'static str,
    pub version: &'static str,
    pub channel: fn(Channel) -> &'static str,
    pub channel_title: &'static str,
    /// What was said at the counter of the materials.
    pub materials: &'static str,
    pub not_seen: &'static str,
    pub seen: fn(MaterialBy) -> &'static str,
    pub seen_by: fn(&str, &str) -> String,
    pub matter: &'static str,
    pub applicant: &'static str,
    pub files: &'static str,
    pub ticked: &'static str,
    pub reference: &'static str,
    pub received: &'static str,
    pub received_times: fn(u32, &str) -> String,
    pub message_submitted: &'static str,
    pub message_corrected: &'static str,
    pub message_withdrawn: &'static str,
    pub message_other: &'static str,
    pub corrected_mark: &'static str,
    pub reopening_mark: &'static str,
    pub withdrawn_mark: &'static str,
    pub unread: &'static str,
    pub state: fn(RequestState) -> &'static str,
    pub said: &'static str,
    pub taken: &'static str,
    pub known: &'static str,
    pub refused: fn(u16, &str) -> String,
    pub unanswered: fn(&str) -> String,
    pub again: &'static str,
    pub answer: &'static str,
    pub final_hint: &'static str,
    pub note: &'static str,
    pub note_hint: &'static str,
    pub own_reference: &'static str,
    pub own_reference_hint: &'static str,
    pub action: fn(Action) -> &'static str,
    /// What became of the request as an application.
    pub formal: fn(OutcomeKind) -> &'static str,
    pub days: &'static str,
    pub days_hint: &'static str,
    pub days_missing: &'static str,
    pub days_said: fn(u32) -> String,
    /// Why some buttons are not there: until when the applicant has time, where that is known.
    pub time_runs: fn(Option<String>) -> String,
    /// What is sent to the applicant where the clerk accepts without a word.
    pub accepted: &'static str,
    pub fault: &'static str,
    pub note_missing: &'static str,
    pub note_long: &'static str,
    pub reference_long: &'static str,
    pub not_text: &'static str,
    pub facts: fn(&str) -> String,
    pub facts_hint: &'static str,
    pub outline: fn(&str, &str) -> String,
    pub outline_drawn: &'static str,
    pub outline_text: &'static str,
    pub facts_wrong: &'static str,
    pub fact_silent: &'static str,
    pub fact_unknown: &'static str,
    pub fact_none: &'static str,
    pub fact_several: &'static str,
    pub fact_overlaps: &'static str,
    pub fact_codes: fn(&str) -> String,
    pub fact_figure: fn(&str) -> String,
    pub yes: &'static str,
    pub no: &'static str,
    pub foreign: &'static str,
    pub foreign_text: &'static str,
    pub gone: &'static str,
    pub gone_text: &'static str,
    pub stale: &'static str,
    pub back: &'static str,
}

impl Texts {
    /// Those of a language.
    pub(crate) const fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::Zh => &ZH,
            Locale::En => &EN,
        }
    }
}

static ZH: Texts = Texts {
    title: "样例部门收件箱",
    sample: "演示，不是真实部门。",
    sample_text: "这里收到的都应是虚构的申请；按下按钮，答复会签名后发给门户，申请人在办理进度页看到。",
    other_language: "English",
    refresh: "刷新",
    nothing: "还没有收到申请。请在门户上提交一件，再回到这里刷新。",
    count: |count| format!("共 {count} 件，最新的在前。"),
    number: "申请编号",
    place: "地块或不动产单元",
    submitted: "提交时间",
    corrected: "更正时间",
    withdrawn: "撤回时间",
    version: "申请人所见数据版本",
    channel: |channel| match channel {
        Channel::Applicant => "申请人自己提交",
        Channel::Counter => "窗口代办",
    },
    channel_title: "提交方式",
    materials: "窗口核对的材料",
    not_seen: "未核对",
    seen: |how| match how {
        MaterialBy::OriginalSeen => "已看原件",
        MaterialBy::CopyCompared => "复印件与原件相符",
        MaterialBy::SharedData => "数据共享，不收纸质",
        MaterialBy::Promised => "告知承诺",
    },
    seen_by: |staff, office| format!("{staff}（{office}）签名"),
    matter: "申请内容",
    applicant: "申请人",
    files: "附件",
    ticked: "是",
    reference: "部门编号",
    received: "收到的消息",
    received_times: |times, at| format!("共收到 {times} 次，最近 {at}"),
    message_submitted: "申请",
    message_corrected: "更正",
    message_withdrawn: "撤回",
    message_other: "其他消息",
    corrected_mark: "申请人已更正，以下为更正后的内容。",
    reopening_mark: "申请人请求重新办理，理由如下。重新办理请按“开始办理”；不重新办理的，请写明理由再按“办结”。",
    withdrawn_mark: "申请人已撤回，停止办理。",
    unread: "这条消息不是本程序认识的申请，原文如下。",
    state: |state| match state {
        RequestState::Submitted => "已提交",
        RequestState::Sent => "已送达部门",
        RequestState::Acknowledged => "部门已签收",
        RequestState::InProgress => "办理中",
        RequestState::Decided => "已办结",
        RequestState::Returned => "已退回",
        RequestState::Withdrawn => "已撤回",
    },
    said: "已发出的答复",
    taken: "门户已收下，申请人现在能看到。",
    known: "门户已有同样的答复，没有变化。",
    refused: |status, detail| format!("门户没有收下（{status}：{detail}）。申请人看不到这次答复。"),
    unanswered: |why| {
        format!("门户没有应答（{why}）。不知道是否收下，请再次发送；重复发送不会变成两次。")
    },
    again: "再次发送",
    answer: "答复申请人",
    final_hint: "此件已有结果；再次答复，申请人会看到“更正”。",
    note: "给申请人的话",
    note_hint: "申请人原样看到。通知补正、容缺受理：写全所缺的材料，每行一项。不予受理、撤销受理：写明理由。",
    own_reference: "文号或受理号（选填）",
    own_reference_hint: "例如 2026-0815。",
    action: |action| match action {
        Action::Accept => "受理",
        Action::AcceptWithGaps => "容缺受理",
        Action::Supplement => "通知补正",
        Action::Progress => "开始办理",
        Action::Decide => "办结",
        Action::Refuse => "不予受理（退回）",
        Action::Revoke => "撤销受理",
        Action::DeemWithdrawn => "逾期未补正，视为撤回",
        Action::Remark => "补充说明",
    },
    formal: |kind| match kind {
        OutcomeKind::Accepted => "受理通知书",
        OutcomeKind::AcceptedWithGaps => "容缺受理通知书",
        OutcomeKind::SupplementAsked => "补正告知书",
        OutcomeKind::NotAccepted => "不予受理通知书",
        OutcomeKind::AcceptanceRevoked => "撤销受理决定书",
        OutcomeKind::DeemedWithdrawn => "视为撤回申请告知书",
    },
    days: "补正期限（工作日）",
    days_hint: "通知补正、容缺受理时用；最后一日由门户按节假日算出。",
    days_missing: "请写明期限（1到250个工作日），“给申请人的话”里每行一项、每项最多500字。",
    days_said: |days| format!("期限：{days}个工作日。"),
    time_runs: |until| {
        let until = until.map_or_else(
            || "期限落在节假日尚未公布的年份，最后一日还不知道".to_owned(),
            |day| format!("申请人补交材料的期限到{day}，当日仍在期限内"),
        );
        format!(
            "{until}。期限届满前，没有收到补交的材料，不能撤销受理，也不能视为撤回，所以这里没有这两个按钮。"
        )
    },
    accepted: "您的申请已受理。",
    fault: "答复没有发出。",
    note_missing: "请在“给申请人的话”里写明内容：申请人要知道缺什么或者为什么。",
    note_long: "“给申请人的话”最多2000字。",
    reference_long: "文号最多200字。",
    not_text: "“给申请人的话”或文号里有看不见的控制字符，请删去后再发。",
    facts: |of| format!("所问事项（拟作{of}）"),
    facts_hint: "申请人按这些答复重新判断这块地。没有填的，不作答复。",
    outline: |size, digest| {
        format!(
            "问的不是整块宗地，而是申请人画出的范围：{size} m²，SHA-256 {digest}。请按这个范围答复。"
        )
    },
    outline_drawn: "申请人画出的范围，上北下南，按比例绘制",
    outline_text: "范围（GeoJSON，2000国家大地坐标系）",
    facts_wrong: "有一项答复格式不对：请按每一项的说明填写。",
    fact_silent: "暂不答复",
    fact_unknown: "本部门不清楚",
    fact_none: "不涉及",
    fact_several: "有几项的，用逗号分开。",
    fact_overlaps: "不涉及填none；整块地属于某一区的，填分区名称；只占一部分的，填占地比例，例如30 %。",
    fact_codes: |of| format!("填代码（{of}）；有几项的，用逗号分开。"),
    fact_figure: |unit| format!("填数值，单位{unit}。"),
    yes: "是",
    no: "否",
    foreign: "没有执行",
    foreign_text: "这个请求不是从本收件箱页面发出的。请回到收件箱再按按钮。",
    gone: "没有这一件",
    gone_text: "收件箱里没有这件申请；没有指定数据文件夹时，重新启动后收件箱是空的。",
    stale: "在您填写时，这一件已有新的答复。请看上面的答复，需要时再发一次；您写的内容还在下面。",
    back: "回到收件箱",
};

static EN: Texts = Texts {
    title: "Sample department inbox",
    sample: "A demonstration, not a real department.",
    sample_text: "Everything received here should be invented. A button signs your answer and sends \
                  it to the portal, where the applicant sees it.",
    other_language: "中文",
    refresh: "Refresh",
    nothing: "Nothing has been received yet. Submit a request on the portal, then refresh this page.",
    count: |count| format!("{count} received, newest first."),
    number: "Request number",
    place: "Parcel or unit",
    submitted: "Submitted",
    corrected: "Corrected",
    withdrawn: "Withdrawn",
    version: "Data version the applicant saw",
    channel: |channel| match channel {
        Channel::Applicant => "By the applicant",
        Channel::Counter => "At the counter, for the applicant",
    },
    channel_title: "How it was submitted",
    materials: "Materials checked at the counter",
    not_seen: "not checked",
    seen: |how| match how {
        MaterialBy::OriginalSeen => "original seen",
        MaterialBy::CopyCompared => "copy compared with the original",
        MaterialBy::SharedData => "shared data, no paper",
        MaterialBy::Promised => "written promise",
    },
    seen_by: |staff, office| format!("signed by {staff} ({office})"),
    matter: "What is asked",
    applicant: "Applicant",
    files: "Files",
    ticked: "Yes",
    reference: "Department reference",
    received: "Messages received",
    received_times: |times, at| format!("received {times} times, last {at}"),
    message_submitted: "Request",
    message_corrected: "Correction",
    message_withdrawn: "Withdrawal",
    message_other: "Other message",
    corrected_mark: "The applicant has corrected this request; below is what they ask now.",
    reopening_mark: "The applicant asks to reopen this request, for the reason below. To reopen it, press “Start work”; otherwise say why not and press “Decide”.",
    withdrawn_mark: "The applicant has withdrawn this request. Stop working on it.",
    unread: "This program does not recognise this message as a request. Its text:",
    state: |state| match state {
        RequestState::Submitted => "Submitted",
        RequestState::Sent => "Sent to the department",
        RequestState::Acknowledged => "Received by the department",
        RequestState::InProgress => "In progress",
        RequestState::Decided => "Decided",
        RequestState::Returned => "Returned",
        RequestState::Withdrawn => "Withdrawn",
    },
    said: "Answers sent",
    taken: "The portal has taken it; the applicant sees it now.",
    known: "The portal had this answer already. Nothing changed.",
    refused: |status, detail| {
        format!("The portal did not take it ({status}: {detail}). The applicant does not see it.")
    },
    unanswered: |why| {
        format!(
            "The portal did not answer ({why}). It may or may not have taken it. Send it again: it \
             will not count twice."
        )
    },
    again: "Send again",
    answer: "Answer the applicant",
    final_hint: "This request is closed; another answer is shown to the applicant as a correction.",
    note: "Words for the applicant",
    note_hint: "Shown as written. To ask for more, or to accept with materials to follow: everything that is \
                missing, one thing a line. Not to accept, or to revoke: the reasons.",
    own_reference: "Reference (optional)",
    own_reference_hint: "For example 2026-0815.",
    action: |action| match action {
        Action::Accept => "Accept",
        Action::AcceptWithGaps => "Accept, with materials to follow",
        Action::Supplement => "Ask for more",
        Action::Progress => "Start work",
        Action::Decide => "Decide",
        Action::Refuse => "Do not accept (return)",
        Action::Revoke => "Revoke acceptance",
        Action::DeemWithdrawn => "Not added in time: withdrawn",
        Action::Remark => "Add a note",
    },
    formal: |kind| match kind {
        OutcomeKind::Accepted => "Notice of acceptance",
        OutcomeKind::AcceptedWithGaps => "Notice of acceptance with materials to follow",
        OutcomeKind::SupplementAsked => "Notice of what to add",
        OutcomeKind::NotAccepted => "Notice of non-acceptance",
        OutcomeKind::AcceptanceRevoked => "Decision revoking acceptance",
        OutcomeKind::DeemedWithdrawn => "Notice that the application counts as withdrawn",
    },
    days: "Time for what is missing (working days)",
    days_hint: "For what is missing; the portal works out the last day by the holidays.",
    days_missing: "Say how much time there is (1 to 250 working days), and one thing a line in the words for \
                   the applicant, 500 characters each at most.",
    days_said: |days| format!("Time: {days} working days."),
    time_runs: |until| {
        let until = until.map_or_else(
            || {
                "The time for what is missing ends in a year whose holidays are not announced yet, so its last \
                 day is not known"
                    .to_owned()
            },
            |day| format!("The applicant has until {day}, that day included, to bring what is missing"),
        );
        format!(
            "{until}. Until then, and while nothing came, acceptance is not revoked and the request does not count as \
             withdrawn: that is why those two buttons are not here."
        )
    },
    accepted: "Your request has been accepted.",
    fault: "The answer was not sent.",
    note_missing: "Write something for the applicant: they need to know what is missing, or why.",
    note_long: "The words for the applicant have at most 2,000 characters.",
    reference_long: "The reference has at most 200 characters.",
    not_text: "The words or the reference hold invisible control characters. Remove them and send \
               again.",
    facts: |of| format!("What the request asks (planned use: {of})"),
    facts_hint: "The applicant’s site is assessed again with these answers. What you leave empty is not answered.",
    outline: |size, digest| {
        format!(
            "This is about an outline that the applicant drew, and not about the whole parcel: {size} m², SHA-256 {digest}. Answer for the outline."
        )
    },
    outline_drawn: "The outline that the applicant drew, to scale, north up",
    outline_text: "The outline (GeoJSON, CGCS2000)",
    facts_wrong: "One of the answers has the wrong form: see the hint above each field.",
    fact_silent: "no answer yet",
    fact_unknown: "we do not know",
    fact_none: "does not apply here",
    fact_several: "If there are several, put commas between them.",
    fact_overlaps: "none if it does not apply here; the name of the zone if the whole site lies in it; \
                    otherwise the share of the site, for example 30 %.",
    fact_codes: |of| format!("A code ({of}); if there are several, put commas between them."),
    fact_figure: |unit| format!("A figure in {unit}."),
    yes: "yes",
    no: "no",
    foreign: "Nothing was done",
    foreign_text: "This did not come from a page of this inbox. Go back to the inbox and press the \
                   button there.",
    gone: "No such request",
    gone_text: "This request is not in the inbox. Without a data folder the inbox is empty after \
                each start.",
    stale: "Somebody answered this request while you were writing. Read the answers above and send \
            again if you need to; what you wrote is still below.",
    back: "Back to the inbox",
};
