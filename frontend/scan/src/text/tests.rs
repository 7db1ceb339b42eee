//! Texts in the character sets that codes are met in.

use super::Encoding::{Declared, Hanzi, Kanji, Plain, Undeclared};
use super::*;

fn of(segments: &[(Encoding, &[u8])]) -> Option<String> {
    let segment =
        |&(encoding, bytes): &(Encoding, &[u8])| Segment { encoding, bytes: bytes.to_vec() };
    text_of(&segments.iter().map(segment).collect::<Vec<_>>())
}

fn in_set(name: &str, text: &str) -> Vec<u8> {
    let set = encoding_rs::Encoding::for_label(name.as_bytes()).unwrap();
    let (bytes, _, unmapped) = set.encode(text);
    assert!(!unmapped, "{text} is not in {name}");
    bytes.into_owned()
}

#[test]
fn chinese_bytes_that_declare_nothing_read_right() {
    for text in [
        "SIPAMC-2^办公室^A01-1-2015-1^WSAJ^吉祥盒管理案卷测试^|",
        "二维码解码",
        "湖州市吴兴区织里镇",
        "衢州",
        "嵊",
        "鄞州区宁穿路1901号",
        "地块：330521001001GB00172（面积 1,234.5 ㎡）",
        "李镕堃",
        "不动产权证书 浙（2021）湖州市不动产权第0012345号",
        "國立故宮博物院在臺北",
        "见",
        "A座",
        "㐀地号",
    ] {
        let bytes = in_set("gb18030", text);
        assert_eq!(of(&[(Undeclared, &bytes)]).as_deref(), Some(text));
        let utf8 = text.as_bytes();
        assert_eq!(of(&[(Undeclared, utf8)]).as_deref(), Some(text));
    }
}

#[test]
fn japanese_bytes_that_declare_nothing_read_right() {
    for text in [
        "点",
        "日本",
        "テスト",
        "ありがとうございます",
        "東京都千代田区1-1",
        "株式会社 カメラ",
        "ﾃﾞｻﾞｲﾝQR",
        "ｲﾗｽﾄ入りｶﾗｰQRｺｰﾄﾞ",
    ] {
        let bytes = in_set("shift_jis", text);
        assert_eq!(of(&[(Undeclared, &bytes)]).as_deref(), Some(text));
    }
}

#[test]
fn kanji_segments_are_japanese_unless_all_segments_are_utf8() {
    for text in ["点茗", "日本語", "齷齪", "亜腕弌", "ありがとう"] {
        let bytes = in_set("shift_jis", text);
        assert_eq!(of(&[(Kanji, &bytes)]).as_deref(), Some(text));
        let beside = of(&[(Plain, b"42"), (Kanji, &bytes), (Undeclared, b"; a")]);
        assert_eq!(beside, Some(format!("42{text}; a")));
    }
    // 麻杏石甘: what an encoder takes for Kanji is packed as such, the rest as bytes.
    let text = "，麻杏石甘口服液，兽药字";
    let bytes = text.as_bytes();
    let (mut segments, mut at) = (Vec::<(Encoding, Vec<u8>)>::new(), 0);
    while at < bytes.len() {
        let pair = bytes.get(at..at + 2).map(|two| u16::from_be_bytes([two[0], two[1]]));
        let packs = pair.is_some_and(|pair| {
            (0x8140..=0x9ffc).contains(&pair) || (0xe040..=0xebbf).contains(&pair)
        });
        let (encoding, count) = if packs { (Kanji, 2) } else { (Undeclared, 1) };
        segments.push((encoding, bytes[at..at + count].to_vec()));
        at += count;
    }
    assert!(segments.iter().any(|(encoding, _)| *encoding == Kanji));
    let segments: Vec<_> =
        segments.iter().map(|(encoding, bytes)| (*encoding, bytes.as_slice())).collect();
    assert_eq!(of(&segments).as_deref(), Some(text));
}

#[test]
fn gbk_that_is_partly_packed_in_kanji_segments_is_chinese() {
    // 案卷 and 彐 (E5E7, which Shift JIS has too).
    let text = "案卷彐测试";
    let bytes = in_set("gb18030", text);
    let segments = [(Undeclared, &bytes[..4]), (Kanji, &bytes[4..6]), (Undeclared, &bytes[6..])];
    assert_eq!(of(&segments).as_deref(), Some(text));
}

#[test]
fn western_bytes_that_declare_nothing_are_latin_1() {
    for text in
        ["é", "café", "café au lait", "résumés", "Größe", "Île", "NOËL", "für", "été", "25 °C"]
    {
        let bytes: Vec<u8> = text.chars().map(|letter| letter as u8).collect();
        assert_eq!(of(&[(Undeclared, &bytes)]).as_deref(), Some(text));
    }
}

#[test]
fn what_is_declared_is_kept_to() {
    for (number, name, text) in [
        (3, "", "é"),
        (4, "iso-8859-2", "Łódź"),
        (7, "iso-8859-5", "Привет"),
        (20, "shift_jis", "日本"),
        (22, "windows-1251", "Привет"),
        (26, "utf-8", "见码"),
        (28, "big5", "臺北市"),
        (29, "gb18030", "见码"),
        (30, "euc-kr", "서울"),
        (32, "gb18030", "镕"),
        (170, "", "plain"),
    ] {
        let bytes = match name {
            "" => text.chars().map(|letter| letter as u8).collect(),
            name => in_set(name, text),
        };
        assert_eq!(of(&[(Declared(number), &bytes)]).as_deref(), Some(text), "{number}");
        // What is before the declaration is read by itself.
        let mixed = of(&[(Plain, b"1"), (Declared(number), &bytes), (Plain, b"2")]);
        assert_eq!(mixed, Some(format!("1{text}2")), "{number}");
    }
    let wide: Vec<u8> = "见码".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(of(&[(Declared(25), &wide)]).as_deref(), Some("见码"));
}

#[test]
fn what_is_not_as_declared_or_not_known_is_no_text() {
    assert_eq!(of(&[(Declared(26), b"\xc4\xe3\xba\xc3")]), None);
    assert_eq!(of(&[(Plain, b"330521001001GB00172"), (Declared(26), b"\xb5\xe3")]), None);
    assert_eq!(of(&[(Declared(20), b"\x81")]), None);
    assert_eq!(of(&[(Declared(9999), b"a")]), None);
    assert_eq!(of(&[(Declared(27), b"\xe9")]), None);
    assert_eq!(of(&[(Kanji, b"\x85\x7f"), (Hanzi, b"\xb5\xe3")]), None);
}

#[test]
fn hanzi_segments_are_chinese_beside_anything() {
    let pair = |text| in_set("gb18030", text);
    let (spot, land) = (pair("点号"), pair("地块"));
    let segments = [(Plain, b"330521001001GB00172".as_slice()), (Hanzi, &spot), (Hanzi, &land)];
    assert_eq!(of(&segments).as_deref(), Some("330521001001GB00172点号地块"));
    let mixed =
        [(Hanzi, spot.as_slice()), (Undeclared, "见".as_bytes()), (Declared(26), "码".as_bytes())];
    assert_eq!(of(&mixed).as_deref(), Some("点号见码"));
}

#[test]
fn a_character_may_begin_in_one_segment_and_end_in_the_next() {
    let [a, b] = ["见码".as_bytes(), "地块".as_bytes()];
    let segments = [(Declared(26), &a[..2]), (Declared(26), &a[2..]), (Undeclared, b)];
    assert_eq!(of(&segments).as_deref(), Some("见码地块"));
    let gbk = in_set("gb18030", "办公室");
    assert_eq!(of(&[(Undeclared, &gbk[..3]), (Undeclared, &gbk[3..])]).as_deref(), Some("办公室"));
}

#[test]
fn bytes_always_come_to_something_if_nothing_is_declared() {
    let mut state = 1_u32;
    for length in 1..400 {
        let bytes: Vec<u8> = (0..length)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        assert!(of(&[(Undeclared, &bytes)]).is_some_and(|text| !text.is_empty()));
    }
}
