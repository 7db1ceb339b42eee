//! What is read without the camera's live picture: photos, files, what was copied.

use super::clipboard::{Clipboard, read_clipboard};
use super::picture::Picture;
use super::reading::{Reading, understand};
use super::session::Session;
use super::state::{CameraError, Notice, State};
use super::worker::Failure;
use leptos::prelude::GetUntracked as _;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;

impl Session {
    /// Reads a photo.
    pub fn photo(self: &Rc<Self>, photo: Blob) {
        self.rest(State::Reading);
        self.tone.prepare(&self.window);
        let (this, turn) = (self.clone(), self.turn());
        spawn_local(async move {
            let next = this.read_photo(&photo).await;
            if !this.is_turn(turn) {
                return;
            }
            match next {
                Err(next) => this.rest(next),
                Ok(Reading::Nothing) => this.rest(State::Idle(Some(Notice::NothingFound))),
                Ok(Reading::One(target)) => {
                    this.announce();
                    this.leave(target);
                }
                Ok(Reading::Several(targets)) => {
                    this.announce();
                    this.rest(State::Choosing(targets));
                }
                Ok(Reading::Other(notice)) => this.rest(State::Idle(Some(notice))),
            }
        });
    }

    async fn read_photo(&self, photo: &Blob) -> Result<Reading, State> {
        let unloaded = || State::CameraError(CameraError::Unloaded);
        // A second time if the reader got stuck: that says nothing about the photo.
        for _ in 0..2 {
            let bitmaps = self.decoder.ready().await.map_err(|_failure| unloaded())?;
            let picture = Picture::still(&self.window, photo, bitmaps)
                .await
                .map_err(|_not_a_picture| State::Idle(Some(Notice::NotAPicture)))?;
            match self.decoder.read(picture).await {
                Ok(look) => return Ok(look.reading(&self.own_host, None)),
                Err(Failure::Lost) => {}
                Err(Failure::Unloaded) => return Err(unloaded()),
            }
        }
        Err(State::Idle(Some(Notice::Failed)))
    }

    /// Takes a text and a picture that came together: a table brings both. The text counts if it
    /// opens something, for it needs no reading.
    pub fn take_pasted(self: &Rc<Self>, text: &str, picture: Option<Blob>) {
        let reading = understand([text], &self.own_host, None);
        match (reading, picture) {
            (Reading::One(target), _) => self.leave(target),
            (Reading::Several(targets), _) => self.rest(State::Choosing(targets)),
            (_, Some(picture)) => self.photo(picture),
            (Reading::Other(notice), None) => self.answer(notice),
            (Reading::Nothing, None) => {}
        }
    }

    /// Takes what was copied.
    pub(super) fn paste(self: &Rc<Self>) {
        let this = self.clone();
        spawn_local(async move {
            let Clipboard { text, picture } =
                read_clipboard(&this.window).await.unwrap_or_default();
            if text.trim().is_empty() && picture.is_none() {
                this.answer(Notice::NothingCopied);
            } else {
                this.take_pasted(&text, picture);
            }
        });
    }

    /// Says what came of a press; a camera that runs goes on.
    fn answer(&self, notice: Notice) {
        if matches!(self.viewfinder.state.get_untracked(), State::Scanning { .. }) {
            self.viewfinder.remark(Some(notice));
            self.attend();
        } else {
            self.rest(State::Idle(Some(notice)));
        }
    }
}
