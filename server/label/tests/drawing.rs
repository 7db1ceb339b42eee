//! What is drawn is read back as a phone, a printer's software and a browser would.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

use label::{
    DOTS_PER_INCH, Format, Group, Label, LabelError, Level, Page, Print, Shape, Sheet, Symbol,
    pages,
};
use scan::{Frame, decode_still};

const ADDRESS: &str =
    "HTTPS://PORTAL.EXAMPLE.GOV.CN/L/330521001001GB00001-A-0000042-K7Q2M9XWPT4C0Z8V";
const UNIT: &str =
    "HTTPS://PORTAL.EXAMPLE.GOV.CN/L/330521001001GE00047L00000002-A-0000043-K7Q2M9XWPT4C0Z8V";

const GROUPS: [(&str, &str); 4] = [
    ("330521", "行政区划"),
    ("001001", "地籍区/子区"),
    ("GB00001", "宗地"),
    ("F0001****", "定着物单元"),
];

fn label(address: &str) -> Label {
    Label {
        address: address.into(),
        groups: GROUPS.map(|(text, name)| Group { text: text.into(), name: name.into() }).into(),
        issuer: vec!["德清县自然资源和规划局".into(), "Deqing Planning Bureau".into()],
        host: "portal.example.gov.cn".into(),
        serial: "0000042".into(),
    }
}

fn at(side_mm: f32) -> Print {
    Print { side_mm, ..Print::default() }
}

fn one(address: &str, print: &Print) -> Page {
    pages(&[label(address)], print).unwrap().remove(0)
}

/// The pixels of a PNG, and its pixels a metre.
fn picture(file: &[u8]) -> (Frame, u32) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
    let mut luma = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut luma).unwrap();
    assert_eq!(info.color_type, png::ColorType::Grayscale);
    luma.truncate(info.buffer_size());
    let dims = reader.info().pixel_dims.unwrap();
    assert_eq!((dims.unit, dims.xppu), (png::Unit::Meter, dims.yppu));
    (frame(info.width, info.height, luma), dims.xppu)
}

fn frame(width: u32, height: u32, luma: Vec<u8>) -> Frame {
    Frame::from_luma(width as usize, height as usize, luma).unwrap()
}

fn read(frame: &Frame) -> Vec<String> {
    decode_still(frame, None, &mut || true).iter().map(|found| found.text.clone()).collect()
}

fn painted(width: u32, height: u32, blocks: impl Iterator<Item = [u32; 4]>) -> Frame {
    let mut luma = vec![255; (width * height) as usize];
    for [x, y, across, down] in blocks {
        for row in y..y + down {
            let from = (row * width + x) as usize;
            luma[from..from + across as usize].fill(0);
        }
    }
    frame(width, height, luma)
}

#[test]
fn a_symbol_as_path_data_is_read() {
    assert_is_read_as_path_data(&Symbol::new(ADDRESS, Level::M).unwrap());
    assert_is_read_as_path_data(&Symbol::plain(ADDRESS, Level::M).unwrap());
}

fn assert_is_read_as_path_data(symbol: &Symbol) {
    let number = |text: &str| text.parse::<u32>().unwrap();
    let path = symbol.path();
    let runs = path.split('M').skip(1).map(|run| {
        let (x, rest) = run.split_once(' ').unwrap();
        let (y, rest) = rest.split_once('h').unwrap();
        let (length, rest) = rest.split_once('v').unwrap();
        assert_eq!(rest, format!("1h-{length}z"));
        // Four modules around it stay light.
        [(number(x) + 4) * 6, (number(y) + 4) * 6, number(length) * 6, 6]
    });
    let side = (symbol.side() + 8) * 6;
    assert_eq!(read(&painted(side, side, runs)), [ADDRESS]);
}

#[test]
fn q4_a_printed_label_of_two_centimetres_is_read() {
    for address in [ADDRESS, UNIT] {
        for side in [20.0, 30.0, 50.0] {
            let page = one(address, &at(side));
            let file = Format::Png.files(&[page]).unwrap().remove(0);
            let (frame, per_metre) = picture(&file);
            assert_eq!(per_metre, 11_811, "300 dpi");
            assert_eq!(read(&frame), [address], "{side} mm");
        }
    }
}

#[test]
fn q4_a_label_with_15_per_cent_of_its_modules_covered_is_read() {
    let symbol = Symbol::new(ADDRESS, Level::default()).unwrap();
    let page = one(ADDRESS, &at(20.0));
    let module = page.width / (symbol.side() + 8);
    let (clean, _) = picture(&Format::Png.files(std::slice::from_ref(&page)).unwrap()[0]);
    // Mud or a torn-off patch in several places, and a scratch across. The finder and timing
    // patterns stay: error correction does not cover them.
    let side = symbol.side();
    let patch = (f64::from(side * side) * 0.15).sqrt().ceil() as u32;
    let band = (side * side * 15).div_ceil(100 * (side - 9));
    let places = [
        (side - patch, side - patch, patch, patch),
        ((side - patch) / 2, (side - patch) / 2, patch, patch),
        (9, side - 9 - patch, patch, patch),
        (side - patch, 9, patch, patch),
        (9, side / 2, side - 9, band),
        (side / 2, 9, band, side - 9),
    ];
    for (x, y, across, down) in places {
        assert!(across * down * 100 >= side * side * 15, "covers less than 15 %");
        for ink in [0, 255] {
            let mut luma = clean.luma().to_vec();
            for row in (4 + y) * module..(4 + y + down) * module {
                let from = (row * page.width + (4 + x) * module) as usize;
                luma[from..from + (across * module) as usize].fill(ink);
            }
            let damaged = frame(page.width, page.height, luma);
            assert_eq!(read(&damaged), [ADDRESS], "{across} × {down} at {x}, {y} in {ink}");
        }
    }
}

#[test]
fn q4_the_quiet_zone_is_four_modules_and_text_stays_out_of_it() {
    let symbol = Symbol::new(ADDRESS, Level::default()).unwrap();
    let page = one(ADDRESS, &at(30.0));
    let module = page.width / (symbol.side() + 8);
    assert_eq!(page.width, (symbol.side() + 8) * module);
    let (frame, _) = picture(&Format::Png.files(std::slice::from_ref(&page)).unwrap()[0]);
    let (quiet, end) = (4 * module, (symbol.side() + 4) * module);
    let dark = |x: u32, y: u32| frame.luma()[(y * page.width + x) as usize] < 255;
    for y in 0..end + quiet {
        for x in 0..page.width {
            let inside = (quiet..end).contains(&x) && (quiet..end).contains(&y);
            assert!(inside || !dark(x, y), "ink at {x}, {y}");
        }
    }
    assert!((quiet..end).any(|x| dark(x, quiet)), "the symbol begins there");
    let text = page.width * page.width..page.width * page.height;
    assert!(text.clone().any(|at| frame.luma()[at as usize] == 0), "there is text below");
    for row in text.step_by(page.width as usize) {
        assert_eq!(frame.luma()[row as usize], 255, "text is cut off");
    }
    let last = &frame.luma()[frame.luma().len() - page.width as usize..];
    assert!(last.iter().all(|luma| *luma == 255), "text is cut off below");
}

#[test]
fn the_svg_is_well_formed_of_its_size_and_read() {
    let page = one(ADDRESS, &at(25.0));
    let file = Format::Svg.files(std::slice::from_ref(&page)).unwrap().remove(0);
    let text = String::from_utf8(file).unwrap();
    let document = roxmltree::Document::parse(&text).unwrap();
    let svg = document.root_element();
    let width: f32 = svg.attribute("width").unwrap().trim_end_matches("mm").parse().unwrap();
    assert!((width - page.width as f32 * 25.4 / 300.0).abs() < 0.001);
    assert_eq!(svg.attribute("viewBox").unwrap(), format!("0 0 {} {}", page.width, page.height));
    let modules = svg.children().find(|child| child.attribute("id") == Some("modules")).unwrap();
    let blocks = modules.attribute("d").unwrap().split_terminator('z').map(|block| {
        let numbers: Vec<u32> =
            block.split(['M', ' ', 'h', 'v', '-']).filter_map(|n| n.parse().ok()).collect();
        [numbers[0], numbers[1], numbers[2], numbers[3]]
    });
    assert_eq!(read(&painted(page.width, page.height, blocks)), [ADDRESS]);
    let letters = svg.children().find(|child| child.attribute("id") == Some("letters")).unwrap();
    let drawn = letters.attribute("d").unwrap().matches('M').count();
    assert!(drawn > 40, "{drawn} contours");
}

#[test]
fn the_pdf_has_its_pages_in_their_size_and_is_read() {
    let made = pages(&[label(ADDRESS), label(UNIT)], &at(25.0)).unwrap();
    let file = Format::Pdf.files(&made).unwrap().remove(0);
    let document = lopdf::Document::load_mem(&file).unwrap();
    let found = document.get_pages();
    assert_eq!(found.len(), 2);
    for ((id, page), address) in found.values().zip(&made).zip([ADDRESS, UNIT]) {
        let box_ = document.get_dictionary(*id).unwrap().get(b"MediaBox").unwrap();
        let width = box_.as_array().unwrap()[2].as_float().unwrap();
        assert!((width - page.width as f32 * 72.0 / DOTS_PER_INCH as f32).abs() < 0.01);
        let content = document.get_and_decode_page_content(*id).unwrap();
        let blocks = content.operations.iter().filter(|done| done.operator == "re").map(|done| {
            let numbers: Vec<u32> =
                done.operands.iter().map(|n| n.as_float().unwrap() as u32).collect();
            [numbers[0], numbers[1], numbers[2], numbers[3]]
        });
        assert_eq!(read(&painted(page.width, page.height, blocks)), [address]);
        assert!(content.operations.iter().filter(|done| done.operator == "f").count() > 20);
    }
}

#[test]
fn sheets_hold_every_label_apart() {
    let addresses: Vec<String> = (0..40)
        .map(|n| {
            format!(
                "HTTPS://PORTAL.EXAMPLE.GOV.CN/L/330521001001GB{n:05}-A-0000042-K7Q2M9XWPT4C0Z8V"
            )
        })
        .collect();
    let labels: Vec<Label> = addresses.iter().map(|address| label(address)).collect();
    let print = Print { sheet: Sheet::A4, ..at(30.0) };
    let made = pages(&labels, &print).unwrap();
    assert!((2..=4).contains(&made.len()), "{} sheets", made.len());
    assert!(made.iter().all(|page| (page.width, page.height) == (2480, 3508)));
    let document = lopdf::Document::load_mem(&Format::Pdf.files(&made).unwrap()[0]).unwrap();
    assert_eq!(document.get_pages().len(), made.len());
    // Where a label stands: cut out as one would with scissors, every one is read.
    let blocks: usize = made.iter().map(|page| page.shapes.len()).sum();
    let alone: usize =
        pages(&labels, &at(30.0)).unwrap().iter().map(|page| page.shapes.len()).sum();
    assert_eq!(blocks, alone, "nothing is lost on the way to the sheets");
    let first = picture(&Format::Png.files(&made[..1]).unwrap()[0]).0;
    let single = &pages(&labels[..1], &at(30.0)).unwrap()[0];
    let cut: Vec<u8> = (0..single.height)
        .flat_map(|y| {
            let from = ((118 + y) * 2480 + 118) as usize;
            first.luma()[from..from + single.width as usize].to_vec()
        })
        .collect();
    assert_eq!(read(&frame(single.width, single.height, cut)), [addresses[0].clone()]);
}

#[test]
fn the_same_label_gives_the_same_bytes() {
    for format in [Format::Svg, Format::Pdf, Format::Png] {
        let draw = || format.files(&pages(&[label(ADDRESS)], &at(30.0)).unwrap()).unwrap();
        assert_eq!(draw(), draw(), "{format:?}");
    }
}

#[test]
fn q4_no_label_is_printed_too_small_to_read() {
    for side in [19.9, 100.1, f32::NAN] {
        let error = pages(&[label(ADDRESS)], &at(side)).unwrap_err();
        assert!(matches!(error, LabelError::Side { .. }), "{side}");
    }
    let long = format!("HTTPS://{}/L/X", "A".repeat(300));
    let error = pages(&[label(&long)], &at(20.0)).unwrap_err();
    assert!(matches!(error, LabelError::TooSmall { .. }), "{error}");
}

#[test]
fn the_label_says_what_it_is_for_who_issued_it_and_what_its_groups_are() {
    let letters = |label: &Label| {
        let page = pages(std::slice::from_ref(label), &at(30.0)).unwrap().remove(0);
        page.shapes.iter().filter(|shape| matches!(shape, Shape::Outline(_))).count()
    };
    let whole = label(ADDRESS);
    // Every word is drawn: leave one out, and so many letters are gone.
    let without = Label { issuer: Vec::new(), ..whole.clone() };
    assert_eq!(letters(&whole) - letters(&without), "德清县自然资源和规划局".chars().count());
    let mut unnamed = whole.clone();
    unnamed.groups.iter_mut().for_each(|group| group.name.clear());
    let names: usize = GROUPS.iter().map(|(_, name)| name.chars().count()).sum();
    assert_eq!(letters(&whole) - letters(&unnamed), names);
    let rest = Label {
        groups: Vec::new(),
        issuer: Vec::new(),
        host: String::new(),
        serial: String::new(),
        ..whole
    };
    // 见码·扫码看地·办事, the same in English, and 编号No.
    assert_eq!(letters(&rest), 10 + 32 + 5);
}

#[test]
fn a_name_that_cannot_be_printed_is_printed_in_the_other_language_or_refused() {
    let issued = |issuer: &[&str]| {
        let issuer = issuer.iter().map(|name| (*name).to_owned()).collect();
        pages(&[Label { issuer, ..label(ADDRESS) }], &at(30.0))
    };
    assert_eq!(issued(&["𠮷", "Deqing"]).unwrap(), issued(&["Deqing"]).unwrap());
    let error = issued(&["某𠮷局"]).unwrap_err();
    assert!(matches!(error, LabelError::Letter { character: '𠮷', .. }), "{error}");
    for county in ["衢州市", "鄞州区", "瓯海区", "缙云县", "嵊泗县", "岱山县", "椒江区", "婺城区"]
    {
        assert!(issued(&[county]).is_ok(), "{county}");
    }
}
