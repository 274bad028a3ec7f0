//! Projects.

use super::super::{
    super::line::reply::{Answered, Reply},
    desk::Desk,
};

pub(in super::super) fn show(desk: &Desk<'_>, project: &str) -> Answered {
    let project = desk.project(project)?;
    Ok(Reply::ok(desk.wire().project(&project)))
}
