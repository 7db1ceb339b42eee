use super::*;
use crate::{
    code::Strictness,
    record::Value,
    signing::{PublishedKeys, Signer, trial::SIGNER},
};

fn parcel() -> ParcelCode {
    ParcelCode::parse("330521001002GB00011", Strictness::LookUp).unwrap().code
}

fn extract() -> Extract {
    let both = |text: &str| Localized::new(text, text);
    let theme = |id: &str| ThemeTold {
        id: ThemeId(id.to_owned()),
        title: both(id),
        meaning: None,
        severity: None,
        office: both("office"),
        layers: Vec::new(),
        missing: Vec::new(),
    };
    Extract {
        issuer: Issuer { host: "portal.example".to_owned(), name: both("某局") },
        code: LandCode::Parcel(parcel()),
        place: PlaceTold {
            parcel: parcel(),
            local_id: None,
            facts: vec![Fact {
                field: crate::field::Field::ParcelArea,
                value: Value::AreaM2(1_234.567_8),
            }],
            unit_facts: Vec::new(),
            point: Some((119.977, 30.543)),
        },
        restrictions: ThreeLists {
            figures: Figures::Exact,
            concerned: vec![theme("one")],
            not_concerned: vec![theme("two")],
            unknown: vec![theme("three")],
        },
        events: Vec::new(),
        lineage: Lineage::default(),
        map: None,
        data: DataTold {
            version: "some.city-1/12".to_owned(),
            title: both("data"),
            source: both("source"),
            source_date: jiff::civil::date(2026, 11, 30),
            published_at: Timestamp::UNIX_EPOCH,
            demonstration: false,
        },
        policy: "zhejiang@1".to_owned(),
        glossary: Vec::new(),
        disclaimer: vec![both("no decision")],
    }
}

#[test]
fn p9_what_was_signed_is_genuine_and_one_byte_more_less_or_other_is_not() {
    let signed = sign(extract(), Timestamp::UNIX_EPOCH, &SIGNER).unwrap();
    let keys = SIGNER.published().unwrap();
    let text = signed.text.as_bytes();
    assert_eq!(check(text, &keys, &SIGNER), Checked::Genuine(Box::new(signed.clone())));
    for at in 0..text.len() {
        let mut other = text.to_vec();
        other[at] ^= 1;
        let read = check(&other, &keys, &SIGNER);
        assert!(!matches!(read, Checked::Genuine(_)), "byte {at}");
    }
    let figure = signed.text.replace("1234.5678", "1234.5679");
    assert_ne!(figure, signed.text);
    assert_eq!(check(figure.as_bytes(), &keys, &SIGNER), Checked::Altered);
    for end in [1, text.len() / 2, text.len() - 1] {
        assert_eq!(check(&text[..end], &keys, &SIGNER), Checked::NoFile);
        assert!(is_cut_short(&text[..end]), "of {end} bytes");
    }
    assert!(!is_cut_short(text) && !is_cut_short(b"{}}") && !is_cut_short(b"words"));
    let nobody = PublishedKeys::default();
    assert!(matches!(check(text, &nobody, &SIGNER), Checked::UnknownKey(_)));
}

#[test]
fn a_printed_page_is_known_by_its_stub_and_an_altered_one_is_not() {
    let signed = sign(extract(), Timestamp::UNIX_EPOCH, &SIGNER).unwrap();
    let keys = SIGNER.published().unwrap();
    let StubRead::Genuine(stub) = Stub::check(&signed.stub, &keys, &SIGNER) else {
        panic!("{}", signed.stub)
    };
    assert_eq!(Some(stub.digest), digest(&signed.extract));
    assert_eq!((stub.code, stub.version), (signed.extract.code, "some.city-1/12".to_owned()));
    let other = signed.stub.replace("GB00011", "GB00012");
    assert_eq!(Stub::check(&other, &keys, &SIGNER), StubRead::Altered);
    let spaced = signed.stub.replacen("GB00011", "gb00011", 1);
    assert_ne!(Stub::check(&spaced, &keys, &SIGNER), StubRead::Genuine(stub_of(&signed)));
    assert_eq!(Stub::check("330521001002GB00011.0", &keys, &SIGNER), StubRead::NoStub);
    let mut later = extract();
    later.policy = "zhejiang@2".to_owned();
    assert_ne!(digest(&later), digest(&signed.extract));
}

fn stub_of(signed: &SignedExtract) -> Stub {
    Stub::of(&signed.extract, signed.signed.at).unwrap()
}
