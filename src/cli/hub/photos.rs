//! Where a hub's photos lie: in its folder, or in an S3-compatible object store.

use clap::builder::FalseyValueParser;

use crate::store::blobs::address::{PhotosAddress, PhotosKeys, PhotosService};

/// The usual variables for what must not stand on a command line.
const KEY: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const TOKEN: &str = "AWS_SESSION_TOKEN";

#[derive(Debug, clap::Args)]
pub(super) struct PhotosArgs {
    /// Bucket for photos in place of the folder, s3://BUCKET or s3://BUCKET/PREFIX. The keys come from AWS_ACCESS_KEY_ID and
    /// AWS_SECRET_ACCESS_KEY.
    #[arg(long, value_name = "URL", env = "PHOTODESK_PHOTOS", global = true)]
    photos: Option<String>,
    /// Object store of that bucket, https://HOST, when it is not Amazon's own.
    #[arg(long, value_name = "URL", env = "AWS_ENDPOINT_URL", global = true)]
    s3_endpoint: Option<String>,
    /// Region of the bucket (default: us-east-1).
    #[arg(long, value_name = "NAME", env = "AWS_REGION", global = true)]
    s3_region: Option<String>,
    /// The store wants the bucket's name in front of its host: https://BUCKET.HOST.
    #[arg(long, env = "PHOTODESK_S3_VIRTUAL_HOSTS", value_parser = FalseyValueParser::new(), global = true)]
    s3_virtual_hosts: bool,
}

impl PhotosArgs {
    /// The place that is named, if one is.
    pub(super) fn address(&self) -> anyhow::Result<Option<PhotosAddress>> {
        let Some(text) = &self.photos else { return Ok(None) };
        let service = PhotosService {
            endpoint: self.s3_endpoint.clone(),
            region: self.s3_region.clone(),
            virtual_hosts: self.s3_virtual_hosts,
        };
        let known = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let keys = PhotosKeys {
            id: known(KEY).unwrap_or_default(),
            secret: known(SECRET).unwrap_or_default(),
            token: known(TOKEN),
        };
        Ok(Some(PhotosAddress::parse(text, &service, keys)?))
    }
}
