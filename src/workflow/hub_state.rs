//! How this desk stands to its hub, in the few words a calm place of the screen has room for. Pure.

pub use crate::store::outbox::Conflict;

/// What is known on this desk; nothing is asked of the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HubFacts {
    pub is_enrolled: bool,
    /// Decisions that wait to be sent.
    pub waiting: usize,
    /// Since when the oldest waits, in milliseconds since the Unix epoch.
    pub waiting_since_ms: Option<i64>,
    /// Decisions the hub refused.
    pub conflicts: usize,
    /// When a round with the hub last ended well.
    pub in_step_at_ms: Option<i64>,
    /// The last round did not reach the hub.
    pub is_unreachable: bool,
}

/// How the desk stands to its hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HubState {
    /// This desk works alone.
    Alone,
    /// Everything decided has reached the hub.
    InStep { conflicts: usize },
    /// Decisions wait for the next round.
    Waiting { waiting: usize, conflicts: usize },
    /// The hub is out of reach; work goes on and is sent later.
    Away { waiting: usize, since_ms: Option<i64>, conflicts: usize },
}

impl HubState {
    pub fn of(facts: HubFacts) -> Self {
        let HubFacts { waiting, conflicts, .. } = facts;
        match facts {
            HubFacts { is_enrolled: false, .. } => Self::Alone,
            HubFacts { is_unreachable: true, .. } => {
                let since_ms = facts.waiting_since_ms.or(facts.in_step_at_ms);
                Self::Away { waiting, since_ms, conflicts }
            }
            HubFacts { waiting: 0, .. } => Self::InStep { conflicts },
            _ => Self::Waiting { waiting, conflicts },
        }
    }

    /// Locale key of its sentence.
    pub fn key(self) -> &'static str {
        match self {
            Self::Alone => "hub.alone",
            Self::InStep { .. } => "hub.in_step",
            Self::Waiting { .. } => "hub.waiting",
            Self::Away { .. } => "hub.away",
        }
    }

    /// Decisions that wait to be sent.
    pub fn waiting(self) -> usize {
        match self {
            Self::Alone | Self::InStep { .. } => 0,
            Self::Waiting { waiting, .. } | Self::Away { waiting, .. } => waiting,
        }
    }

    /// Refused decisions a person has to look at.
    pub fn conflicts(self) -> usize {
        match self {
            Self::Alone => 0,
            Self::InStep { conflicts } | Self::Waiting { conflicts, .. } | Self::Away { conflicts, .. } => {
                conflicts
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n;

    #[test]
    fn every_state_has_its_sentence() {
        let states = [
            HubState::Alone,
            HubState::InStep { conflicts: 0 },
            HubState::Waiting { waiting: 1, conflicts: 0 },
            HubState::Away { waiting: 1, since_ms: None, conflicts: 0 },
        ];
        for tag in ["zh-CN", "en"] {
            i18n::set_locale(tag);
            let missing: Vec<_> = states.iter().filter(|state| i18n::find(state.key()).is_none()).collect();
            assert!(missing.is_empty(), "{tag} lacks {missing:?}");
        }
    }

    #[test]
    fn the_state_says_the_one_thing_that_matters() {
        let facts = HubFacts { is_enrolled: true, waiting: 2, conflicts: 1, ..HubFacts::default() };
        assert_eq!(HubState::of(HubFacts::default()), HubState::Alone);
        assert_eq!(HubState::of(facts), HubState::Waiting { waiting: 2, conflicts: 1 });
        let away = HubFacts { is_unreachable: true, waiting_since_ms: Some(7), ..facts };
        assert_eq!(HubState::of(away), HubState::Away { waiting: 2, since_ms: Some(7), conflicts: 1 });
        let in_step = HubState::of(HubFacts { waiting: 0, ..facts });
        assert_eq!((in_step, in_step.conflicts()), (HubState::InStep { conflicts: 1 }, 1));
    }
}
