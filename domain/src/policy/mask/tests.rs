use proptest::prelude::*;

use super::*;

fn masked(field: Field, text: &str) -> Option<String> {
    match mask(field, &Value::Text(text.into())) {
        Some(Value::Text(masked)) => Some(masked),
        None => None,
        Some(other) => panic!("{other:?}"),
    }
}

#[test]
fn p2_masks_keep_only_what_the_convention_keeps() {
    let cases = [
        (Field::HolderPerson, "张三", Some("张**")),
        (Field::HolderPerson, "欧阳修远", Some("欧**")),
        (Field::HolderPerson, "张三、李四", Some("张**")),
        (Field::HolderPerson, "  ", None),
        (Field::HolderIdentity, "33052119900101123X", Some("3***************3X")),
        (Field::HolderIdentity, "123", Some("***")),
        (Field::HolderContact, "13800138000", Some("138****8000")),
        (Field::HolderContact, "110", Some("***")),
        (Field::HolderContact, "87654321", Some("********")),
        (Field::HolderContact, "zhang.san@example.cn", Some("z**@example.cn")),
        (Field::HolderContact, "永乐路8号3幢502室", Some("永乐路8号3幢")),
        (Field::HolderContact, "张三，13800138000", Some("138****8000")),
        (Field::HolderContact, "张三，李四", None),
        (Field::HolderContact, "13800138000，永乐路8号3幢502室", Some("138****8000，永乐路8号3幢")),
        (Field::HolderContact, "zhang@example.cn,13800138000", Some("z**@example.cn，138****8000")),
        (Field::HolderContact, "zhang@example.cn 13800138000", None),
        (Field::HolderContact, "13800138000（张三丰）永乐路3幢", None),
        (Field::HolderContact, "永乐路13800138000号3幢", None),
        (Field::HolderContact, "0571-8888 8888，永乐路8号", Some("057*******8888")),
        (Field::UnitLocation, "永乐路8号3幢502室", Some("永乐路8号3幢")),
        (Field::UnitLocation, "永乐路8号12栋1单元502室", Some("永乐路8号12栋")),
        (Field::UnitLocation, "502室，永乐路8号3幢", None),
        (Field::UnitLocation, "某大厦12楼1203室", None),
        (Field::UnitLocation, "某大厦A座12楼1203室", Some("某大厦A座")),
        (Field::UnitLocation, "十二楼3幢", None),
        (Field::UnitLocation, "永乐路8号2层3幢", None),
        (Field::UnitLocation, "演示路9号楼3单元302室", Some("演示路9号楼")),
        (Field::UnitLocation, "云楼路8号502室", None),
        (Field::UnitLocation, "云楼路8号2幢502室", Some("云楼路8号2幢")),
        (Field::UnitLocation, "永乐路8号", None),
        // An enterprise's name has no mask, nor has anything else.
        (Field::HolderOrganisation, "演示公司", None),
        (Field::Mortgage, "1000000", None),
    ];
    for (field, text, wanted) in cases {
        assert_eq!(masked(field, text).as_deref(), wanted, "{field:?} {text}");
    }
    assert_eq!(mask(Field::HolderContact, &Value::Number(13_800_138_000.0)), None);
}

#[test]
fn p7_a_list_hides_the_home_in_a_unit_code() {
    let code = "340123002004GB00011F00010002";
    let code = crate::UnitCode::parse(code, crate::code::Strictness::Issue).unwrap().code;
    assert_eq!(code.masked(), "340123 002004 GB00011 F0001****");
}

/// How many characters of `text` a mask of the same length still shows.
fn shown(masked: &str) -> usize {
    masked.chars().filter(|c| *c != '*').count()
}

proptest! {
    #[test]
    fn p2_a_name_is_its_first_character_and_two_stars(text in "\\PC{0,40}") {
        if let Some(masked) = name(&text) {
            prop_assert_eq!(masked.chars().count(), 3);
            prop_assert!(masked.ends_with("**"));
            prop_assert_eq!(masked.chars().next(), text.trim().chars().next());
        }
    }

    #[test]
    fn p2_numbers_show_no_more_than_their_ends(text in any::<String>()) {
        let trimmed = text.trim();
        for (masked, first, last) in [(identity(&text), 1, 2), (phone(&text), 3, 4)] {
            prop_assert_eq!(masked.chars().count(), trimmed.chars().count());
            let pairs: Vec<_> = masked.chars().zip(trimmed.chars()).collect();
            let hidden_from = first.min(pairs.len());
            let hidden_to = pairs.len().saturating_sub(last).max(hidden_from);
            prop_assert!(pairs[hidden_from..hidden_to].iter().all(|(mask, _)| *mask == '*'));
            prop_assert!(pairs.iter().all(|(mask, own)| *mask == '*' || mask == own));
            let plain = trimmed.chars().filter(|c| *c == '*').count();
            prop_assert!(shown(&masked) == 0 || pairs.len() >= first + last + 4 || plain > 0);
        }
    }

    #[test]
    fn p2_an_address_ends_with_its_building(text in "[路号幢栋楼座层室户单元0-9A-Za-z 永乐十]{0,40}") {
        if let Some(masked) = address(&text) {
            prop_assert!(text.starts_with(&masked));
            prop_assert!(BUILDING.iter().any(|mark| masked.ends_with(mark)));
            prop_assert!(!INSIDE.iter().any(|mark| masked.contains(mark)));
            prop_assert!(!has_long_number(&masked));
        }
    }

    #[test]
    fn p2_an_email_keeps_one_character_and_its_domain(local in "[^@ \\s]{1,30}", domain in "[a-z.]{1,20}") {
        let masked = email(&format!("{local}@{domain}"));
        let first = local.chars().next().unwrap();
        prop_assert_eq!(masked, Some(format!("{first}**@{domain}")));
    }

    #[test]
    fn p2_a_contact_tells_neither_a_number_nor_a_home(
        parts in proptest::collection::vec((0..5_usize, "[1-9][0-9]{2}", "[，,;/、 （]"), 1..6),
    ) {
        let text: String = parts.iter().map(|(kind, digits, sign)| match kind {
            0 => format!("1{digits}0013{digits}{sign}"),
            1 => format!("zhang{digits}@example.cn{sign}"),
            2 => format!("永乐路{digits}号3幢{digits}室{sign}"),
            3 => format!("某大厦{digits}楼{sign}"),
            _ => format!("张三丰{sign}"),
        }).collect();
        if let Some(masked) = masked(Field::HolderContact, &text) {
            prop_assert!(!has_long_number(&masked), "{} {}", text, masked);
            for told in ["室", "张三", "zhang", "0013"] {
                prop_assert!(!masked.contains(told), "{} {}", text, masked);
            }
            let storeys = masked.match_indices('楼').any(|(at, _)| ends_in_digit(&masked[..at]));
            prop_assert!(!storeys, "{} {}", text, masked);
        }
    }

    #[test]
    fn p2_no_mask_panics_or_gives_a_text_back_whole(text in any::<String>()) {
        for field in Field::ALL {
            let masked = masked(*field, &text);
            prop_assert!(masked.is_none() || has_convention(*field));
            let digits = text.chars().filter(char::is_ascii_digit).count();
            if *field != Field::UnitLocation && digits > 3 {
                prop_assert_ne!(masked, Some(text.clone()), "{:?}", field);
            }
        }
    }
}
