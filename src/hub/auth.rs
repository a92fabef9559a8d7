//! Who asks: the device's token from the request, and what its role may do.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::error::HubError;
use crate::store::devices::{Device, Role};

/// Device id and token, not yet held against the store: `Authorization: Bearer ID.TOKEN`.
#[derive(Clone)]
pub(super) struct Bearer {
    pub(super) device: String,
    pub(super) token: String,
    /// What the route asks of the device's role.
    pub(super) right: Right,
}

/// What a route asks of the device's role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Right {
    /// Any enrolled device.
    Look,
    /// See photos.
    See,
    /// Claim, decide.
    Review,
    /// Give an approved submission back to review.
    Reopen,
    /// Bring photos in, take them back.
    Submit,
    /// Store photo files: students' and processed ones.
    Store,
    /// Report exports, publish processed photos.
    Produce,
    /// Batches and devices.
    Administer,
}

impl Right {
    /// Who may ask, beside the administrator, who may ask everything.
    pub(super) fn roles(self) -> &'static [Role] {
        use Role::{OnSite, PrintOperator, Reviewer, Senior};
        match self {
            Self::Look => &[Reviewer, Senior, PrintOperator, OnSite],
            Self::See | Self::Produce => &[Reviewer, Senior, PrintOperator],
            Self::Review => &[Reviewer, Senior],
            Self::Reopen => &[Senior],
            Self::Submit => &[OnSite],
            Self::Store => &[Reviewer, Senior, PrintOperator, OnSite],
            Self::Administer => &[],
        }
    }

    /// The words of all who may ask.
    pub(super) fn words(self) -> Vec<&'static str> {
        self.roles().iter().chain([&Role::Administrator]).map(|role| role.as_str()).collect()
    }

    /// The device, when it is known and its role has this right.
    pub(super) fn checked(self, device: Option<Device>) -> Result<Device, HubError> {
        let device = device.ok_or_else(HubError::unauthorised)?;
        if device.role == Role::Administrator || self.roles().contains(&device.role) {
            Ok(device)
        } else {
            Err(HubError::forbidden(device.role.as_str(), &self.words()))
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Bearer {
    type Rejection = HubError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, HubError> {
        // Put there by the table of routes, which is the only place that says who may ask.
        let right = parts.extensions.get::<Right>().copied();
        let right = right.ok_or_else(|| HubError::bug("a route that nobody may ask"))?;
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = header.and_then(|value| value.strip_prefix("Bearer "));
        let (device, token) =
            bearer.and_then(|bearer| bearer.split_once('.')).ok_or_else(HubError::unauthorised)?;
        Ok(Self { device: device.to_owned(), token: token.to_owned(), right })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Right; 8] = [
        Right::Look,
        Right::See,
        Right::Review,
        Right::Reopen,
        Right::Submit,
        Right::Store,
        Right::Produce,
        Right::Administer,
    ];

    fn may(role: Role) -> Vec<Right> {
        let device =
            Device { id: "d".into(), name: "n".into(), role, enrolled_at_ms: Some(1), revoked_at_ms: None };
        ALL.into_iter().filter(|right| right.checked(Some(device.clone())).is_ok()).collect()
    }

    #[test]
    fn each_role_has_its_rights_and_no_other() {
        let reviewer = [Right::Look, Right::See, Right::Review, Right::Store, Right::Produce];
        assert_eq!(may(Role::Reviewer), reviewer);
        let senior = [Right::Look, Right::See, Right::Review, Right::Reopen, Right::Store, Right::Produce];
        assert_eq!(may(Role::Senior), senior);
        assert_eq!(may(Role::PrintOperator), [Right::Look, Right::See, Right::Store, Right::Produce]);
        assert_eq!(may(Role::OnSite), [Right::Look, Right::Submit, Right::Store]);
        assert_eq!(may(Role::Administrator), ALL);
        assert_eq!(Right::Look.checked(None).err().map(|refused| refused.status), Some(401));
    }
}
