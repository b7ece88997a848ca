//! Layers: folders that add entries to a catalogue, or override them by id.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::source::{Items, Source, quoted, suggest};

/// So many layers may lie over an edition.
pub const MOST: usize = 8;

/// A layer of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Its id.
    pub id: String,
    /// Its version, such as "2024.1".
    pub version: String,
    /// The document that gives the tasks which it adds, as the plan cites it.
    pub source: Option<String>,
}

/// What a folder lies over, as its `edition.toml` says.
#[derive(Debug, Clone)]
pub struct Base {
    /// The name of a folder beside it, or the id of an edition.
    pub name: String,
    place: Place,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Draft {
    base: Option<Spanned<String>>,
}

impl Base {
    /// The base that an `edition.toml` names; none where it is that of an edition.
    ///
    /// # Errors
    /// What is wrong with that of a layer which does not say what it lies over.
    pub fn of(source: &Arc<Source>) -> Result<Option<Self>, Vec<Diagnostic>> {
        let mut found = Vec::new();
        let items = Items::parse(source, &mut found);
        let is_whole = !items.is_torn();
        let mut rest = items.rest();
        if is_whole {
            // Whoever reads all of the file tells what else there is.
            found.clear();
            if !rest.lacks("base") {
                rest.require(&["base"], &mut found);
            }
        }
        let Draft { base } = rest.part(&mut found);
        if let Some(base) = base {
            let place = source.place(base.span());
            return Ok(Some(Self { name: base.into_inner(), place }));
        }
        let Some(at) = line_of_base(&source.text).filter(|_| found.is_empty()) else {
            return if found.is_empty() { Ok(None) } else { Err(found) };
        };
        let misplaced = Diagnostic::error(
            Code::BadBase,
            "`base` đứng dưới một bảng, nên không nói về lớp",
            "Chuyển dòng này lên đầu tệp, trên mọi dòng có ngoặc vuông.",
        );
        Err(vec![misplaced.at(source, at)])
    }

    /// Tells that there is no such base, but others.
    #[must_use]
    pub fn missing(&self, known: &[String]) -> Diagnostic {
        let known = known.iter().map(String::as_str);
        self.wrong(
            format!("không có \"{}\" làm nền cho lớp", quoted(&self.name)),
            suggest(&self.name, known),
        )
    }

    /// Tells that the name is a path.
    #[must_use]
    pub fn elsewhere(&self) -> Diagnostic {
        self.wrong(
            format!("`base = \"{}\"` không phải một tên", quoted(&self.name)),
            "Nêu tên một thư mục ở cạnh thư mục của lớp, hoặc mã một ấn bản trong chương trình.",
        )
    }

    /// Tells that the base lies over the layer itself.
    #[must_use]
    pub fn loops(&self) -> Diagnostic {
        self.wrong(
            format!("lớp nằm trên chính nó: \"{}\"", quoted(&self.name)),
            "Sửa `base`, hoặc đổi tên thư mục của lớp nếu trùng với mã của ấn bản.",
        )
    }

    /// Tells that there are more layers than anybody needs.
    #[must_use]
    pub fn too_high(&self) -> Diagnostic {
        self.wrong(
            format!("hơn {MOST} lớp nằm trên nhau"),
            "Gộp các lớp của cùng một cơ quan thành một.",
        )
    }

    fn wrong(&self, message: String, hint: impl Into<String>) -> Diagnostic {
        let Place { source, span } = &self.place;
        Diagnostic::error(Code::BadBase, message, hint).at(source, span.clone())
    }
}

/// The line that gives a `base`, to whatever table.
fn line_of_base(text: &str) -> Option<Range<usize>> {
    let mut at = 0;
    text.split_inclusive('\n').find_map(|line| {
        let start = at;
        at += line.len();
        let value = line.strip_prefix("base")?.trim_start();
        value.starts_with('=').then(|| start..start + line.trim_end().len())
    })
}

/// The files of an edition and of the layers over it, the edition first, as those of one
/// catalogue: each laid over its namesakes.
#[must_use]
pub fn lay(folders: &[Vec<Arc<Source>>]) -> Vec<Arc<Source>> {
    if let [edition] = folders {
        return edition.clone();
    }
    let mut files: BTreeMap<&str, Vec<(usize, Arc<Source>)>> = BTreeMap::new();
    for (layer, folder) in folders.iter().enumerate() {
        for file in folder {
            files.entry(file.file()).or_default().push((layer, Arc::clone(file)));
        }
    }
    files.into_values().map(Source::laid).collect()
}
