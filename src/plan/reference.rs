//! References of the plan to its own parts. A text says what part it means; what that is called,
//! "Phụ lục III" or "Mục III Phần II", the frame says when it is rendered.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::document::Heading;

/// The list of works.
pub(super) const WORKS: &str = "works";
/// The calendar of deadlines.
pub(super) const CALENDAR: &str = "calendar";
/// The heading that all tasks stand below.
pub(super) const TASKS: &str = "tasks";

/// How the lines that begin a section begin.
const MARKER: &str = "<!-- khung: ";

/// Stand around a role until it is known what the part is called; no text holds them.
const OPEN: char = '\u{FDD0}';
const CLOSE: char = '\u{FDD1}';

/// A reference to the part with a role.
pub(crate) fn to(role: &str) -> String {
    format!("{OPEN}{role}{CLOSE}")
}

/// What the parts of a rendered frame are called, by the roles in their markers.
#[derive(Default)]
pub(crate) struct Parts {
    /// Number of the Part or the annex that a line is in.
    above: String,
    /// Roles of the marker before the next heading.
    roles: Vec<String>,
    called: BTreeMap<String, String>,
}

impl Parts {
    /// Looks at the next line of the plan: without the roles that a marker has.
    pub(crate) fn look<'l>(&mut self, line: &'l str) -> Cow<'l, str> {
        if let Some(marker) = line.strip_prefix(MARKER) {
            let mut words = marker.trim_end_matches("-->").split_whitespace();
            let id = words.next().unwrap_or_default();
            self.roles = words.map(ToOwned::to_owned).collect();
            if !self.roles.is_empty() {
                return format!("{MARKER}{id} -->").into();
            }
        } else if line.starts_with('#') {
            self.heading(line);
        }
        line.into()
    }

    fn heading(&mut self, line: &str) {
        let title = line.trim_start_matches('#');
        let level = line.len() - title.len();
        let title = title.replace("<br>", "\n");
        let number = Heading::number(&title).unwrap_or_default().trim_end_matches('.');
        let called = if level > 2 {
            format!("Mục {number} {}", self.above).trim_end().to_owned()
        } else {
            number.clone_into(&mut self.above);
            number.to_owned()
        };
        for role in self.roles.drain(..).filter(|_| !number.is_empty()) {
            self.called.entry(role).or_insert_with(|| called.clone());
        }
    }

    /// The text with what its references are called; and the roles that no part has.
    pub(crate) fn name(&self, text: String) -> (String, BTreeSet<String>) {
        let mut missing = BTreeSet::new();
        if !text.contains(OPEN) {
            return (text, missing);
        }
        let mut out = String::with_capacity(text.len());
        let mut pieces = text.split(OPEN);
        out.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let (role, rest) = piece.split_once(CLOSE).unwrap_or((piece, ""));
            match self.called.get(role) {
                Some(called) => out.push_str(called),
                None => drop(missing.insert(role.to_owned())),
            }
            out.push_str(rest);
        }
        (out, missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_called_as_their_headings_say() {
        let mut parts = Parts::default();
        let plan = "<!-- khung: part-2 -->\n## Phần II<br>NỘI DUNG\n<!-- khung: tasks tasks -->\n\
                    ### III. NHIỆM VỤ\n<!-- khung: annex-3 works money -->\n## Phụ lục III<br>A\n\
                    <!-- khung: own calendar -->\n### Lịch\n";
        let lines: Vec<_> = plan.lines().map(|line| parts.look(line)).collect();
        assert_eq!(lines[2], "<!-- khung: tasks -->");
        assert_eq!(lines[4], "<!-- khung: annex-3 -->");
        let text = ["tasks", "works", "money", "calendar"].map(to).join("; ");
        let (text, missing) = parts.name(text);
        assert_eq!(text, "Mục III Phần II; Phụ lục III; Phụ lục III; ");
        assert_eq!(missing, BTreeSet::from(["calendar".to_owned()]));
    }
}
