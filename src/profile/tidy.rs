//! What people type around a value that the plan adds itself: dashes, "Lưu:", full stops.

use super::{Issue, Profile, TaskDetails};

impl Profile {
    /// Reads what is typed in the one sense that it can have.
    pub(super) fn tidied(mut self) -> Self {
        self.issue.tidy();
        let planned = self.tasks.iter_mut().map(|task| &mut task.details);
        let own = self.own_tasks.iter_mut().map(|task| &mut task.details);
        let projects = self.projects.iter_mut().map(|project| &mut project.details);
        planned.chain(own).chain(projects).for_each(TaskDetails::tidy);
        for duty in &mut self.duties {
            phrase(&mut duty.unit);
            duty.duties.iter_mut().for_each(sentence);
        }
        for target in &mut self.targets {
            target.lead.iter_mut().for_each(phrase);
        }
        for basis in &mut self.bases {
            phrase(&mut basis.text);
            if let Some(rest) = basis.text.strip_prefix("Căn cứ ") {
                basis.text = rest.to_owned();
            }
        }
        let decision = &mut self.decision;
        let said =
            [&mut decision.authority, &mut decision.proposal, &mut decision.executors];
        said.into_iter()
            .flatten()
            .chain(decision.bases.iter_mut().flatten())
            .for_each(phrase);
        let proposal = decision.proposal.as_ref();
        if let Some(rest) =
            proposal.and_then(|text| text.strip_prefix("Theo đề nghị của "))
        {
            decision.proposal = Some(rest.to_owned());
        }
        self
    }
}

impl Issue {
    fn tidy(&mut self) {
        // "05/KH-UBND" is the number and the symbol.
        if let Some((number, symbol)) =
            self.number.as_ref().and_then(|text| text.split_once('/'))
        {
            let (number, symbol) = (number.trim().to_owned(), symbol.trim().to_owned());
            if self.symbol.is_none() && !symbol.is_empty() {
                self.symbol = Some(symbol);
            }
            self.number = Some(number);
        }
        if let Some(number) = &mut self.number
            && let Some(rest) = number.strip_prefix("Số:")
        {
            *number = rest.trim().to_owned();
        }
        for name in self.recipients.iter_mut().flatten() {
            *name = name.trim_start_matches(['-', '–', ' ']).to_owned();
            phrase(name);
        }
        if let Some(archive) = &mut self.archive {
            *archive = archive.trim_start_matches(['-', '–', ' ']).to_owned();
            if let Some(rest) = archive.strip_prefix("Lưu:") {
                *archive = rest.trim_start().to_owned();
            }
            phrase(archive);
        }
    }
}

impl TaskDetails {
    fn tidy(&mut self) {
        let one = [&mut self.lead, &mut self.product, &mut self.goal, &mut self.scale];
        one.into_iter().flatten().chain(&mut self.partners).for_each(phrase);
        self.actions.iter_mut().for_each(sentence);
    }
}

/// Takes the mark from the end of what stands in a sentence or a cell.
fn phrase(text: &mut String) {
    let bare = text.trim_end_matches([';', ' ']);
    // "v.v." and "…" are no marks.
    let bare =
        bare.strip_suffix('.').filter(|rest| !rest.contains("v.v")).unwrap_or(bare);
    text.truncate(bare.trim_end().len());
}

/// Gives a sentence its capital and one full stop.
fn sentence(text: &mut String) {
    let mut end = text.trim_end();
    while end.ends_with("..") && !end.ends_with("...") {
        end = &end[..end.len() - 1];
    }
    let is_open = end.ends_with(|c: char| c.is_alphanumeric() || ")”\"%]".contains(c));
    let mut letters = end.chars();
    let Some(first) = letters.next() else { return };
    let rest = letters.as_str();
    let stop = if is_open { "." } else { "" };
    *text = first.to_uppercase().chain(rest.chars()).chain(stop.chars()).collect();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_around_a_value_is_no_part_of_it() {
        let mut issue = Issue {
            number: Some("05/KH-UBND".to_owned()),
            recipients: Some(vec!["- Bộ TTTT;".to_owned(), "Sở Tài chính.".to_owned()]),
            archive: Some("Lưu: VT, STTTT.".to_owned()),
            ..Issue::default()
        };
        issue.tidy();
        assert_eq!(issue.number.as_deref(), Some("05"));
        assert_eq!(issue.symbol.as_deref(), Some("KH-UBND"));
        assert_eq!(issue.recipients.unwrap(), ["Bộ TTTT", "Sở Tài chính"]);
        assert_eq!(issue.archive.as_deref(), Some("VT, STTTT"));
        for (typed, right) in
            [("Sở Tài chính.", "Sở Tài chính"), ("báo, đài, v.v.", "báo, đài, v.v.")]
        {
            let mut text = typed.to_owned();
            phrase(&mut text);
            assert_eq!(text, right);
        }
        for (typed, right) in [
            ("xây dựng kho", "Xây dựng kho."),
            ("Thuê dịch vụ..", "Thuê dịch vụ."),
            ("Đạt 80%", "Đạt 80%."),
            ("Và tiếp tục...", "Và tiếp tục..."),
            ("Ổn định.", "Ổn định."),
        ] {
            let mut text = typed.to_owned();
            sentence(&mut text);
            assert_eq!(text, right);
        }
    }
}
