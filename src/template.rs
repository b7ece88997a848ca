//! Renders a plan into Markdown with the templates, values escaped.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Arc;

use include_dir::{Dir, include_dir};
use tera::{Context, ErrorKind, Tera};

use crate::diagnostic::{Code, Diagnostic};
use crate::document::{BlockKind, Document};
use crate::markdown;
use crate::plan::Plan;
use crate::source::{Source, quoted};

/// The templates inside the binary.
static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// The template that is the plan; the others are its components.
pub const ROOT: &str = "plan.md";

/// Templates of a plan; the shipped ones are two. Each that includes another takes stack.
const MOST: usize = 50;
/// `elif`s of a template: Tera reads each inside the one before.
const MOST_ELIFS: usize = 100;

/// Parsed templates.
pub struct Templates {
    tera: Tera,
    sources: Vec<Arc<Source>>,
}

impl Templates {
    /// Sources of the templates inside the binary.
    ///
    /// # Errors
    /// A diagnostic when the binary was built from a template that is not UTF-8.
    pub fn embedded() -> Result<Vec<Arc<Source>>, Diagnostic> {
        EMBEDDED
            .files()
            .map(|file| Source::new(file.path().display().to_string(), file.contents()))
            .collect()
    }

    /// Parses templates, each named as its file.
    ///
    /// # Errors
    /// What Tera says, at its line and column.
    pub fn parse(sources: Vec<Arc<Source>>) -> Result<Self, Diagnostic> {
        if let Some(excess) = excess(&sources) {
            return Err(excess);
        }
        let mut tera = Tera::default();
        tera.autoescape_on(["md"]);
        tera.set_escape_fn(|text: &str, out: &mut dyn Write| {
            out.write_all(markdown::escape(text).as_bytes())
        });
        let texts: Vec<(&str, &str)> = sources
            .iter()
            .map(|source| {
                let name = source.name.rsplit(['/', '\\']).next().unwrap_or(ROOT);
                (name, source.text.as_str())
            })
            .collect();
        let added = tera.add_raw_templates(texts);
        match added {
            Ok(()) => Ok(Self { tera, sources }),
            Err(error) => Err(explain(&error, &sources)),
        }
    }

    /// Renders the plan's Markdown.
    ///
    /// # Errors
    /// What Tera says, at its line and column.
    pub fn render(&self, plan: &Plan) -> Result<String, Diagnostic> {
        let context = Context::from_serialize(plan)
            .map_err(|error| explain(&error, &self.sources))?;
        let mut text = Bounded(Vec::new());
        let rendered = self.tera.render_to(ROOT, &context, &mut text);
        if text.0.len() > markdown::LONGEST {
            return Err(markdown::TooLong.into());
        }
        rendered.map_err(|error| explain(&error, &self.sources))?;
        Ok(tidy(&String::from_utf8_lossy(&text.0)))
    }

    /// Ids of the Part I headings that ask for results: every `<findings id="…"`, whatever the file.
    #[must_use]
    pub fn headings(&self) -> Vec<&str> {
        self.sources
            .iter()
            .flat_map(|source| source.text.split("<findings id=\"").skip(1))
            .filter_map(|rest| rest.split('"').next())
            .collect()
    }
}

/// What keeps a rendered plan from being a frame of sections that an update finds again.
pub(crate) fn faults(document: &Document) -> Vec<Diagnostic> {
    let fault = |message: &str, hint| {
        Diagnostic::error(Code::TemplateFrame, format!("mẫu {message}"), hint)
    };
    let mut faults = Vec::new();
    if document.sections.is_empty() {
        faults.push(fault(
            "không tạo ra mục nào",
            "Lấy lại bản gốc của plan.md bằng `khung catalog export`.",
        ));
    }
    if document.sections.iter().any(|section| section.id.is_none()) {
        faults.push(fault(
            "có phần văn bản không thuộc mục nào",
            "Đặt dòng <!-- khung: ten-muc --> trước mỗi phần, kể cả phần đầu tiên.",
        ));
    }
    let mut seen = BTreeSet::new();
    let mut twice = BTreeSet::new();
    for section in &document.sections {
        let id = section.id.as_deref();
        twice.extend(id.filter(|id| !seen.insert(*id)));
        for block in &section.blocks {
            if let BlockKind::Raw(text) = &block.kind
                && let Some(marker) = markdown::mistaken_marker(text)
            {
                faults.push(fault(
                    &format!("có dòng đánh dấu không dùng được: {}", quoted(marker)),
                    "Đặt dòng ở ngoài danh sách và trích dẫn; mã gồm chữ thường không dấu, chữ \
                     số, dấu gạch nối, tối đa 30 ký tự.",
                ));
            }
        }
    }
    faults.extend(twice.into_iter().map(|id| {
        fault(&format!("có hai mục mang mã \"{id}\""), "Đặt mã khác cho một mục.")
    }));
    faults
}

/// Stops a template that prints without end.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        if self.0.len() > markdown::LONGEST {
            return Err(io::Error::other("too long"));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One blank line at most between two blocks, none after a marker or at the ends.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    let mut marker = true;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() {
            blank = !marker;
            continue;
        }
        if blank {
            out.push('\n');
        }
        out.push_str(line);
        out.push('\n');
        blank = false;
        marker = line.starts_with("<!-- khung: ");
    }
    out
}

/// What Tera would read until the stack overflows.
fn excess(sources: &[Arc<Source>]) -> Option<Diagnostic> {
    if sources.len() > MOST {
        let count = sources.len();
        return Some(unusable(&format!("có {count} tệp, nhiều nhất là {MOST}")));
    }
    sources.iter().find_map(|source| {
        let (at, elif) = source.text.match_indices("elif").nth(MOST_ELIFS)?;
        let excess = unusable(&format!("một tệp có quá {MOST_ELIFS} nhánh elif"));
        Some(excess.at(source, at..at + elif.len()))
    })
}

fn unusable(message: &str) -> Diagnostic {
    Diagnostic::error(
        Code::Template,
        format!("mẫu không dùng được: {message}"),
        "Sửa mẫu ở chỗ được chỉ, hoặc lấy lại bản gốc bằng `khung catalog export`.",
    )
}

fn explain(error: &tera::Error, sources: &[Arc<Source>]) -> Diagnostic {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let found = sources.iter().find(|source| {
                source.name.rsplit(['/', '\\']).next() == Some(report.filename())
            });
            let Some(source) = found else { return unusable(report.message()) };
            let span = report.span();
            unusable(report.message()).at(source, span.range.clone())
        }
        _ => unusable(&error.to_string()),
    }
}
