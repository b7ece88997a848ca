//! The folders of a catalogue: a layer, what it lies over, down to an edition.
#![expect(
    clippy::disallowed_methods,
    reason = "a folder is the same one under any name that leads to it"
)]

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::{Problems, catalog_sources, has_frame, is_same_file, list, read_source};
use crate::catalog::EDITION;
use crate::catalog::layer::{Base, MOST, lay};
use crate::diagnostic::Diagnostic;
use crate::edition::{Shipped, shipped};
use crate::source::Source;

/// An edition, or a layer.
enum Folder {
    At(PathBuf),
    Shipped(Shipped),
}

/// The files of a catalogue: of the edition or the layer in a folder, and of all that is below a
/// layer, a list a folder, the edition's first.
///
/// None, with the reasons among the problems, when one of the folders holds no `edition.toml`, a
/// file cannot be read, or a layer lies over nothing.
pub fn catalog_stack(
    folder: &Path,
    problems: &mut Problems,
) -> Option<Vec<Vec<Arc<Source>>>> {
    let stack = stack(folder, problems)?.into_iter().rev();
    let files = stack.map(|folder| match folder {
        Folder::At(path) => catalog_sources(&path, problems),
        Folder::Shipped(edition) => problems.take_content(edition.catalog()),
    });
    files.collect()
}

/// The files of a catalogue, as [`catalog_stack`] finds them, laid over each other.
pub fn catalog(folder: &Path, problems: &mut Problems) -> Option<Vec<Arc<Source>>> {
    Some(lay(&catalog_stack(folder, problems)?))
}

/// Tells whether the catalogue in a folder lies over another one.
#[must_use]
pub fn is_layer(folder: &Path) -> bool {
    let edition = read_source(&folder.join(EDITION), &mut Problems::default());
    edition.is_some_and(|edition| !matches!(Base::of(&edition), Ok(None)))
}

/// A folder and what is below it, the topmost first.
fn stack(folder: &Path, problems: &mut Problems) -> Option<Vec<Folder>> {
    let mut stack = vec![Folder::At(folder.to_owned())];
    while let Some(Folder::At(at)) = stack.last() {
        // What cannot be read is told by who reads all of the folder.
        let Some(edition) = read_source(&at.join(EDITION), &mut Problems::default())
        else {
            break;
        };
        let base = match Base::of(&edition) {
            Ok(Some(base)) => base,
            Ok(None) => break,
            Err(found) => {
                problems.diagnostics.extend(found);
                return None;
            }
        };
        let mut next =
            if stack.len() > MOST { Err(base.too_high()) } else { below(at, &base) };
        if let Ok(Folder::At(next_at)) = &next
            && stack
                .iter()
                .any(|one| matches!(one, Folder::At(at) if is_same_file(at, next_at)))
        {
            next = Err(base.loops());
        }
        stack.push(problems.take_content(next)?);
    }
    Some(stack)
}

/// What the base of a layer means: the folder beside it that is called so, or else the edition in
/// the binary.
fn below(layer: &Path, base: &Base) -> Result<Folder, Diagnostic> {
    let mut steps = Path::new(&base.name).components();
    if !matches!((steps.next(), steps.next()), (Some(Component::Normal(_)), None)) {
        return Err(base.elsewhere());
    }
    let beside = parent(layer);
    let is_catalog = |name: &String| beside.join(name).join(EDITION).exists();
    if is_catalog(&base.name) {
        return Ok(Folder::At(beside.join(&base.name)));
    }
    if let Some(edition) = Shipped::of(&base.name) {
        return Ok(Folder::Shipped(edition));
    }
    let names = list(&beside).unwrap_or_default().into_iter().filter(is_catalog);
    let names = names.filter(|name| Some(name.as_ref()) != layer.file_name());
    let mut known: Vec<String> =
        names.chain(shipped().iter().map(|edition| edition.id().to_owned())).collect();
    known.sort();
    known.dedup();
    Err(base.missing(&known))
}

/// The folder that a folder is in, as it was named.
fn parent(folder: &Path) -> PathBuf {
    let is_named = matches!(folder.components().next_back(), Some(Component::Normal(_)));
    match folder.parent() {
        Some(parent) if is_named => parent.to_owned(),
        _ => folder.join(".."),
    }
}

/// Where the frame of the catalogue in a folder is: `templates/2024` for `catalog/2024`, or that
/// of what is below a layer that has none; none where that is in the binary.
#[must_use]
pub fn frame_beside(folder: &Path) -> Option<PathBuf> {
    let stack = stack(folder, &mut Problems::default())?;
    let frame = |folder: &Folder| match folder {
        Folder::At(path) => beside(path).filter(|frame| has_frame(frame)),
        Folder::Shipped(_) => None,
    };
    stack.iter().find_map(frame)
}

/// Where the frame of the catalogue in a folder would be.
fn beside(folder: &Path) -> Option<PathBuf> {
    let is_whole = folder.file_name().is_some() && folder.parent()?.file_name().is_some();
    let real =
        if is_whole { folder.to_owned() } else { fs::canonicalize(folder).ok()? };
    let (name, all) = (real.file_name()?, real.parent()?);
    (all.file_name()? == "catalog").then(|| all.with_file_name("templates").join(name))
}
