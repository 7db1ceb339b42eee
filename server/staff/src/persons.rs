//! Whose accounts are whose. What takes two people counts people, not accounts (desk D7), and nobody goes through their
//! own looks by another account (rule X1).

use std::collections::BTreeSet;

use domain::{
    audit::StaffDid,
    person_number::PersonNumber,
    staff::{Member, Role},
};
use store::Persons;

use crate::{Accounts, StaffError, may_be_one};

impl Accounts {
    /// Whether whoever has this number may have these roles, beside those of their other accounts that are open.
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn may_have(
        &self,
        person: &PersonNumber,
        (account, roles): (&Member, &BTreeSet<Role>),
    ) -> Result<bool, StaffError> {
        let persons = self.store.persons(None).await?;
        let mut all = roles.clone();
        for known in self.store.members().await? {
            let Member { id, roles, .. } = known.member;
            let is_theirs = id != account.id && persons.0.get(&id) == Some(person);
            if is_theirs && known.disabled_at.is_none() {
                all.extend(roles);
            }
        }
        Ok(may_be_one(&all))
    }

    /// Says whose an account is; `false` where there is none.
    ///
    /// # Errors
    /// [`StaffError`]; then nothing was changed.
    pub async fn identify(
        &self,
        member: &Member,
        person: &PersonNumber,
        by: &str,
    ) -> Result<bool, StaffError> {
        self.note(Some(member), StaffDid::Identified { by: by.to_owned() }).await?;
        Ok(self.store.identify(&member.id, person).await?)
    }

    /// Whose the accounts of an office are, as far as somebody said; of every office where none is named.
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn persons(&self, office: Option<&str>) -> Result<Persons, StaffError> {
        Ok(self.store.persons(office).await?)
    }
}
