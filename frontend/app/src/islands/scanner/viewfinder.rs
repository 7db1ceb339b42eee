//! What the scanner shows, as signals: the session writes them and the view follows.

use super::capabilities::Capabilities;
use super::found::Found;
use super::state::State;
#[cfg(feature = "scanner")]
use super::state::{Advice, Notice};
use leptos::html::Video;
use leptos::prelude::*;

/// What the scanner shows.
#[derive(Clone, Copy, Debug)]
pub struct Viewfinder {
    /// Where the scanner stands.
    pub state: RwSignal<State>,
    /// What the camera can be set to.
    pub capabilities: RwSignal<Capabilities>,
    /// Where codes were seen.
    pub found: RwSignal<Found>,
    /// Whether a read makes no tone.
    pub quiet: RwSignal<bool>,
    /// Whether the controls are all shown that a phone folds away while the camera runs.
    pub unfolded: RwSignal<bool>,
    /// Whether no press will ever give a camera to this page.
    pub hopeless: RwSignal<bool>,
    /// The camera's picture.
    pub video: NodeRef<Video>,
}

impl Viewfinder {
    /// As the server draws it.
    pub fn new() -> Self {
        Self {
            state: RwSignal::new(State::Asleep),
            capabilities: RwSignal::default(),
            found: RwSignal::default(),
            quiet: RwSignal::new(false),
            unfolded: RwSignal::new(false),
            hopeless: RwSignal::new(false),
            video: NodeRef::new(),
        }
    }

    /// Whether there is a picture to be seen: the camera's, or the last one that it took.
    pub fn shows_picture(&self) -> bool {
        self.state.with(State::is_live)
            || (self.state.with(State::holds_picture) && !self.found.with(Found::is_empty))
    }
}

#[cfg(feature = "scanner")]
impl Viewfinder {
    /// Stands as said.
    pub fn set(&self, state: State) {
        // The same words a second time would be read out a second time.
        if self.state.with_untracked(|now| *now != state) {
            self.state.set(state);
        }
    }

    /// What is said while the camera runs.
    pub fn notice(&self) -> Option<Notice> {
        self.state.with_untracked(|state| state.notice().cloned())
    }

    /// Says something while the camera runs, or nothing any more.
    pub fn remark(&self, notice: Option<Notice>) {
        if let State::Scanning { advice, .. } = self.state.get_untracked() {
            self.set(State::Scanning { advice, notice });
        }
    }

    /// Offers what the camera can be set to. The same again would close a list that is open.
    pub fn offer(&self, capabilities: Capabilities) {
        if self.capabilities.with_untracked(|now| *now != capabilities) {
            self.capabilities.set(capabilities);
        }
    }

    /// Gives advice while the camera runs, or takes it back.
    pub fn advise(&self, next: Option<Advice>) {
        if let State::Scanning { notice, .. } = self.state.get_untracked() {
            self.set(State::Scanning { advice: next, notice });
        }
    }

    /// Shows where codes are.
    pub fn mark(&self, found: Found) {
        if self.found.with_untracked(|now| *now != found) {
            self.found.set(found);
        }
    }
}
