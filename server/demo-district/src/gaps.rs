//! Numbers of which the register has no record.
//!
//! In a real register numbers are missing for plain reasons: given at a survey and never applied for,
//! given by mistake and struck out, kept for a neighbour who has not come yet. Here too, so that a
//! missing number says nothing of why it is missing (地图管理条例 art. 8).

use domain::record::ParcelRecord;

use super::examples;

/// Whether the number was given and its parcel is not registered (yet). It lies on the ground like
/// any other; nothing else names it.
pub(crate) fn is_unregistered(parcel: &ParcelRecord) -> bool {
    let alone = parcel.predecessors.is_empty()
        && parcel.successors.is_empty()
        && parcel.valid_to.is_none()
        && !parcel.classified;
    let shown = || examples().iter().any(|(code, _)| code.parcel() == parcel.code);
    alone && falls(parcel) && !shown()
}

/// By the number alone, scattered over each series: one in eleven, and of the state's woods, whose
/// series are short, one in four.
fn falls(parcel: &ParcelRecord) -> bool {
    let number: u32 = parcel.code.as_str()[14..].parse().unwrap_or_default();
    let scattered = number.wrapping_mul(0x9E37_79B1) >> 16;
    match parcel.code.feature() {
        "GL" => scattered % 4 == 3,
        _ => scattered.is_multiple_of(11),
    }
}
