//! What the catalogue adds, as the writer writes it, made ready for the file.

use super::style::Styles;
use crate::document::{Block, BlockKind, Row, Section, Table};
use crate::docx::xml::{self, Element, Node};
use crate::docx::{bookmark, elements, write};

/// Builds nodes for one file.
pub(super) struct Builder<'s> {
    pub(super) styles: &'s Styles,
    /// Placeholder ids of bookmarks given out.
    bookmarks: usize,
}

impl<'s> Builder<'s> {
    pub(super) fn new(styles: &'s Styles) -> Self {
        Self { styles, bookmarks: 0 }
    }

    /// A section, on pages of a text width in twentieths of a point.
    pub(super) fn section(&mut self, section: &Section, width: usize) -> Vec<Node> {
        self.build(section, width, 1)
    }

    /// A block of a section; `n` is its number there.
    pub(super) fn block(
        &mut self,
        id: Option<&str>,
        block: &Block,
        width: usize,
        n: usize,
    ) -> Vec<Node> {
        let (id, blocks) = (id.map(ToOwned::to_owned), vec![block.clone()]);
        let mut nodes = self.build(&Section { id, blocks, source: 0..0 }, width, n);
        nodes.truncate(1); // the title's rule is there already
        nodes
    }

    /// A row of a table of the file, with its bookmark.
    pub(super) fn row(
        &mut self,
        id: Option<&str>,
        table: &Table,
        (row, n): (&Row, usize),
        grid: &[String],
    ) -> Option<Node> {
        let rows = table.rows.first().into_iter().chain([row]).cloned().collect();
        let columns = table.columns.clone();
        let kind = BlockKind::Table(Table { columns, rows });
        let (id, blocks) =
            (id.map(ToOwned::to_owned), vec![Block { kind, source: 0..0 }]);
        // Its header takes a number, too.
        let mut nodes =
            self.build(&Section { id, blocks, source: 0..0 }, 9071, n.max(2) - 1);
        let table = elements(&mut nodes).find(|element| element.name == "w:tbl")?;
        let mut row = table.elements("w:tr").last()?.clone();
        let cells = elements(&mut row.children).filter(|cell| cell.name == "w:tc");
        for (cell, width) in cells.zip(grid) {
            let properties = cell.element_mut("w:tcPr");
            if let Some(tag) = properties.and_then(|all| all.element_mut("w:tcW")) {
                tag.set_attribute("w:w", width);
            }
        }
        Some(Node::Element(row))
    }

    fn build(&mut self, section: &Section, width: usize, first: usize) -> Vec<Node> {
        // The writer writes well-formed XML; a part needs one root.
        let part = format!("<w:body>{}</w:body>", write::section(section, width));
        let mut root = xml::parse(part.as_bytes()).unwrap_or_default();
        let mut nodes = elements(&mut root)
            .next()
            .map_or_else(Vec::new, |body| std::mem::take(&mut body.children));
        let id = section.id.as_deref().unwrap_or_default();
        let mut n = first;
        self.anchor(&mut nodes, id, &mut n);
        self.styles.adopt(&mut nodes);
        nodes
    }

    /// Gives bookmarks their numbers and placeholder ids.
    fn anchor(&mut self, nodes: &mut Vec<Node>, section: &str, n: &mut usize) {
        let mut dropped = false;
        nodes.retain_mut(|node| {
            let Node::Element(element) = node else { return true };
            match &*element.name {
                "w:bookmarkStart" => {
                    let name = bookmark::name(section, *n);
                    *n += 1;
                    dropped = name.is_none();
                    if let Some(name) = name {
                        self.bookmarks += 1;
                        element.set_attribute("w:id", &self.id());
                        element.set_attribute("w:name", &name);
                    }
                    !dropped
                }
                "w:bookmarkEnd" => {
                    element.set_attribute("w:id", &self.id());
                    !dropped
                }
                _ => {
                    self.anchor(&mut element.children, section, n);
                    true
                }
            }
        });
    }

    fn id(&self) -> String {
        format!("+b{}", self.bookmarks)
    }
}

/// The widths of a table's columns, as its grid gives them.
pub(super) fn grid(table: &Element) -> Vec<String> {
    let grid = table.element("w:tblGrid");
    let columns = grid.into_iter().flat_map(|grid| grid.elements("w:gridCol"));
    columns.map(|column| column.value("w:w").unwrap_or_default()).collect()
}
