//! What the catalogue adds, as the writer writes it, made ready for the file.

use super::style::Styles;
use crate::document::{Block, BlockKind, Row, Section, Table};
use crate::docx::xml::{self, Element, Node};
use crate::docx::{elements, write};

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

    /// A section, on pages of a text width in twentieths of a point; `names` are its
    /// bookmarks, one a paragraph or row.
    pub(super) fn section(
        &mut self,
        section: &Section,
        width: usize,
        names: impl Iterator<Item = Option<String>>,
    ) -> Vec<Node> {
        // The writer writes well-formed XML; a part needs one root.
        let part = format!("<w:body>{}</w:body>", write::section(section, width, names));
        let mut root = xml::parse(part.as_bytes()).unwrap_or_default();
        let mut nodes = elements(&mut root)
            .next()
            .map_or_else(Vec::new, |body| std::mem::take(&mut body.children));
        self.number(&mut nodes);
        self.styles.adopt(&mut nodes);
        nodes
    }

    /// A block of a section.
    pub(super) fn block(
        &mut self,
        id: Option<&str>,
        block: &Block,
        width: usize,
        names: impl Iterator<Item = Option<String>>,
    ) -> Vec<Node> {
        let (id, blocks) = (id.map(ToOwned::to_owned), vec![block.clone()]);
        let mut nodes = self.section(&Section { id, blocks, source: 0..0 }, width, names);
        nodes.truncate(1); // the title's rule is there already
        nodes
    }

    /// A row of a table of the file, with its bookmark.
    pub(super) fn row(
        &mut self,
        id: Option<&str>,
        table: &Table,
        (row, name): (&Row, Option<String>),
        grid: &[String],
    ) -> Option<Node> {
        let rows = table.rows.first().into_iter().chain([row]).cloned().collect();
        let columns = table.columns.clone();
        let kind = BlockKind::Table(Table { columns, rows });
        let (id, blocks) =
            (id.map(ToOwned::to_owned), vec![Block { kind, source: 0..0 }]);
        let names = [None, name].into_iter();
        let mut nodes = self.section(&Section { id, blocks, source: 0..0 }, 9071, names);
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

    /// Gives bookmarks placeholder ids.
    fn number(&mut self, nodes: &mut [Node]) {
        for element in elements(nodes) {
            match &*element.name {
                "w:bookmarkStart" => {
                    self.bookmarks += 1;
                    element.set_attribute("w:id", &self.id());
                }
                "w:bookmarkEnd" => element.set_attribute("w:id", &self.id()),
                _ => self.number(&mut element.children),
            }
        }
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
