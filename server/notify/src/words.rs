//! What messages say: that something happened, and nothing of what.

use domain::{Locale, request::RequestNumber};
use jiff::Timestamp;
use store::{DueNotice, NoticeKind};

use crate::Outgoing;

/// Where the portal is reached, as its messages say it.
pub trait Links: Send + Sync {
    /// The host, for people.
    fn host(&self) -> String;

    /// The page of a request, without what opens it.
    fn request(&self, number: &RequestNumber) -> String;

    /// Where an address that was named is confirmed.
    fn confirm(&self, number: &RequestNumber, id: &str) -> String;

    /// Where its reader says that they want no more.
    fn stop(&self, number: &RequestNumber, id: &str) -> String;
}

/// The message of a notice that is due.
pub(crate) fn written(due: &DueNotice, links: &dyn Links, at: Timestamp) -> Outgoing {
    let DueNotice { number, id, to, kind, .. } = due;
    let stop = links.stop(number, id);
    let (subject, text, part) = match kind {
        NoticeKind::Confirm => {
            let confirm = links.confirm(number, id);
            let (subject, text) = confirming(to.locale, number, &links.host(), &confirm, &stop);
            (subject, text, 0)
        }
        NoticeKind::Progress { upto } => {
            let (subject, text) = progress(to.locale, number, &links.request(number), &stop);
            (subject, text, *upto)
        }
    };
    Outgoing { to: to.address.clone(), subject, text, id: format!("{id}.{part}"), stop, at }
}

fn confirming(
    locale: Locale,
    number: &RequestNumber,
    host: &str,
    confirm: &str,
    stop: &str,
) -> (String, String) {
    match locale {
        Locale::Zh => (
            format!("请确认：申请 {number} 有进展时发邮件给您"),
            format!(
                "有人在 {host} 填写了这个邮箱，希望申请 {number} 有新进展时收到邮件。\n\n\
                 如果是您，请打开下面的网页，按“确认”：\n{confirm}\n\n\
                 七天内没有确认，这个邮箱地址就会删除，不会再发邮件。\n\n\
                 如果不是您，不用理会。也可以打开下面的网页，马上删除：\n{stop}\n\n\
                 这封邮件由系统自动发出，请不要回复。\n"
            ),
        ),
        Locale::En => (
            format!("Please confirm: e-mail when request {number} makes progress"),
            format!(
                "Somebody entered this address at {host} to be told by e-mail when something \
                 happens to request {number}.\n\n\
                 If it was you, open this page and press Confirm:\n{confirm}\n\n\
                 If nobody confirms within seven days the address is deleted and nothing more is \
                 sent.\n\n\
                 If it was not you, there is nothing to do. You can also have it deleted at once:\n\
                 {stop}\n\n\
                 This message was sent automatically. Please do not reply.\n"
            ),
        ),
    }
}

fn progress(locale: Locale, number: &RequestNumber, request: &str, stop: &str) -> (String, String) {
    match locale {
        Locale::Zh => (
            format!("申请 {number} 有新进展"),
            format!(
                "您的申请 {number} 有新进展。\n\n\
                 请打开办理进度页，用查询码查看：\n{request}\n\n\
                 申请的内容不写在邮件里。查询码在您的回执上，邮件里不会有，也不会向您要。\n\n\
                 不想再收到：\n{stop}\n\n\
                 这封邮件由系统自动发出，请不要回复。\n"
            ),
        ),
        Locale::En => (
            format!("News about request {number}"),
            format!(
                "Something happened to your request {number}.\n\n\
                 Open its page with your tracking code to see what:\n{request}\n\n\
                 What the request is about is never written in an e-mail. The tracking code is on \
                 your receipt; it is never sent by e-mail, and no e-mail asks you for it.\n\n\
                 To receive no more:\n{stop}\n\n\
                 This message was sent automatically. Please do not reply.\n"
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use store::NoticeAddress;

    use super::*;

    struct At(&'static str);

    impl Links for At {
        fn host(&self) -> String {
            self.0.to_owned()
        }

        fn request(&self, number: &RequestNumber) -> String {
            format!("https://{}/requests/{number}", self.0)
        }

        fn confirm(&self, number: &RequestNumber, id: &str) -> String {
            format!("{}/notices/confirm/{id}", self.request(number))
        }

        fn stop(&self, number: &RequestNumber, id: &str) -> String {
            format!("{}/notices/stop/{id}", self.request(number))
        }
    }

    fn due(locale: Locale, kind: NoticeKind) -> DueNotice {
        DueNotice {
            number: RequestNumber::parse("JM-20261122-7K3MQ2VX").unwrap(),
            id: "drawn".to_owned(),
            to: NoticeAddress { address: "zhang@example.cn".to_owned(), locale },
            kind,
            attempts: 0,
            failing_since: None,
        }
    }

    #[test]
    fn p10_every_message_names_the_request_and_how_it_stops_and_no_address_but_in_its_own_field() {
        let at = "2026-11-30T01:02:03Z".parse().unwrap();
        for locale in Locale::ALL {
            for kind in [NoticeKind::Confirm, NoticeKind::Progress { upto: 3 }] {
                let said = written(&due(locale, kind), &At("jm.example"), at);
                let told = format!("{}\n{}", said.subject, said.text);
                assert_eq!(said.to, "zhang@example.cn");
                assert!(!told.contains("zhang"), "{told}");
                assert!(said.subject.contains("JM-20261122-7K3MQ2VX"), "{told}");
                assert!(said.text.contains(&format!("{}\n", said.stop)), "{told}");
                let confirms = said.text.contains("/notices/confirm/drawn\n");
                assert_eq!(confirms, kind == NoticeKind::Confirm, "{told}");
            }
        }
        let [one, again, other] = [3, 3, 4].map(|upto| {
            written(&due(Locale::Zh, NoticeKind::Progress { upto }), &At("jm.example"), at).id
        });
        assert!(one == again && one != other, "the same message has the same id: {one} {other}");
    }
}
