//! Invented people, companies, numbers and addresses. Each says that it is invented: a name
//! begins with 演示, an identity number with 000000, a phone number with 000.

use domain::dictionary::Coded;
use jiff::{ToSpan, civil::Date};

use super::{
    dice::Dice,
    kinds::{Built, Holder, Kind},
    plot::Plot,
};

const STEMS: [&str; 10] = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"];

fn stem(number: u32) -> &'static str {
    STEMS[(number % 10) as usize]
}

/// A person who does not exist.
pub(crate) fn person(number: u32) -> String {
    format!("演示人{}{number:04}", stem(number))
}

/// A company that does not exist.
pub(crate) fn company(number: u32) -> String {
    format!("演示{}实业有限公司{number:04}", stem(number))
}

/// The holder's name as the register has it.
pub(crate) fn holder(kind: &Kind, place: &str, number: u32) -> Option<String> {
    match kind.holder {
        Holder::Person => Some(person(number)),
        Holder::Company => Some(company(number)),
        Holder::Public => Some(format!("演示镇公共事务中心{}", stem(number))),
        Holder::Collective => Some(collective(place)),
        Holder::Nobody => None,
    }
}

/// The collective that owns the land of a village.
pub(crate) fn collective(place: &str) -> String {
    format!("{place}股份经济合作社")
}

/// An identity number whose division, 000000, does not exist.
pub(crate) fn identity(number: u32) -> String {
    format!("00000019000101{:04}", number % 10_000)
}

/// A phone number and address that lead nowhere.
pub(crate) fn contact(number: u32) -> String {
    format!("000-0000{:04}，演示路{}号", number % 10_000, number % 300 + 1)
}

/// The number of a published paper.
pub(crate) fn paper(year: i16, number: u32) -> String {
    format!("演示〔{year}〕{number}号")
}

/// 坐落 of a parcel.
pub(crate) fn location(plot: &Plot, number: u32) -> String {
    let place = plot.place;
    match plot.kind.feature {
        "GH" | "GG" => format!("{place}{number}号（{}，虚构，德清县无海域）", plot.kind.noun),
        "JC" => format!("德清县演示镇{place}{}组{number}号", number % 8 + 1),
        "GB" | "GS" | "GX" => format!("德清县演示镇{place}{number}号（{}）", plot.kind.noun),
        _ => format!("德清县演示镇{place}{}第{number}号", plot.kind.noun),
    }
}

/// A right type.
pub(crate) fn right(kind: &Kind) -> Coded {
    Coded::new("qllx", "tdt1066", kind.right)
}

/// A right nature.
pub(crate) fn nature(kind: &Kind) -> Coded {
    Coded::new("qlxz", "tdt1066", kind.nature)
}

/// A land use, in the dictionary that the kind's register uses.
pub(crate) fn land_use(kind: &Kind) -> Coded {
    if kind.surveyed {
        Coded::new("land-use-survey", "2017", kind.land_use)
    } else {
        Coded::new("land-use-planning", "2023-11", kind.land_use)
    }
}

/// How many floors such buildings have here.
pub(crate) fn storeys(dice: &mut Dice, built: Built) -> Option<u32> {
    match built {
        Built::Nothing | Built::Trees | Built::Structure => None,
        Built::House | Built::RegisteredHouse | Built::Shops => Some(dice.count(2, 3)),
        Built::Flats => Some([6, 6, 11, 17][dice.count(0, 3) as usize]),
        Built::Halls => Some(dice.count(1, 4)),
        Built::Campus => Some(dice.count(2, 5)),
    }
}

/// Some day between two years, both included.
pub(crate) fn day(dice: &mut Dice, from: i16, to: i16) -> Date {
    let years = u32::try_from(to - from).unwrap_or_default();
    let days = i64::from(dice.count(0, years * 365 + 364));
    jiff::civil::date(from, 1, 1).saturating_add(days.days())
}
