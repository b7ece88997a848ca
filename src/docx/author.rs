//! Who khung is in a Word file: the authors of its comments and of its tracked changes.

/// Author of the comments that hold guidance.
pub(crate) const GUIDANCE: &str = "khung";
/// How the author of an update begins; the version of the catalogue follows.
const UPDATE: &str = "khung ";
/// Author of tracked changes until the update is done; [`is_update`] claims the name: it is
/// nobody else's.
pub(super) const CURRENT: &str = "khung +";

/// Author of what an update to this version of the catalogue does.
#[must_use]
pub fn update(version: &str) -> String {
    format!("{UPDATE}{version}")
}

/// Tells whether an update made a change or comment of this author's.
pub(crate) fn is_update(author: &str) -> bool {
    author.starts_with(UPDATE)
}

/// Tells whether khung wrote a comment of this author's.
pub(super) fn is_khung(author: &str) -> bool {
    author == GUIDANCE || is_update(author)
}
