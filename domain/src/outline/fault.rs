//! Why an outline is not taken. Every reason is told in words, with what was typed kept.

/// What is wrong with an outline. Lines are counted from 1; of a file that has no lines, corners.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OutlineFault {
    /// Nothing was given.
    #[error("no outline was given")]
    Empty,
    /// A longer text than is read.
    #[error("the text is longer than {most_kb} kB")]
    TooLong {
        /// As much is read, kB.
        most_kb: usize,
    },
    /// An archive.
    #[error("the file is packed: unpack it, and send the GeoJSON or TXT file that is in it")]
    Packed,
    /// Neither GeoJSON, nor a survey text, nor coordinates.
    #[error("this is neither GeoJSON nor a survey file (TXT)")]
    UnknownFile,
    /// It begins as GeoJSON and does not read.
    #[error("the GeoJSON does not read: {reason}")]
    BadJson {
        /// Where and why.
        reason: String,
    },
    /// GeoJSON of something that encloses no ground, or of several sites.
    #[error("{found} is no outline of one site: a Polygon or a MultiPolygon is")]
    NoPolygon {
        /// What it is of.
        found: String,
    },
    /// Not two numbers in a line.
    #[error("line {line}: write one point with two numbers, longitude and latitude")]
    NotAPoint {
        /// The line.
        line: usize,
    },
    /// What should be a number is none, or has no end.
    #[error("line {line}: {written:?} is no number")]
    NotANumber {
        /// The line.
        line: usize,
        /// As written.
        written: String,
    },
    /// Latitude stands first.
    #[error("line {line}: it looks as if latitude stood first; longitude comes first")]
    Swapped {
        /// The line.
        line: usize,
    },
    /// No place has these coordinates.
    #[error("line {line}: these are neither degrees nor CGCS2000 coordinates in a 3° zone")]
    OutOfRange {
        /// The line.
        line: usize,
    },
    /// Metres without the number of their zone.
    #[error(
        "the zone of the coordinates is not said: write the zone before the easting, or a line “zone 40”"
    )]
    ZoneMissing,
    /// A zone that is none of the 3° zones of China.
    #[error("there is no 3° zone {zone}: 25 to 45 are")]
    NoSuchZone {
        /// As written.
        zone: u32,
    },
    /// The file says one zone, its eastings another.
    #[error("line {line}: zone {told} was said, and the easting is in zone {written}")]
    OtherZone {
        /// The line.
        line: usize,
        /// The zone that was said.
        told: u8,
        /// That of the easting.
        written: u8,
    },
    /// Degrees and metres, or several zones, in one outline.
    #[error("line {line}: it is not written as the points before it")]
    Mixed {
        /// The line.
        line: usize,
    },
    /// A 6° zone.
    #[error("coordinates in a 6° zone are not read: give degrees, or a 3° zone")]
    SixDegrees,
    /// Another coordinate system, or none said where one must be.
    #[error("the coordinate system {named:?} is not CGCS2000: transform the file first")]
    OtherDatum {
        /// As written; empty where none is.
        named: String,
    },
    /// Fewer than three corners.
    #[error("an outline has at least three corners")]
    TooFew,
    /// More corners than are read.
    #[error("{points} points are more than {most}")]
    TooMany {
        /// So many there are, as far as they were counted.
        points: usize,
        /// So many are read.
        most: usize,
    },
    /// More rings than are read.
    #[error("{rings} rings are more than {most}: parts and holes count as one each")]
    TooManyRings {
        /// So many there are, as far as they were counted.
        rings: usize,
        /// So many are read.
        most: usize,
    },
    /// It crosses or touches itself, or its parts lie over each other.
    #[error("the outline crosses itself, or its parts lie over each other")]
    CrossesItself,
    /// So little ground is not judged.
    #[error("{area_m2:.0} m² are less than the {least_m2:.0} m² that can be judged here")]
    TooSmall {
        /// It has so much, m².
        area_m2: f64,
        /// So much is needed, m².
        least_m2: f64,
    },
    /// So much ground is not judged at once.
    #[error("{area_m2:.0} m² are more than the {most_m2:.0} m² that are judged at once")]
    TooLarge {
        /// It has so much, m².
        area_m2: f64,
        /// So much is judged, m².
        most_m2: f64,
    },
    /// It reaches farther than a site does.
    #[error("the outline reaches over more than {most_km} km")]
    TooFar {
        /// As far as a site may reach, km.
        most_km: u32,
    },
}

impl OutlineFault {
    /// Its name, for programs and for the words of pages.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong { .. } => "too_long",
            Self::Packed => "packed",
            Self::UnknownFile => "unknown_file",
            Self::BadJson { .. } => "bad_json",
            Self::NoPolygon { .. } => "no_polygon",
            Self::NotAPoint { .. } => "not_a_point",
            Self::NotANumber { .. } => "not_a_number",
            Self::Swapped { .. } => "swapped",
            Self::OutOfRange { .. } => "out_of_range",
            Self::ZoneMissing => "zone_missing",
            Self::NoSuchZone { .. } => "no_such_zone",
            Self::OtherZone { .. } => "other_zone",
            Self::Mixed { .. } => "mixed",
            Self::SixDegrees => "six_degrees",
            Self::OtherDatum { .. } => "other_datum",
            Self::TooFew => "too_few",
            Self::TooMany { .. } => "too_many",
            Self::TooManyRings { .. } => "too_many_rings",
            Self::CrossesItself => "crosses_itself",
            Self::TooSmall { .. } => "too_small",
            Self::TooLarge { .. } => "too_large",
            Self::TooFar { .. } => "too_far",
        }
    }
}
