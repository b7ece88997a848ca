//! What a person sees before an update, against what they see after it.

use std::collections::HashMap;

use super::{BASE, FRESH, Frame, Head, Key, Seen, Spot};

/// What a person sees before and after an update.
pub(super) struct Proof<'f> {
    pub(super) frame: &'f Frame,
    pub(super) before: Seen,
    pub(super) after: Seen,
}

impl Proof<'_> {
    /// What has strayed, if anything has.
    pub(super) fn fault(&self) -> Option<String> {
        self.words()
            .or_else(|| self.parents())
            .or_else(|| self.order())
            .or_else(|| self.counts())
    }

    /// Tells whether a place is another one; not where one of both is new, or gone.
    fn has_changed(&self, old: Option<&Key>, new: Option<&Key>) -> bool {
        let (Some(old), Some(new)) = (old, new) else { return false };
        old != new
            && self.after.has(old)
            && (self.before.has(new) || self.frame.is_in(FRESH, new))
    }

    /// Words of the drafter's under another heading, or in another column.
    fn words(&self) -> Option<String> {
        let old = self.frame.traces(&self.before);
        let new = self.frame.traces(&self.after);
        let is_head = |head: &&String| {
            let [base, fresh] = &self.frame.columns;
            !head.is_empty() && base.contains(*head) && fresh.contains(*head)
        };
        for (trace, line) in old {
            let (Some(old), Some(Some(new))) = (line, new.get(trace)) else { continue };
            if self.has_changed(old.home.as_ref(), new.home.as_ref())
                && !old.home.as_ref().is_some_and(|home| self.shelters(home, u8::MAX))
                && !new.home.as_ref().is_some_and(|home| {
                    self.frame.wandered.contains(home) || self.was_dragged(home)
                })
            {
                return Some(format!("\"{trace}\" sang mục khác"));
            }
            let columns =
                [&old.column, &new.column].map(|head| head.as_ref().filter(is_head));
            if let [Some(one), Some(two)] = columns
                && one != two
            {
                return Some(format!("\"{trace}\" sang cột khác"));
            }
        }
        None
    }

    /// A heading under another one.
    fn parents(&self) -> Option<String> {
        let level = |key: &Key| self.frame.heads.get(key).map_or(0, |known| known.level);
        let strays = |head: &&Head| {
            let Some((key, (_, new))) = only(&self.after, head) else { return false };
            let Some((_, old)) = self.before.only(key) else { return false };
            let is_certain = old.level == new.level && !old.is_torn && !new.is_torn;
            is_certain
                && self.has_changed(old.parent.as_ref(), new.parent.as_ref())
                && !old
                    .parent
                    .as_ref()
                    .is_some_and(|parent| self.shelters(parent, level(parent)))
                && !new.parent.as_ref().is_some_and(|parent| self.was_dragged(parent))
                && !self.may_go_to(new)
        };
        let head = self.after.heads.iter().find(strays)?;
        Some(format!("mục \"{}\" sang mục khác", head.title))
    }

    /// Tells whether what stands below a heading may be of another one, which people deleted:
    /// the next one in base of a level or higher.
    fn shelters(&self, key: &str, level: u8) -> bool {
        let frame = self.frame;
        let spot = frame.heads.get(key).and_then(|known| known.spots[BASE].as_ref());
        let rest =
            spot.and_then(|spot| frame.order.get(spot.at + 1..)).unwrap_or_default();
        let next = rest.iter().find(|next| frame.heads[*next].level <= level);
        next.is_some_and(|next| !self.before.has(next))
    }

    /// Tells whether people put a heading of the frame elsewhere: behind another one than in
    /// base. What comes behind it now comes to stand there.
    fn was_dragged(&self, key: &str) -> bool {
        let place = |key: &str| self.frame.heads.get(key)?.spots[BASE].as_ref();
        let Some((spot, (at, _))) = place(key).zip(self.before.only(key)) else {
            return false;
        };
        let mut above = self.before.heads.iter().take(at).rev();
        let above = above.find_map(|head| place(head.key.as_ref()?));
        above.map_or(0, |above| above.at + 1) != spot.at
    }

    /// Tells whether the frame has a heading where it stands now; one of the drafter's may be
    /// one of the frame that they called so, or was no heading.
    fn may_go_to(&self, head: &Head) -> bool {
        let (Some(key), Some(parent)) = (&head.key, &head.parent) else { return true };
        if let Some(known) = self.frame.heads.get(key) {
            // The heading that it belongs below may have another title here, or one of the
            // drafter's behind it.
            let goes = |spot: &Spot| {
                spot.parent == *parent
                    || !self.after.has(&spot.parent)
                    || !self.frame.heads.contains_key(parent)
            };
            if let Some(spot) = &known.spots[FRESH] {
                return goes(spot);
            }
        }
        // One of the frame's with words of people in its title; or below a line of the frame's
        // that people set as a heading.
        let is_line = |parent: &Key| {
            parent.strip_prefix('=').is_some_and(|line| self.frame.lines.contains(line))
        };
        let was = self.before.only(key).and_then(|(_, old)| old.parent.as_ref());
        let is_own = key.starts_with('=');
        if (is_own && self.frame.is_like_a_title(&head.title)) || was.is_some_and(is_line)
        {
            return true;
        }
        // A new heading may have come between.
        if !self.before.has(parent) {
            return true;
        }
        self.frame.lines.contains(&head.title)
            || is_own && self.is_filled_line(key, &head.title)
            || self.frame.order.iter().any(|key| !self.before.has(key) && self.moves(key))
    }

    /// Tells whether the catalogue takes a heading to another one.
    fn moves(&self, key: &str) -> bool {
        match self.frame.heads.get(key).map(|known| &known.spots) {
            Some([Some(old), Some(new)]) => old.parent != new.parent,
            _ => false,
        }
    }

    /// Tells whether a heading is a line of the frame's that people filled in, "Sản phẩm: …", and
    /// goes with the heading right above it.
    fn is_filled_line(&self, key: &str, title: &str) -> bool {
        let Some((label, _)) = title.split_once(':') else { return false };
        let above = |seen: &Seen| -> Option<Key> {
            let (at, _) = seen.only(key)?;
            seen.heads.get(at.checked_sub(1)?)?.key.clone()
        };
        let is_label = |line: &String| {
            line.strip_prefix(label).is_some_and(|rest| rest.starts_with(':'))
        };
        let (old, new) = (above(&self.before), above(&self.after));
        old.is_some_and(|old| self.moves(&old) && new.is_some_and(|new| new == old))
            && self.frame.lines.iter().any(is_label)
    }

    /// Two headings of the frame that stood in its order, and do not any more.
    fn order(&self) -> Option<String> {
        let mut last: HashMap<&Key, &Key> = HashMap::new();
        for head in &self.after.heads {
            let Some((key, _)) = only(&self.after, head) else { continue };
            let (Some(parent), Some((at, _))) = (&head.parent, self.before.only(key))
            else {
                continue;
            };
            let place = |key| self.frame.heads.get(key)?.spots[FRESH].as_ref();
            // What people dragged here is in no order of the frame's.
            let Some(spot) = place(key).filter(|spot| spot.parent == *parent) else {
                continue;
            };
            if let Some(previous) = last.insert(parent, key)
                && let Some((before, old)) = self.before.only(previous)
                && let Some(above) = place(previous)
                && at < before
                && spot.at < above.at
            {
                let titles = [&old.title, &head.title];
                return Some(format!(
                    "mục \"{}\" lên trước \"{}\"",
                    titles[0], titles[1]
                ));
            }
        }
        None
    }

    /// A heading that stands more often than before, or not any more.
    fn counts(&self) -> Option<String> {
        let known = |head: &Head| self.frame.heads.get(head.key.as_ref()?);
        let in_fresh = |head: &Head| {
            known(head)
                .is_some_and(|known| !known.is_shared && known.spots[FRESH].is_some())
        };
        // What people wrote below it themselves is another matter.
        let is_twice = |head: &&Head| {
            let before = head.key.as_ref().map_or(0, |key| self.before.count(key));
            in_fresh(head) && self.after.alike(head) > before.max(1)
        };
        let twice = self.after.heads.iter().find(is_twice);
        if let Some(head) = twice {
            return Some(format!("mục \"{}\" thêm lần nữa", head.title));
        }
        let is_gone = |head: &&Head| {
            in_fresh(head)
                && known(head).is_some_and(|known| known.spots[BASE].is_some())
                && head.key.as_ref().is_some_and(|key| !self.after.has(key))
        };
        let head = self.before.heads.iter().find(is_gone)?;
        Some(format!("mất mục \"{}\"", head.title))
    }
}

/// A heading that stands once.
fn only<'s>(seen: &'s Seen, head: &'s Head) -> Option<(&'s Key, (usize, &'s Head))> {
    let key = head.key.as_ref()?;
    Some((key, seen.only(key)?))
}
