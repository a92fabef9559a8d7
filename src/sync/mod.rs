//! The desk and the hub in step: the messages both speak, the client, and one round of comparing and carrying out.

pub mod captures;
pub mod client;
pub mod limits;
pub mod mail;
pub mod outward;
pub mod protocol;
pub mod round;
