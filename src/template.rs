//! Renders a plan into Markdown with the templates, values escaped.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::sync::{Arc, OnceLock};

use tera::{Context, ErrorKind, Kwargs, State, Tera};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::document::{BlockKind, Document, Section};
use crate::edition::{Imprint, Part, Shipped, shipped};
use crate::markdown;
use crate::plan::Plan;
use crate::plan::reference::{self, Parts};
use crate::source::{Source, nearest, quoted};

/// The template that is the plan; the others are its components.
pub const ROOT: &str = "plan.md";

/// Templates of a plan; the shipped ones are two. Each that includes another takes stack.
const MOST: usize = 50;
/// `elif`s of a template: Tera reads each inside the one before.
const MOST_ELIFS: usize = 100;

/// Faults of one kind that are told: each is looked for in the templates.
const MOST_FAULTS: usize = 50;

/// Parsed templates.
pub struct Templates {
    tera: Tera,
    sources: Vec<Arc<Source>>,
    imprint: OnceLock<Imprint>,
}

impl Templates {
    /// Sources of the frame of the newest edition inside the binary.
    ///
    /// # Errors
    /// A diagnostic when the binary was built from a template that is not UTF-8.
    pub fn embedded() -> Result<Vec<Arc<Source>>, Diagnostic> {
        shipped().pop().map_or_else(|| Ok(Vec::new()), Shipped::frame)
    }

    /// The frame of an edition inside the binary.
    pub(crate) fn shipped(edition: &str) -> Option<Self> {
        Self::parse(Shipped::of(edition)?.frame().ok()?).ok()
    }

    /// Parses templates, each named as its file.
    ///
    /// # Errors
    /// What Tera says, at its line and column: where it stopped in each file; where no file is
    /// wrong by itself, what is wrong between them.
    pub fn parse(sources: Vec<Arc<Source>>) -> Result<Self, Vec<Diagnostic>> {
        if let Some(excess) = excess(&sources) {
            return Err(vec![excess]);
        }
        let mut tera = Tera::default();
        tera.autoescape_on(["md"]);
        tera.register_function("place", |arguments: Kwargs, _: &State<'_>| {
            Ok::<_, tera::Error>(reference::to(arguments.must_get("of")?))
        });
        tera.set_escape_fn(|text: &str, out: &mut dyn Write| {
            out.write_all(markdown::escape(text).as_bytes())
        });
        let texts: Vec<(&str, &str)> =
            sources.iter().map(|source| (source.file(), source.text.as_str())).collect();
        let added = tera.add_raw_templates(texts);
        match added {
            Ok(()) => Ok(Self { tera, sources, imprint: OnceLock::new() }),
            Err(error) => {
                let mut found: Vec<Diagnostic> =
                    sources.iter().filter_map(|source| torn(source, &sources)).collect();
                if found.is_empty() {
                    found.push(explain(&error, &sources));
                }
                Err(found)
            }
        }
    }

    /// What tells this frame, of an edition, from other copies.
    pub(crate) fn imprint(&self, edition: &str) -> Imprint {
        let of = || Imprint::of(Part::Frame, edition, None, &self.sources);
        let known = self.imprint.get_or_init(of);
        if known.id == edition { known.clone() } else { of() }
    }

    /// Renders the plan's Markdown.
    ///
    /// # Errors
    /// What Tera says, at its line and column.
    pub fn render(&self, plan: &Plan) -> Result<Rendered, Diagnostic> {
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

    /// Where the templates spell a text out.
    pub(crate) fn spelt(&self, text: &str) -> Option<Place> {
        self.sources.iter().find_map(|source| {
            let start = source.text.find(text)?;
            Some(Place { source: Arc::clone(source), span: start..start + text.len() })
        })
    }

    /// What keeps a plan that was rendered from being a frame of sections that an
    /// update finds again.
    pub(crate) fn faults(
        &self,
        rendered: &Rendered,
        document: &Document,
    ) -> Vec<Diagnostic> {
        let Rendered { base, missing, .. } = rendered;
        let line = |at: usize| base[at..].lines().next().unwrap_or_default();
        let mut faults = Vec::new();
        for role in missing {
            let roles: BTreeSet<&str> = self.roles().map(|(role, _)| role).collect();
            let near = nearest(role, roles, 1).pop();
            let place = self.roles().find(|(other, _)| Some(*other) == near);
            let told = near
                .map_or_else(String::new, |near| format!(" (có \"{}\")", quoted(near)));
            faults.push(self.fault(
                &format!(
                    "không có đề mục đánh số nào mang vai trò \"{role}\", mà kế hoạch nhắc tới \
                     phần đó{told}"
                ),
                &format!(
                    "Ghi vai trò vào dòng đánh dấu của phần đó: <!-- khung: ma-muc {role} -->."
                ),
                place.map(|(_, place)| place),
            ));
        }
        if document.sections.is_empty() {
            faults.push(self.fault(
                "không tạo ra mục nào",
                "Lấy lại bản gốc của plan.md bằng `khung catalog export`.",
                None,
            ));
        }
        let is_outside = |section: &&Section| section.id.is_none();
        if let Some(outside) = document.sections.iter().find(is_outside) {
            let first = outside.blocks.first().map(|block| line(block.source.start));
            faults.push(self.fault(
                "có phần văn bản không thuộc mục nào",
                "Đặt dòng <!-- khung: ten-muc --> trước mỗi phần, kể cả phần đầu tiên.",
                first.and_then(|first| self.lines(first).next()),
            ));
        }
        let blocks = document.sections.iter().flat_map(|section| &section.blocks);
        let mut mistaken = blocks.filter_map(|block| match &block.kind {
            BlockKind::Raw(text) => markdown::mistaken_marker(text),
            _ => None,
        });
        for marker in mistaken.by_ref().take(MOST_FAULTS) {
            faults.push(self.fault(
                &format!("có dòng đánh dấu không dùng được: {}", quoted(marker)),
                "Đặt dòng ở ngoài danh sách và trích dẫn; mã gồm chữ thường không dấu, chữ số, \
                 dấu gạch nối, tối đa 30 ký tự.",
                self.lines(marker).next(),
            ));
        }
        faults.extend(self.rest(mistaken.count(), "dòng đánh dấu không dùng được"));
        let mut seen = BTreeSet::new();
        let mut twice = BTreeMap::new();
        for section in &document.sections {
            if let Some(id) = section.id.as_deref().filter(|id| !seen.insert(*id)) {
                twice.insert(id, line(section.source.start));
            }
        }
        let mut twice = twice.into_iter();
        for (id, marker) in twice.by_ref().take(MOST_FAULTS) {
            faults.push(self.fault(
                &format!("có hai mục mang mã \"{id}\""),
                "Đặt mã khác cho một mục.",
                // One marker may be printed twice.
                self.lines(marker).take(2).last(),
            ));
        }
        faults.extend(self.rest(twice.count(), "mã đứng hai lần"));
        faults
    }

    /// The roles in the markers, each with its place.
    fn roles(&self) -> impl Iterator<Item = (&str, Place)> {
        self.sources.iter().flat_map(|source| {
            let markers = source.text.match_indices("<!-- khung: ");
            markers.flat_map(move |(start, open)| {
                let marker = &source.text[start + open.len()..];
                let marker = marker.split("-->").next().unwrap_or_default();
                let span = start..start + open.len() + marker.len();
                let roles = marker.split_whitespace().skip(1);
                roles.map(move |role| {
                    (role, Place { source: Arc::clone(source), span: span.clone() })
                })
            })
        })
    }

    /// Tells how many faults of a kind are not told one by one.
    fn rest(&self, count: usize, kind: &str) -> Option<Diagnostic> {
        let message = format!("còn {count} {kind} nữa");
        let hint = "Sửa những chỗ đã nêu rồi chạy lại để xem tiếp.";
        (count > 0).then(|| self.fault(&message, hint, None))
    }

    /// A fault of the frame, at its place in a template; one that no template spells out is
    /// the plan's own.
    fn fault(&self, message: &str, hint: &str, place: Option<Place>) -> Diagnostic {
        let error = |name: &str| {
            let message = format!("mẫu {name}{message}");
            Diagnostic::error(Code::TemplateFrame, message, hint)
        };
        if let Some(Place { source, span }) = place {
            return error("").at(&source, span);
        }
        let root = self.sources.iter().find(|source| source.file() == ROOT);
        error(&root.map(|root| format!("{} ", root.name)).unwrap_or_default())
    }

    /// Where a line of the plan comes from, alone on its line but for what makes it an item or a
    /// quote: the lines that spell it out, then those that print values in it.
    fn lines(&self, text: &str) -> impl Iterator<Item = Place> {
        let of = |prints: fn(&str, &str) -> bool| {
            self.sources.iter().flat_map(move |source| {
                let lines = source.text.split_inclusive('\n').scan(0, |end, line| {
                    *end += line.len();
                    Some((*end - line.len(), line.trim_end()))
                });
                lines.filter_map(move |(start, line)| {
                    let bare = line.trim_start_matches([' ', '>', '-', '*', '+']);
                    let span = start + line.len() - bare.len()..start + line.len();
                    let source = Arc::clone(source);
                    prints(bare, text).then_some(Place { source, span })
                })
            })
        };
        let text = text.trim().trim_start_matches([' ', '>', '-', '*', '+']);
        let is_there = !text.is_empty();
        let spelt = of(|line, text| Parts::default().look(line) == text);
        spelt.chain(of(prints)).filter(move |_| is_there)
    }
}

/// Tells whether a line of a template may print a text by its values.
fn prints(line: &str, text: &str) -> bool {
    let mut pieces = line.split("{{");
    let front = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(front) else { return false };
    let mut has_values = false;
    for piece in pieces {
        let Some((_, fixed)) = piece.split_once("}}") else { return false };
        let Some(at) = rest.find(fixed) else { return false };
        rest = &rest[at + fixed.len()..];
        has_values = true;
    }
    // A line that is a value alone prints anything.
    has_values && front.len() > 1 && (rest.is_empty() || line.ends_with("}}"))
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

/// A rendered plan.
#[derive(Debug, Clone, Default)]
pub struct Rendered {
    /// Its Markdown: one blank line at most between two blocks, none after a marker or at the
    /// ends.
    pub base: String,
    /// The headings of Part I that ask for results, each by its id, with what it says.
    pub headings: Vec<(String, String)>,
    /// Roles that texts refer to and no part of the frame has.
    pub(crate) missing: BTreeSet<String>,
}

/// Lays a rendered text out, and takes out the lines that are not the plan's.
fn tidy(text: &str) -> Rendered {
    let mut out = String::with_capacity(text.len());
    let mut headings = Vec::new();
    let mut above = "";
    let mut blank = false;
    let mut marker = true;
    let mut parts = Parts::default();
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() {
            blank = !marker;
            continue;
        }
        let id =
            line.strip_prefix("<!-- result: ").and_then(|id| id.strip_suffix(" -->"));
        if let Some(id) = id {
            headings
                .push((id.to_owned(), above.trim_start_matches(['#', ' ']).to_owned()));
            blank = !marker;
            continue;
        }
        if line.starts_with('#') {
            above = line;
        }
        if blank {
            out.push('\n');
        }
        out.push_str(&parts.look(line));
        out.push('\n');
        blank = false;
        marker = line.starts_with("<!-- khung: ");
    }
    let (base, missing) = parts.name(out);
    Rendered { base, headings, missing }
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

/// What is wrong with the syntax of one file.
fn torn(source: &Source, sources: &[Arc<Source>]) -> Option<Diagnostic> {
    let error = Tera::default().add_raw_template(source.file(), &source.text).err()?;
    let is_its_own = matches!(error.kind(), ErrorKind::SyntaxError(_));
    is_its_own.then(|| explain(&error, sources))
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
            let found = sources.iter().find(|source| source.file() == report.filename());
            let told = unusable(&vietnamese(report.message()));
            let found = match found {
                Some(source) => told.at(source, report.span().range.clone()),
                None => told,
            };
            // The plan's own line is where a component was given what it cannot use.
            match caller(&error.to_string(), sources) {
                Some(Place { source, span }) => found.at(&source, span),
                None => found,
            }
        }
        _ => unusable(&vietnamese(&error.to_string())),
    }
}

/// The line of the plan that called the component in which something is wrong: Tera tells it as
/// "note: called from plan.md:350:12".
fn caller(told: &str, sources: &[Arc<Source>]) -> Option<Place> {
    let note = told.lines().rfind(|line| line.starts_with("note: "))?;
    let place = note.rsplit(' ').next()?;
    let mut parts = place.rsplitn(3, ':').skip(1);
    let line: usize = parts.next()?.parse().ok()?;
    let file = parts.next()?;
    let source = sources.iter().find(|source| source.file() == file)?;
    let mut lines = source.text.split_inclusive('\n');
    let start = lines.by_ref().take(line.checked_sub(1)?).map(str::len).sum();
    let end = start + lines.next()?.trim_end().len();
    Some(Place { source: Arc::clone(source), span: start..end })
}

/// What Tera says of what is wrong, for who edits a template.
fn vietnamese(message: &str) -> String {
    let message = message.trim_start_matches("error: ");
    let message = message.lines().next().unwrap_or_default();
    let named = |front: &str| message.strip_prefix(front)?.split('`').next();
    let told = [
        ("Variable `", "không có giá trị tên"),
        ("Field `", "không có trường"),
        ("Unknown filter `", "không có bộ lọc"),
        ("Unknown test `", "không có phép thử"),
        ("Unknown function `", "không có hàm"),
        ("Unknown component `", "không có thành phần"),
        ("Unknown template `", "không có tệp mẫu"),
        ("Unknown argument(s) `", "thành phần không nhận tham số"),
    ];
    let named = told.into_iter().find_map(|(front, told)| Some((told, named(front)?)));
    if let Some((told, name)) = named {
        return format!("{told} `{}`", quoted(name));
    }
    let fixed = [
        (
            "Unexpected end of input",
            "mẫu kết thúc giữa chừng, thiếu dấu đóng hoặc {% end… %}",
        ),
        ("Tried to render a variable that is undefined", "giá trị này không có"),
        ("Cannot index into an undefined value", "giá trị này không có"),
    ];
    let found = fixed.into_iter().find(|(front, _)| message.starts_with(front));
    found.map_or_else(|| format!("sai cú pháp ({message})"), |(_, told)| told.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_syntax_of_all_files_is_told_together() {
        let file = |name, text: &str| Source::new(name, text.as_bytes()).unwrap();
        let plan = file("f/plan.md", "# A\n{% for a in b %}\n{{ a }}\n");
        let pieces = file("f/pieces.md", "\n{{ a | }}\n");
        let more = file("f/more.md", "{% component a() %}{% endcomponent %}");
        let found = Templates::parse(vec![plan, pieces, more]).err().unwrap();
        let places: Vec<String> = found
            .iter()
            .map(|one| {
                let place = one.place.as_ref().unwrap();
                let before = &place.source.text[..place.span.start];
                format!("{}:{}", place.source.name, before.matches('\n').count() + 1)
            })
            .collect();
        assert_eq!(places, ["f/plan.md:3", "f/pieces.md:2"], "{found:#?}");
    }

    #[test]
    fn faults_beyond_the_first_fifty_are_counted() {
        let plan = Source::new("plan.md", b"").unwrap();
        let templates = Templates::parse(vec![plan]).unwrap();
        let section = |n: usize| format!("<!-- khung: m{n} -->\n## M\n\n");
        let base: String = (0..60).chain(0..60).map(section).collect();
        let document = markdown::parse(&base).unwrap();
        let faults =
            templates.faults(&Rendered { base, ..Rendered::default() }, &document);
        assert_eq!(faults.len(), 51);
        assert_eq!(faults[50].message, "mẫu plan.md còn 10 mã đứng hai lần nữa");
    }
}
