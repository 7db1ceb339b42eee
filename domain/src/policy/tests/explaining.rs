//! The explanation for a terminal.

use super::*;
use crate::localized::Locale;

#[test]
fn p1_the_explanation_names_every_row_every_field_and_every_source() {
    for policy in both() {
        for locale in Locale::ALL {
            let text = policy.explain(locale, TODAY);
            for row in policy.rows() {
                assert!(text.contains(row.title.get(locale)), "{}", row.number);
                assert!(text.contains(&row.source.get(locale, TODAY)), "{}", row.number);
                for (_, cell) in row.cells() {
                    assert!(text.contains(&cell.source.get(locale, TODAY)), "{}", row.number);
                }
            }
            for field in Field::ALL {
                assert!(text.contains(field.name()), "{field:?}");
            }
        }
    }
}

#[test]
fn p11_the_explanation_says_who_approved_and_what_is_off_and_why() {
    let policies = Policies::embedded().unwrap();
    let invented = policies.get("zhejiang", true).unwrap().explain(Locale::En, TODAY);
    let approved = "P approved by Provider of the Jianma demonstration data on 2026-11-01";
    assert_eq!(invented.matches(approved).count(), 9);
    assert!(invented.contains("P deny (off)   R deny (off)   I show   H show   S show   N deny"));
    assert!(invented.contains("P switched off; would be `show`"));
    let real = policies.get("zhejiang", false).unwrap();
    assert!(real.summary().contains("[policies] files"), "{}", real.summary());
    assert!(real.explain(Locale::En, TODAY).contains(
        "P off: `show` is approved by Provider of the Jianma demonstration data on 2026-11-01, \
         for demonstration data only"
    ));
}

#[test]
fn p11_a_row_that_only_asks_for_approval_is_off_until_it_has_one() {
    let cell = "{ rule = \"show\", approval = \"required\" }";
    let policy = read(&with_line(FILE, 1, "P", cell));
    assert!(!policy.shows_places());
    assert!(policy.summary().contains("no approver and date"), "{}", policy.summary());
    assert!(
        policy.explain(Locale::En, TODAY).contains("P off: `show` needs an approver and a date")
    );
    let off = policy_with_row_1("{ rule = \"show\", switch = \"off\" }");
    assert!(off.summary().contains("switched off"), "{}", off.summary());
    assert!(policy_with_row_1("\"deny\"").summary().contains("is denied"));
}

fn policy_with_row_1(cell: &str) -> Policy {
    read(&with_line(FILE, 1, "P", cell))
}
