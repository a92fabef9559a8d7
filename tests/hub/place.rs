//! Where a hub of the tests has its photos, if not in its folder.

use std::path::Path;

use photodesk::store::blobs::address::{PhotosAddress, PhotosKeys, PhotosService};

pub const KEY: &str = "AKPHOTODESKTESTS";
pub const SECRET: &str = "secret-of-the-tests-alone";

/// A place for photos in an object store.
#[derive(Clone, Debug)]
pub struct Place {
    pub endpoint: String,
    pub url: String,
}

/// The file beside a hub's folder that says where its photos are.
const PHOTOS: &str = "photos-at";

impl Place {
    pub fn address(&self) -> PhotosAddress {
        let service = PhotosService { endpoint: Some(self.endpoint.clone()), ..PhotosService::default() };
        let keys = PhotosKeys { id: KEY.to_owned(), secret: SECRET.to_owned(), token: None };
        PhotosAddress::parse(&self.url, &service, keys).unwrap()
    }

    /// The hub of this folder has its photos here.
    pub fn is_of(&self, folder: &Path) {
        std::fs::write(folder.join(PHOTOS), format!("{}\n{}", self.endpoint, self.url)).unwrap();
    }

    /// Where the photos of the hub of this folder are, if not in it.
    pub fn known(folder: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(folder.join(PHOTOS)).ok()?;
        let (endpoint, url) = text.split_once('\n')?;
        Some(Self { endpoint: endpoint.to_owned(), url: url.to_owned() })
    }

    /// What a process must be told to find it.
    pub fn environment(&self) -> [(&'static str, String); 4] {
        [
            ("PHOTODESK_PHOTOS", self.url.clone()),
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("AWS_ACCESS_KEY_ID", KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
        ]
    }
}
