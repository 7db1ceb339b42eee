//! The buttons: what a clerk can say, and which state of the request it names.

use domain::request::{Deadline, Outcome as Formal, OutcomeKind, RequestState};
use jiff::civil::Date;

/// How the time stands that an outcome gave its applicant to bring what is missing, on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Time {
    /// It runs until this day, that day included, and nothing came. Without a day where that lies in a year whose
    /// working days nobody knows yet.
    Runs(Option<Date>),
    /// What was asked for came within it.
    Answered,
    /// It is over.
    Over,
}

/// What a clerk can say of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// 受理.
    Accept,
    /// 容缺先予受理.
    AcceptWithGaps,
    /// 补正一次性告知; the applicant corrects the request at the portal.
    Supplement,
    /// 办理中.
    Progress,
    /// 办结.
    Decide,
    /// 不予受理; of what had a result, that the result is corrected.
    Refuse,
    /// 撤销受理.
    Revoke,
    /// 视为撤回.
    DeemWithdrawn,
    /// A word in the present state.
    Remark,
}

impl Action {
    /// Every action, in the order of its buttons.
    pub(crate) const ALL: [Self; 9] = [
        Self::Accept,
        Self::AcceptWithGaps,
        Self::Supplement,
        Self::Progress,
        Self::Decide,
        Self::Refuse,
        Self::Revoke,
        Self::DeemWithdrawn,
        Self::Remark,
    ];

    /// Its name in forms.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::AcceptWithGaps => "accept_with_gaps",
            Self::Supplement => "supplement",
            Self::Progress => "progress",
            Self::Decide => "decide",
            Self::Refuse => "refuse",
            Self::Revoke => "revoke",
            Self::DeemWithdrawn => "deem_withdrawn",
            Self::Remark => "remark",
        }
    }

    /// The action of that name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }

    /// The state that it names for a request that stands at `stands`.
    pub(crate) const fn state(self, stands: RequestState) -> RequestState {
        match (self, stands) {
            (Self::Accept | Self::AcceptWithGaps, RequestState::InProgress)
            | (Self::Progress, _) => RequestState::InProgress,
            (Self::Accept | Self::AcceptWithGaps, _) => RequestState::Acknowledged,
            (Self::Supplement | Self::Remark, _) => stands,
            (Self::Decide, _) => RequestState::Decided,
            (Self::Refuse | Self::Revoke | Self::DeemWithdrawn, _) => RequestState::Returned,
        }
    }

    /// Whether it says nothing without words of the clerk.
    pub(crate) const fn needs_note(self) -> bool {
        matches!(
            self,
            Self::AcceptWithGaps | Self::Supplement | Self::Refuse | Self::Revoke | Self::Remark
        )
    }

    /// What it makes of a request as an application. `text` names what is missing, a thing a line, or says why;
    /// `working_days` is the time for what is missing.
    pub(crate) fn formal(self, text: &str, working_days: Option<u32>) -> Option<Formal> {
        let materials = || {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            lines.map(str::to_owned).collect()
        };
        let deadline = Deadline { working_days, until: None };
        let reasons = text.to_owned();
        match self {
            Self::Accept => Some(Formal::Accepted {}),
            Self::AcceptWithGaps => {
                Some(Formal::AcceptedWithGaps { materials: materials(), deadline })
            }
            Self::Supplement => Some(Formal::SupplementAsked { materials: materials(), deadline }),
            Self::Refuse => Some(Formal::NotAccepted { reasons }),
            Self::Revoke => Some(Formal::AcceptanceRevoked { reasons }),
            Self::DeemWithdrawn => Some(Formal::DeemedWithdrawn {}),
            Self::Progress | Self::Decide | Self::Remark => None,
        }
    }

    /// What may be said of a request that stands at `stands`, of which `said` was said as an application, with the time
    /// that it gave: what the portal takes, no more.
    pub(crate) fn open(
        stands: RequestState,
        said: Option<OutcomeKind>,
        time: Option<Time>,
    ) -> Vec<Self> {
        use OutcomeKind::{Accepted, AcceptedWithGaps, SupplementAsked};
        let is_open = |action: &Self| {
            let (ended, unsettled) =
                (stands.is_ended(), matches!(said, None | Some(SupplementAsked)));
            let fits = match action {
                Self::Accept => !ended && (unsettled || said == Some(AcceptedWithGaps)),
                Self::AcceptWithGaps | Self::Supplement => !ended && unsettled,
                Self::Refuse => ended || unsettled,
                Self::Revoke => {
                    let over = matches!(time, Some(Time::Answered | Time::Over));
                    !ended && (said == Some(Accepted) || said == Some(AcceptedWithGaps) && over)
                }
                Self::DeemWithdrawn => {
                    !ended && said == Some(SupplementAsked) && time == Some(Time::Over)
                }
                Self::Remark => stands == RequestState::Withdrawn || !ended && !unsettled,
                Self::Progress | Self::Decide => true,
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
        use Action::{
            Accept, AcceptWithGaps, Decide, DeemWithdrawn, Progress, Refuse, Remark, Revoke,
            Supplement,
        };
        use OutcomeKind::{Accepted, AcceptedWithGaps, NotAccepted, SupplementAsked};
        use RequestState::{Acknowledged, Decided, InProgress, Returned, Withdrawn};
        use jiff::civil::date;
        let first = vec![Accept, AcceptWithGaps, Supplement, Progress, Decide, Refuse];
        let asked = [first.clone(), vec![DeemWithdrawn]].concat();
        let gaps = Some(AcceptedWithGaps);
        let over = vec![Accept, Progress, Decide, Revoke, Remark];
        let (runs, unknown) = (Some(Time::Runs(Some(date(2026, 12, 8)))), Some(Time::Runs(None)));
        for (stands, said, time, open) in [
            (Acknowledged, None, None, first.clone()),
            (InProgress, None, None, first.clone()),
            (Acknowledged, Some(SupplementAsked), runs, first.clone()),
            (Acknowledged, Some(SupplementAsked), unknown, first.clone()),
            (Acknowledged, Some(SupplementAsked), Some(Time::Answered), first),
            (Acknowledged, Some(SupplementAsked), Some(Time::Over), asked),
            (Acknowledged, gaps, runs, vec![Accept, Progress, Decide, Remark]),
            (Acknowledged, gaps, unknown, vec![Accept, Progress, Decide, Remark]),
            (Acknowledged, gaps, Some(Time::Answered), over.clone()),
            (Acknowledged, gaps, Some(Time::Over), over),
            (InProgress, Some(Accepted), None, vec![Progress, Decide, Revoke, Remark]),
            (Decided, Some(Accepted), None, vec![Decide, Refuse]),
            (Returned, Some(NotAccepted), None, vec![Decide, Refuse]),
            (Withdrawn, None, None, vec![Remark]),
        ] {
            assert_eq!(Action::open(stands, said, time), open, "{stands:?} {said:?} {time:?}");
            for action in open {
                assert!(stands.takes_word(action.state(stands)));
                let formal = action.formal("界址图", Some(5)).filter(|_| !stands.is_ended());
                let state = action.state(stands);
                assert!(formal.is_none_or(|it| it.kind().goes_with(state) && it.sound().is_ok()));
            }
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
