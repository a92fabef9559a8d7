//! What the workflow's own tests begin with.
use super::Desk;
use super::desk::NewBatch;

/// An unnamed batch under the usual standard of collection centres, before its first background.
pub fn new_batch(desk: &Desk) -> NewBatch {
    let standard = desk.standards.get("chsi_centre").unwrap();
    NewBatch {
        code: None,
        school: String::new(),
        title: String::new(),
        standard: standard.id.clone(),
        background: standard.backgrounds[0].id.clone(),
        layouts: Vec::new(),
        max_attempts: 3,
    }
}
