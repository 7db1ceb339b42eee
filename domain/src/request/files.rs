//! Where the files of a request are fetched, and how a form carries them: both under the portal's own mark.

use jiff::Timestamp;

use super::ReceiptKey;
use crate::{address::API, attachment::Attached};

/// What marks are made for, so that none serves as another.
const ADDRESS: &str = "attachment address";
const CARRIED: &str = "attachment";

/// The same file with an address that is good until `expires`; `base` is scheme and host, or empty.
#[must_use]
pub fn addressed(
    mut file: Attached,
    base: &str,
    receipts: &ReceiptKey,
    expires: Timestamp,
) -> Attached {
    file.address = address(base, receipts, &file.id, expires);
    file.expires = Some(expires);
    file
}

/// The address of a file, good until `expires`, in whole seconds; `base` is scheme and host, or empty.
#[must_use]
pub fn address(base: &str, receipts: &ReceiptKey, id: &str, expires: Timestamp) -> String {
    let expires = expires.as_second();
    let signature = receipts.mark(ADDRESS, &format!("{id} {expires}"));
    format!("{base}{API}/attachments/{id}?expires={expires}&signature={signature}")
}

/// Whether an address was signed by this portal, whatever time it names (seconds since 1970). Takes the
/// same time for every wrong signature.
#[must_use]
pub fn is_signed(receipts: &ReceiptKey, id: &str, expires: i64, signature: &str) -> bool {
    receipts.has_marked(ADDRESS, &format!("{id} {expires}"), signature)
}

/// What a form carries of the files that were kept: `id.mark`, with spaces between.
#[must_use]
pub fn carried<'i>(receipts: &ReceiptKey, ids: impl IntoIterator<Item = &'i str>) -> String {
    let marked = ids.into_iter().map(|id| format!("{id}.{}", receipts.mark(CARRIED, id)));
    marked.collect::<Vec<_>>().join(" ")
}

/// The ids that a form carries: each once, in their order, and only those that this portal marked.
#[must_use]
pub fn carried_ids(receipts: &ReceiptKey, text: &str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    let marked = text.split(' ').filter_map(|one| one.split_once('.'));
    for (id, _) in marked.filter(|(id, mark)| receipts.has_marked(CARRIED, id, mark)) {
        if !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_for_one_file_and_one_time() {
        let receipts = ReceiptKey::new([1; 32]);
        let until = Timestamp::from_second(1_800_000_000).unwrap();
        let address = address("https://p.example", &receipts, "abc", until);
        let signature = address.rsplit_once('=').unwrap().1;
        assert!(
            address.starts_with("https://p.example/api/v1/attachments/abc?expires=1800000000&")
        );
        assert!(is_signed(&receipts, "abc", 1_800_000_000, signature));
        assert!(!is_signed(&receipts, "abd", 1_800_000_000, signature));
        assert!(!is_signed(&receipts, "abc", 1_800_000_001, signature));
        assert!(!is_signed(&receipts, "abc", 1_800_000_000, ""));
        assert!(!is_signed(&ReceiptKey::new([2; 32]), "abc", 1_800_000_000, signature));
    }

    #[test]
    fn a_form_carries_only_what_this_portal_marked() {
        let receipts = ReceiptKey::new([1; 32]);
        let text = carried(&receipts, ["abc", "def"]);
        assert_eq!(carried_ids(&receipts, &text), ["abc", "def"]);
        assert_eq!(carried_ids(&receipts, &format!("{text} {text}")), ["abc", "def"]);
        assert!(carried_ids(&ReceiptKey::new([2; 32]), &text).is_empty());
        let mark = text.split_once(' ').unwrap().0.split_once('.').unwrap().1;
        for forged in ["abc.", "abc", "", "  ", &format!("xyz.{mark}")] {
            assert!(carried_ids(&receipts, forged).is_empty(), "{forged}");
        }
    }
}
