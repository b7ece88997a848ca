//! Walks the body: paragraphs and tables in reading order, through whatever wraps them.

use super::style::{Look, Looks};
use super::text::{Fields, Passage, passage};
use super::{DEEPEST, Held, Mark, Spot};
use crate::docx::xml::{Element, Node, Path};

/// Word has no more columns; a wider cell is an attack.
const MOST_COLUMNS: usize = 63;

/// What stands in the body.
#[derive(Debug)]
pub(super) enum Flow {
    Paragraph(Passage),
    Table(Grid),
}

/// A table as it was read.
#[derive(Debug, Default)]
pub(super) struct Grid {
    pub(super) at: Path,
    /// Widths of the columns, in twentieths of a point.
    pub(super) widths: Vec<u32>,
    pub(super) rows: Vec<Line>,
}

impl Grid {
    /// How many columns it has.
    pub(super) fn columns(&self) -> usize {
        let most = self.rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
        most.max(self.widths.len())
    }
}

/// A row of a table.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) at: Path,
    /// Names of the bookmarks that begin in it.
    pub(super) names: Vec<String>,
    /// Author of the tracked change that inserted it.
    pub(super) inserted: Option<String>,
    /// One entry a column: a cell over several columns is followed by empty ones.
    pub(super) cells: Vec<Passage>,
}

/// Reads what stands in the body at a path; also the bookmarks of paragraphs that a pending
/// change deletes as a whole.
pub(super) fn flow(body: &Element, at: Path, looks: &Looks) -> (Vec<Flow>, Vec<String>) {
    let mut walk = Walk {
        looks,
        fields: Fields::default(),
        path: at,
        names: Vec::new(),
        struck: Vec::new(),
        controls: 0,
    };
    let flows = walk.container(body);
    (flows, walk.struck)
}

struct Walk<'l> {
    looks: &'l Looks,
    fields: Fields,
    path: Path,
    /// Bookmarks that begin between two paragraphs: they belong to the next one.
    names: Vec<String>,
    /// Bookmarks of paragraphs that are deleted as a whole.
    struck: Vec<String>,
    /// Content controls and the like that are open.
    controls: usize,
}

impl Walk<'_> {
    /// Reads a body or a cell.
    fn container(&mut self, parent: &Element) -> Vec<Flow> {
        let mut out = Vec::new();
        let mut open = None;
        self.blocks(parent, &mut out, &mut open);
        out.extend(open.map(Flow::Paragraph));
        out
    }

    /// `open` is a paragraph whose end is deleted, so that the next one continues it.
    fn blocks(
        &mut self,
        parent: &Element,
        out: &mut Vec<Flow>,
        open: &mut Option<Passage>,
    ) {
        if self.path.len() > DEEPEST {
            return;
        }
        self.each(parent, |walk, element| match element.name.as_str() {
            "w:p" => {
                let mut read = passage(element, &walk.path, walk.looks, &mut walk.fields);
                read.names.append(&mut walk.names);
                if walk.controls > 0 {
                    let text = 0..read.spot.text.len();
                    read.spot.marks.push(Mark { text, held: Held::Control });
                }
                if read.open && read.is_blank() {
                    walk.struck.append(&mut read.names);
                    return;
                }
                let read = match open.take() {
                    Some(mut first) => {
                        first.append(read, false);
                        first
                    }
                    None => read,
                };
                if read.open {
                    *open = Some(read);
                } else {
                    out.push(Flow::Paragraph(read));
                }
            }
            "w:tbl" => {
                out.extend(open.take().map(Flow::Paragraph));
                let grid = walk.table(element);
                if !grid.rows.is_empty() {
                    out.push(Flow::Table(grid));
                }
            }
            _ => walk.wrapper(element, |walk, content| walk.blocks(content, out, open)),
        });
    }

    fn table(&mut self, table: &Element) -> Grid {
        let width = |column: &Element| {
            column.value("w:w").and_then(|width| width.parse().ok()).unwrap_or_default()
        };
        let columns = table.element("w:tblGrid");
        let columns = columns.into_iter().flat_map(|grid| grid.elements("w:gridCol"));
        let mut grid = Grid {
            at: self.path.clone(),
            widths: columns.take(MOST_COLUMNS).map(width).collect(),
            rows: Vec::new(),
        };
        self.rows(table, &mut grid);
        grid
    }

    fn rows(&mut self, parent: &Element, grid: &mut Grid) {
        self.each(parent, |walk, element| match element.name.as_str() {
            "w:tr" => {
                let properties = element.element("w:trPr");
                let change = |name| properties.and_then(|all| all.element(name));
                if change("w:del").is_some() {
                    return;
                }
                let author = |by: &Element| by.value("w:author").unwrap_or_default();
                let mut line = Line {
                    at: walk.path.clone(),
                    inserted: change("w:ins").map(author),
                    names: std::mem::take(&mut walk.names),
                    cells: empty(change("w:gridBefore"), 0),
                };
                walk.cells(element, &mut line);
                line.cells.extend(empty(change("w:gridAfter"), 0));
                grid.rows.push(line);
            }
            _ => walk.wrapper(element, |walk, content| walk.rows(content, grid)),
        });
    }

    fn cells(&mut self, parent: &Element, line: &mut Line) {
        self.each(parent, |walk, element| match element.name.as_str() {
            "w:tc" => {
                let mut cell = walk.cell(element);
                line.names.append(&mut cell.names);
                line.cells.push(cell);
                let span =
                    element.element("w:tcPr").and_then(|p| p.element("w:gridSpan"));
                line.cells.extend(empty(span, 1));
            }
            _ => walk.wrapper(element, |walk, content| walk.cells(content, line)),
        });
    }

    /// Reads a cell as one text: a line for each paragraph, also of tables inside it.
    fn cell(&mut self, cell: &Element) -> Passage {
        let mut whole = Passage::default();
        whole.spot.at.clone_from(&self.path);
        let mut lines = 0;
        let mut after_table = false;
        for flow in self.container(cell) {
            let follows =
                std::mem::replace(&mut after_table, matches!(flow, Flow::Table(_)));
            match flow {
                Flow::Paragraph(line) => {
                    // A table in a cell is always followed by a paragraph, if an empty one.
                    let scaffold = follows || line.look == Some(Look::Scaffold);
                    if !(scaffold && line.is_blank()) {
                        whole.append(line, lines > 0);
                        lines += 1;
                    }
                }
                Flow::Table(grid) => {
                    for mut row in grid.rows {
                        whole.names.append(&mut row.names);
                        for mut inner in row.cells {
                            let text = 0..inner.spot.text.len();
                            inner.spot.marks.push(Mark { text, held: Held::Table });
                            whole.append(inner, lines > 0);
                            lines += 1;
                        }
                    }
                }
            }
        }
        let properties = cell.element("w:tcPr");
        let change = |name| properties.and_then(|properties| properties.element(name));
        let author = |by: &Element| by.value("w:author").unwrap_or_default();
        let inserted = change("w:cellIns").or(change("w:cellMerge")).map(author);
        let inserted = inserted.map(|author| Held::Inserted { author });
        let deleted = change("w:cellDel").map(author);
        for held in
            inserted.into_iter().chain(deleted.map(|author| Held::Deleted { author }))
        {
            let text = 0..whole.spot.text.len();
            whole.spot.marks.push(Mark { text, held });
        }
        whole
    }

    /// Reads what a content control and the like wraps; keeps a bookmark for what follows.
    fn wrapper(&mut self, element: &Element, mut read: impl FnMut(&mut Self, &Element)) {
        match element.name.as_str() {
            "w:sdt" => self.each(element, |walk, content| {
                if content.name == "w:sdtContent" {
                    walk.controls += 1;
                    read(walk, content);
                    walk.controls -= 1;
                }
            }),
            "w:customXml" => {
                self.controls += 1;
                read(self, element);
                self.controls -= 1;
            }
            "w:bookmarkStart" => self.names.extend(element.value("w:name")),
            _ => {}
        }
    }

    fn each(&mut self, parent: &Element, mut visit: impl FnMut(&mut Self, &Element)) {
        for (at, node) in parent.children.iter().enumerate() {
            if let Node::Element(element) = node {
                self.path.push(at);
                visit(self, element);
                self.path.pop();
            }
        }
    }
}

/// Columns without a cell of their own: those that a number names, less `own`.
fn empty(columns: Option<&Element>, own: usize) -> Vec<Passage> {
    let count = columns.and_then(|element| element.value("w:val")?.parse().ok());
    let count = count.unwrap_or(own).min(MOST_COLUMNS).saturating_sub(own);
    let none = || Passage { spot: Spot::default(), ..Passage::default() };
    std::iter::repeat_with(none).take(count).collect()
}
