//! What paragraphs, runs and cells look like: their property elements, as docx-rs makes them.

use std::collections::BTreeMap;

use docx_rs::{
    Bold, BoldCs, Color, Italic, ItalicCs, Justification, ParagraphProperty, RunProperty,
    RunStyle, Shading, Strike, Sz, SzCs, TableCellProperty, VAlignType, WidthType,
};

use super::conform;

/// A look that elements share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Look {
    Paragraph {
        style: &'static str,
        keep_next: bool,
        align: Option<&'static str>,
        /// Space on both sides, in twentieths of a point.
        inset: usize,
    },
    Run {
        slot: bool,
        bold: bool,
        italic: bool,
        strike: bool,
        colour: Option<&'static str>,
    },
    /// A character that stands for its colour: in a cell of that colour too small to see.
    Glyph {
        fill: &'static str,
        tiny: bool,
    },
    Cell {
        width: usize,
        span: usize,
        fill: Option<&'static str>,
        middle: bool,
    },
}

impl Look {
    /// A run that looks like its paragraph.
    pub(super) const PLAIN: Self = Self::Run {
        slot: false,
        bold: false,
        italic: false,
        strike: false,
        colour: None,
    };

    pub(super) fn paragraph(style: &'static str) -> Self {
        Self::Paragraph { style, keep_next: false, align: None, inset: 0 }
    }

    /// `w:pPr`, `w:rPr` or `w:tcPr`.
    fn properties(self) -> String {
        match self {
            Self::Paragraph { style, keep_next, align, inset } => {
                let mut paragraph = ParagraphProperty::new().style(style);
                paragraph.keep_next = Some(keep_next);
                paragraph.keep_lines = Some(keep_next);
                paragraph.alignment = align.map(Justification::new);
                if inset > 0 {
                    let side = i32::try_from(inset).ok();
                    paragraph = paragraph.indent(side, None, side, None);
                }
                conform::properties(&paragraph)
            }
            Self::Run { slot, bold, italic, strike, colour } => {
                conform::properties(&RunProperty {
                    style: slot.then(|| RunStyle::new("Slot")),
                    bold: bold.then(Bold::new),
                    bold_cs: bold.then(BoldCs::new),
                    italic: italic.then(Italic::new),
                    italic_cs: italic.then(ItalicCs::new),
                    strike: strike.then(Strike::new),
                    color: colour.map(Color::new),
                    ..RunProperty::new()
                })
            }
            Self::Glyph { fill, tiny } => conform::properties(&RunProperty {
                color: Some(Color::new(fill)),
                sz: tiny.then(|| Sz::new(2)),
                sz_cs: tiny.then(|| SzCs::new(2)),
                shading: (!tiny).then(|| Shading::new().fill(fill)),
                ..RunProperty::new()
            }),
            Self::Cell { width, span, fill, middle } => {
                let mut cell = TableCellProperty::new().width(width, WidthType::Dxa);
                if span > 1 {
                    cell = cell.grid_span(span);
                }
                if let Some(fill) = fill {
                    cell = cell.shading(Shading::new().fill(fill));
                }
                if middle {
                    cell = cell.vertical_align(VAlignType::Center);
                }
                conform::properties(&cell)
            }
        }
    }
}

/// The looks met so far. A plan has thousands of elements and a few dozen looks.
#[derive(Default)]
pub(super) struct Looks(BTreeMap<Look, String>);

impl Looks {
    /// The property element of a look.
    pub(super) fn properties(&mut self, look: Look) -> &str {
        self.0.entry(look).or_insert_with(|| look.properties())
    }
}
