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
}

/// What a path asks of the device's role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Right {
    /// Any enrolled device.
    Look,
    /// Claim, see photos, decide.
    Review,
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
    /// The device, when it is known and its role has this right.
    pub(super) fn checked(self, device: Option<Device>) -> Result<Device, HubError> {
        let device = device.ok_or_else(HubError::unauthorised)?;
        let may = match self {
            Self::Look => true,
            Self::Review => device.role == Role::Reviewer,
            Self::Submit => device.role == Role::OnSite,
            Self::Store => matches!(device.role, Role::OnSite | Role::Reviewer),
            Self::Produce => device.role == Role::Reviewer,
            Self::Administer => false,
        };
        if may || device.role == Role::Administrator {
            Ok(device)
        } else {
            Err(HubError::forbidden(device.role.as_str()))
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Bearer {
    type Rejection = HubError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, HubError> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = header.and_then(|value| value.strip_prefix("Bearer "));
        let (device, token) =
            bearer.and_then(|bearer| bearer.split_once('.')).ok_or_else(HubError::unauthorised)?;
        Ok(Self { device: device.to_owned(), token: token.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(role: Role) -> Vec<Right> {
        let device =
            Device { id: "d".into(), name: "n".into(), role, enrolled_at_ms: Some(1), revoked_at_ms: None };
        [Right::Look, Right::Review, Right::Submit, Right::Store, Right::Produce, Right::Administer]
            .into_iter()
            .filter(|right| right.checked(Some(device.clone())).is_ok())
            .collect()
    }

    #[test]
    fn each_role_has_its_rights_and_no_other() {
        assert_eq!(may(Role::Reviewer), [Right::Look, Right::Review, Right::Store, Right::Produce]);
        assert_eq!(may(Role::OnSite), [Right::Look, Right::Submit, Right::Store]);
        assert_eq!(may(Role::Administrator).len(), 6);
        assert_eq!(Right::Look.checked(None).err().map(|refused| refused.status), Some(401));
    }
}
