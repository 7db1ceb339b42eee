//! How people reach a department, as its operator says it.

use domain::{
    Localized,
    contact::{Contact, Telephone},
    text::fault_of_line,
};
use serde::Deserialize;

/// `[departments.ID.contact]`: what of it is left out is said to be unknown, with 12345 in its place.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContactConfig {
    /// The window or office that deals with requests.
    pub office: Option<Localized>,
    /// Where it is.
    pub address: Option<Localized>,
    /// Its telephone, with an extension if need be: `0572-8062345转801`.
    pub phone: Option<String>,
    /// When it is open.
    pub hours: Option<Localized>,
    /// The telephone for complaints about it.
    pub complaints: Option<String>,
    /// Its own page.
    pub page: Option<String>,
}

/// What is wrong with a contact.
#[derive(Debug, thiserror::Error)]
#[error("[departments.{department}.contact] {key}: {fault}")]
pub struct ContactError {
    /// The department.
    pub department: String,
    /// The key.
    pub key: &'static str,
    /// What is wrong.
    pub fault: &'static str,
}

impl ContactConfig {
    /// Reads what stands under a department.
    ///
    /// # Errors
    /// [`ContactError`] names the first key that people could not use.
    pub fn read(&self, department: &str) -> Result<Contact, ContactError> {
        let wrong = |key, fault| ContactError { department: department.to_owned(), key, fault };
        let text = |key, text: &Option<Localized>| match text {
            Some(text) if !is_line(&text.zh) || !is_line(&text.en) => {
                Err(wrong(key, "give a line in Chinese (zh) and in English (en), or leave it out"))
            }
            given => Ok(given.clone()),
        };
        let phone = |key, number: &Option<String>| match number {
            None => Ok(None),
            Some(number) => Telephone::read(number).map(Some).ok_or_else(|| {
                wrong(key, "no phone could dial it: write 0572-8062345, 0572-8062345转801 or 12345")
            }),
        };
        let page = match &self.page {
            Some(page) if !is_page(page) => {
                return Err(wrong("page", "give an address that begins with https:// or http://"));
            }
            given => given.clone(),
        };
        Ok(Contact {
            office: text("office", &self.office)?,
            address: text("address", &self.address)?,
            phone: phone("phone", &self.phone)?,
            hours: text("hours", &self.hours)?,
            complaints: phone("complaints", &self.complaints)?,
            page,
        })
    }
}

fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && fault_of_line(text).is_none()
}

fn is_page(page: &str) -> bool {
    let rest = page.strip_prefix("https://").or_else(|| page.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    // Without `user:password@`, which shows another host than it leads to.
    !host.is_empty() && !host.contains('@') && !page.contains(char::is_whitespace) && is_line(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Contact, String> {
        let config = toml::from_str::<ContactConfig>(text).map_err(|error| error.to_string())?;
        config.read("planning").map_err(|error| error.to_string())
    }

    #[test]
    fn s8_a_contact_is_read_and_every_part_may_be_left_out() {
        let contact = read(
            "office = { zh = \"政务服务中心3号窗口\", en = \"Window 3\" }\n\
             phone = \"0572-8062345\"\npage = \"https://zrzy.example.gov.cn/\"\n",
        )
        .unwrap();
        assert_eq!(contact.phone.unwrap().uri.as_deref(), Some("tel:+865728062345"));
        assert!(contact.address.is_none() && contact.hours.is_none());
        assert!(read("").unwrap().is_empty());
    }

    #[test]
    fn s8_a_contact_that_nobody_could_use_is_refused_by_its_key() {
        for (text, named) in [
            ("phone = \"call us\"", "phone"),
            ("complaints = \"0572\"", "complaints"),
            ("page = \"zrzy.example.gov.cn\"", "page"),
            ("page = \"javascript:alert(1)\"", "page"),
            ("page = \"https://gov.cn@evil.example/\"", "page"),
            ("office = { zh = \"窗口\", en = \" \" }", "office"),
            ("hours = { zh = \"a\\u202eb\", en = \"b\" }", "hours"),
            ("fax = \"1\"", "fax"),
        ] {
            let message = read(text).unwrap_err();
            assert!(message.contains(named), "{text}: {message}");
        }
    }
}
