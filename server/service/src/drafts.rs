//! Drafts: what somebody typed into a form and goes on with another day (rule S11). A draft belongs to
//! whoever has its secret, which is derived from its number as a receipt's is, and to nobody else.

use domain::{
    Clock, Entropy,
    request::{DraftNumber, ReceiptKey},
};
use jiff::Timestamp;
use store::{DRAFT_KEPT_FOR, Draft, DraftContent, Drafts, StoreError};

use crate::submission::is_key;

/// The field of a form with its key.
const KEY: &str = "token";

/// What keeps drafts.
#[derive(Clone, Copy)]
pub struct Drafting<'d> {
    /// Where they are kept.
    pub store: &'d dyn Drafts,
    /// Their secrets.
    pub receipts: &'d ReceiptKey,
    /// The present.
    pub clock: &'d dyn Clock,
    /// Randomness.
    pub entropy: &'d dyn Entropy,
}

impl std::fmt::Debug for Drafting<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Drafting").finish_non_exhaustive()
    }
}

impl Drafting<'_> {
    /// The number of a draft whose secret was given with it, whether there is one or not.
    #[must_use]
    pub fn held(&self, number: &str, secret: &str) -> Option<DraftNumber> {
        DraftNumber::parse(number).filter(|number| self.receipts.opens_draft(number, secret))
    }

    /// Saves a draft: in the place of the one that is held, else under a number of its own.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was kept.
    pub async fn save(
        &self,
        held: Option<DraftNumber>,
        content: DraftContent,
    ) -> Result<Draft, StoreError> {
        let number = match held {
            Some(number) => number,
            None => self.number_for(&content).await?,
        };
        let until = self.clock.now().checked_add(DRAFT_KEPT_FOR).unwrap_or(Timestamp::MAX);
        let form = content.fields.get(KEY).filter(|key| is_key(key)).cloned();
        let draft = Draft { number, until, form, content };
        self.store.save_draft(&draft).await?;
        tracing::info!("a draft was kept");
        Ok(draft)
    }

    /// The draft of that number; none alike where its secret is another, it was deleted, or its time is over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(&self, number: &str, secret: &str) -> Result<Option<Draft>, StoreError> {
        match self.held(number, secret) {
            Some(number) => self.store.draft(&number, self.clock.now()).await,
            None => Ok(None),
        }
    }

    /// Deletes a draft that is held; `false` where there is none.
    ///
    /// # Errors
    /// [`StoreError`]; it is there still.
    pub async fn delete(&self, number: &DraftNumber) -> Result<bool, StoreError> {
        self.store.delete_draft(number).await
    }

    /// That of the form's key, so that two presses make one draft, unless something else is kept under it.
    async fn number_for(&self, content: &DraftContent) -> Result<DraftNumber, StoreError> {
        let key = content.fields.get(KEY).filter(|key| is_key(key));
        let mut of_key = key.map(|key| self.receipts.draft_number(key));
        loop {
            let number = of_key.take().unwrap_or_else(|| DraftNumber::draw(self.entropy));
            let there = self.store.draft(&number, self.clock.now()).await?;
            // Whoever has the same form in front of them, typed by others, saves one of their own.
            let is_own = |there: Draft| there.content == *content;
            if there.is_none_or(is_own) {
                return Ok(number);
            }
        }
    }
}
