//! The buttons: what a clerk can say, and which state of the request it names.

use domain::request::RequestState;

/// What a clerk can say of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// 受理.
    Accept,
    /// 补正: a word in the present state; the applicant corrects the request at the portal.
    Supplement,
    /// 办理中.
    Progress,
    /// 办结.
    Decide,
    /// 不予受理.
    Refuse,
    /// A word on a request that was withdrawn.
    Remark,
}

impl Action {
    /// Every action, in the order of its buttons.
    pub(crate) const ALL: [Self; 6] =
        [Self::Accept, Self::Supplement, Self::Progress, Self::Decide, Self::Refuse, Self::Remark];

    /// Its name in forms.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Supplement => "supplement",
            Self::Progress => "progress",
            Self::Decide => "decide",
            Self::Refuse => "refuse",
            Self::Remark => "remark",
        }
    }

    /// The action of that name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }

    /// The state that it names for a request that stands at `stands`.
    pub(crate) const fn state(self, stands: RequestState) -> RequestState {
        match self {
            Self::Accept => RequestState::Acknowledged,
            Self::Supplement | Self::Remark => stands,
            Self::Progress => RequestState::InProgress,
            Self::Decide => RequestState::Decided,
            Self::Refuse => RequestState::Returned,
        }
    }

    /// Whether it says nothing without words of the clerk.
    pub(crate) const fn needs_note(self) -> bool {
        matches!(self, Self::Supplement | Self::Refuse | Self::Remark)
    }

    /// What may be said of a request that stands at `stands`: what the portal takes, no more.
    pub(crate) fn open(stands: RequestState) -> Vec<Self> {
        let is_open = |action: &Self| {
            let fits = match action {
                Self::Supplement => !stands.is_ended(),
                Self::Remark => stands == RequestState::Withdrawn,
                _ => true,
            };
            fits && stands.takes_word(action.state(stands))
        };
        Self::ALL.into_iter().filter(is_open).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s5_the_buttons_are_what_the_portal_takes_and_nothing_else() {
        use Action::{Accept, Decide, Progress, Refuse, Remark, Supplement};
        for (stands, open) in [
            (RequestState::Acknowledged, vec![Accept, Supplement, Progress, Decide, Refuse]),
            (RequestState::InProgress, vec![Supplement, Progress, Decide, Refuse]),
            (RequestState::Decided, vec![Decide, Refuse]),
            (RequestState::Returned, vec![Decide, Refuse]),
            (RequestState::Withdrawn, vec![Remark]),
        ] {
            assert_eq!(Action::open(stands), open, "{stands:?}");
            assert!(open.iter().all(|action| stands.takes_word(action.state(stands))));
        }
    }

    #[test]
    fn every_action_is_known_by_its_name() {
        for action in Action::ALL {
            assert_eq!(Action::from_name(action.name()), Some(action));
        }
        assert_eq!(Action::from_name("withdraw"), None, "only the applicant withdraws");
    }
}
