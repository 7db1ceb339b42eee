//! What must hold for any bytes. Called by the fuzzer and by a test of `domain`, so that it cannot
//! rot.

use domain::{
    LandCode,
    code::{MOST_CANDIDATES, ParcelCode, Strictness, UnitCode, clean, near_misses},
    scanned_text::{ScannedText, stays_here},
};

const HOST: &str = "jianma.example";

/// Panics when something that must hold of these bytes does not.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    code(&text);
    payload(&text);
    payload(&format!("https://{HOST}/{text}"));
    near(&text);
}

fn code(text: &str) {
    let issued = LandCode::parse(text, Strictness::Issue);
    let found = LandCode::parse(text, Strictness::LookUp);
    assert!(found.is_ok() || issued.is_err(), "issuing is stricter");
    let either = ParcelCode::parse(text, Strictness::LookUp).is_ok()
        || UnitCode::parse(text, Strictness::LookUp).is_ok();
    assert_eq!(found.is_ok(), either);
    match found {
        Ok(parsed) => {
            let code = parsed.code;
            assert_eq!(code.to_string(), clean(text).into_iter().collect::<String>());
            for written in [code.to_string(), code.grouped(), code.grouped().to_lowercase()] {
                let again = LandCode::parse(&written, Strictness::LookUp);
                assert_eq!(again.map(|parsed| parsed.code), Ok(code), "{written}");
            }
            assert_eq!(code.canonical().canonical(), code.canonical());
            assert_eq!(code.canonical().parcel(), code.parcel());
        }
        Err(error) => {
            assert!(error.position() >= 1);
            assert!(error.position() <= clean(text).len().max(28) + 1, "{error}");
            assert!(error.covers(error.position()));
        }
    }
}

fn payload(text: &str) {
    match ScannedText::judge(text, HOST) {
        ScannedText::Code(code) => {
            let label = format!("HTTPS://{}/C/{code}", HOST.to_uppercase());
            for written in [code.to_string(), label] {
                assert_eq!(
                    ScannedText::judge(&written, HOST),
                    ScannedText::Code(code),
                    "{written}"
                );
            }
        }
        ScannedText::Here(path) => assert!(stays_here(&path), "{path}"),
        ScannedText::Foreign { host, .. } => {
            assert!(host.is_none_or(|host| !host.eq_ignore_ascii_case(HOST)));
        }
    }
}

fn near(text: &str) {
    let written = LandCode::parse(text, Strictness::LookUp).ok().map(|parsed| parsed.code);
    let candidates = near_misses(text);
    assert!(candidates.len() <= MOST_CANDIDATES);
    for code in candidates {
        assert_ne!(Some(code), written);
        assert!(LandCode::parse(code.as_str(), Strictness::Issue).is_ok(), "{code}");
    }
}
