//! How a large code is bent: where each of its alignment patterns is beside where it should be.

use super::alignment_pattern::candidates_near;
use super::perspective::Perspective;
use crate::symbol::Alignments;
use crate::{Corner, Frame};

/// Columns and rows of alignment patterns at most (ISO/IEC 18004, Annex E).
const MOST: usize = 7;
/// Modules that a pattern may be away from where its neighbours say.
const REACH: f32 = 1.5;
/// Levels between light and dark of a pattern at least.
const LEAST_CONTRAST: f32 = 20.0;

/// Offsets from a perspective, in pixels, at each alignment pattern; between them they change evenly.
pub(super) struct Mesh {
    alignments: Alignments,
    offsets: [[Corner; MOST]; MOST],
}

impl Mesh {
    /// As the frame shows them. The perspective is right at the finder patterns, and in codes of one
    /// alignment pattern everywhere.
    pub(super) fn of(frame: &Frame, perspective: &Perspective) -> Self {
        let alignments = Alignments::of(perspective.modules);
        let mut mesh = Self { alignments, offsets: [[(0.0, 0.0); MOST]; MOST] };
        let count = mesh.alignments.places().len();
        if count < 3 {
            return mesh;
        }
        for i in 0..count {
            for j in 0..count {
                if mesh.alignments.is_hidden(i, j) {
                    continue;
                }
                let above = if i > 0 { mesh.offsets[i - 1][j] } else { mesh.offsets[i][j - 1] };
                let before = if j > 0 { mesh.offsets[i][j - 1] } else { above };
                let expected = ((above.0 + before.0) / 2.0, (above.1 + before.1) / 2.0);
                let places = mesh.alignments.places();
                let (u, v) = (places[j] as f32 + 0.5, places[i] as f32 + 0.5);
                let found = candidates_near(frame, perspective, (u, v), expected, REACH, 1);
                mesh.offsets[i][j] = match found.first() {
                    Some(&(seen, (x, y))) if seen > LEAST_CONTRAST => {
                        let (from_x, from_y) = perspective.at(u, v);
                        (x - from_x, y - from_y)
                    }
                    _ => expected,
                };
            }
        }
        mesh
    }

    /// The offset at a place of the code.
    pub(super) fn at(&self, u: f32, v: f32) -> Corner {
        if self.alignments.places().len() < 3 {
            return (0.0, 0.0);
        }
        let (column, across) = self.between(u);
        let (row, down) = self.between(v);
        let [above, below] = [row, row + 1].map(|row| {
            let (left, right) = (self.offsets[row][column], self.offsets[row][column + 1]);
            (left.0 + across * (right.0 - left.0), left.1 + across * (right.1 - left.1))
        });
        (above.0 + down * (below.0 - above.0), above.1 + down * (below.1 - above.1))
    }

    /// The patterns on either side of a place, and how far it is from the first to the second.
    fn between(&self, at: f32) -> (usize, f32) {
        let places = self.alignments.places();
        let middle = |i: usize| places[i] as f32 + 0.5;
        let mut first = 0;
        while first + 2 < places.len() && at > middle(first + 1) {
            first += 1;
        }
        (first, (at - middle(first)) / (middle(first + 1) - middle(first)))
    }
}
