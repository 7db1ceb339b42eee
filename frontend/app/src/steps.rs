//! Where the form of a service goes when a button is pressed: `step=review` beside the answers. Of several,
//! the last one counts, so a page says where its switches lead and each button where it does.

/// The field.
pub const STEP: &str = "step";
/// To the page that shows what is about to be handed in.
pub const REVIEW: &str = "review";
/// It is handed in; so is a form that names no step.
pub const HAND_IN: &str = "submit";
/// Back to its fields.
pub const CHANGE: &str = "change";
/// Before the name of a group of which one more is to be filled in; its fields come back.
pub const MORE: &str = "more.";
/// Before the name of a group and the number of a copy, from 1, that is to be taken out; its fields come back.
pub const LESS: &str = "less.";
/// It is saved as a draft.
pub const SAVE: &str = "save";
/// Its draft is deleted.
pub const DISCARD: &str = "discard";
/// The field with the number of the draft that a form was saved as.
pub const DRAFT: &str = "draft";
/// The field with the secret of that draft.
pub const DRAFT_SECRET: &str = "draft_secret";
/// The field with the data version that a form was filled in by, where its last page shows another one.
pub const SINCE: &str = "since";
