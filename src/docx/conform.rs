//! Brings what docx-rs writes into valid OOXML, and adds the parts it cannot write.

use std::fmt::Write;

use docx_rs::{BuildXML, Comments, Document};

use super::Properties;
use super::package::Package;
use super::write::{Body, Orientation, gate};
use super::xml::{self, Element, Node};

/// Children in schema order (ISO/IEC 29500-1, wml.xsd); docx-rs has an order of its own.
const ORDER: [(&str, &[&str]); 4] = [
    (
        "w:pPr",
        &[
            "w:pStyle",
            "w:keepNext",
            "w:keepLines",
            "w:pageBreakBefore",
            "w:widowControl",
            "w:numPr",
            "w:pBdr",
            "w:shd",
            "w:tabs",
            "w:snapToGrid",
            "w:spacing",
            "w:ind",
            "w:jc",
            "w:outlineLvl",
            "w:rPr",
            "w:sectPr",
        ],
    ),
    (
        "w:rPr",
        &[
            "w:rStyle",
            "w:rFonts",
            "w:b",
            "w:bCs",
            "w:i",
            "w:iCs",
            "w:strike",
            "w:dstrike",
            "w:vanish",
            "w:color",
            "w:spacing",
            "w:sz",
            "w:szCs",
            "w:highlight",
            "w:u",
            "w:shd",
            "w:vertAlign",
            "w:lang",
        ],
    ),
    (
        "w:tblPr",
        &[
            "w:tblStyle",
            "w:tblW",
            "w:jc",
            "w:tblInd",
            "w:tblBorders",
            "w:shd",
            "w:tblLayout",
            "w:tblCellMar",
            "w:tblLook",
        ],
    ),
    (
        "w:tcPr",
        &[
            "w:tcW",
            "w:gridSpan",
            "w:vMerge",
            "w:tcBorders",
            "w:shd",
            "w:tcMar",
            "w:vAlign",
        ],
    ),
];

/// What every part begins with.
pub(super) const DECLARATION: &str =
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// The whole package but for the record.
pub(super) fn package(body: &Body, properties: &Properties) -> Package {
    let mut package = Package::default();
    let mut add = |name: &str, text: String| {
        package.parts.push((name.to_owned(), text.into_bytes()));
    };
    let mut extras = vec![FIRST_HEADER];
    extras.extend((!body.comments.is_empty()).then_some(COMMENTS));
    let types: String = extras.iter().map(Extra::content_type).collect();
    let relations: String = extras.iter().map(Extra::relation).collect();
    let with =
        |text: &str, end: &str, more: &str| text.replace(end, &format!("{more}{end}"));
    add(
        "[Content_Types].xml",
        with(include_str!("parts/content-types.xml"), "</Types>", &types),
    );
    add("_rels/.rels", include_str!("parts/rels.xml").to_owned());
    add("word/document.xml", fill(&Document::new(), &body.xml));
    add(
        "word/_rels/document.xml.rels",
        with(include_str!("parts/document-rels.xml"), "</Relationships>", &relations),
    );
    add("word/styles.xml", include_str!("parts/styles.xml").to_owned());
    add("word/numbering.xml", include_str!("parts/numbering.xml").to_owned());
    add("word/settings.xml", include_str!("parts/settings.xml").to_owned());
    let page_number = include_str!("parts/header.xml");
    let banner = body.banner.as_ref().map_or_else(String::new, |text| banner(text));
    let opening = page_number.find("<w:p>").unwrap_or(page_number.len());
    let (start, number) = page_number.split_at(opening);
    add("word/header1.xml", format!("{start}{banner}{number}"));
    // The first page has no number; some programs believe that only where they see its header.
    let first = if banner.is_empty() { EMPTY_HEADER } else { &banner };
    add("word/header2.xml", format!("{start}{first}</w:hdr>"));
    if !body.comments.is_empty() {
        add("word/comments.xml", fill(&Comments::new(), &body.comments));
    }
    add("docProps/core.xml", core(properties));
    package
}

const EMPTY_HEADER: &str = "<w:p><w:pPr><w:pStyle w:val=\"Header\"/></w:pPr></w:p>";

/// A part beside those that every Word file has.
struct Extra {
    id: &'static str,
    kind: &'static str,
    file: &'static str,
}

const FIRST_HEADER: Extra = Extra { id: "rId6", kind: "header", file: "header2.xml" };
const COMMENTS: Extra = Extra { id: "rId7", kind: "comments", file: "comments.xml" };

impl Extra {
    fn content_type(&self) -> String {
        let Self { kind, file, .. } = self;
        format!(
            "<Override PartName=\"/word/{file}\" ContentType=\"application/\
             vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml\"/>"
        )
    }

    fn relation(&self) -> String {
        let Self { id, kind, file } = self;
        format!(
            "<Relationship Id=\"{id}\" Type=\"http://schemas.openxmlformats.org/\
             officeDocument/2006/relationships/{kind}\" Target=\"{file}\"/>"
        )
    }
}

fn banner(text: &str) -> String {
    let text = quick_xml::escape::escape(gate(text));
    format!(
        "<w:p><w:pPr><w:pStyle w:val=\"Banner\"/></w:pPr><w:r>\
         <w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>"
    )
}

fn core(properties: &Properties) -> String {
    let mut out = format!(
        "{DECLARATION}<cp:coreProperties \
         xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\">"
    );
    for (name, text) in
        [("dc:title", &properties.title), ("dc:creator", &properties.author)]
    {
        let text = quick_xml::escape::escape(text.as_str());
        let _ = write!(out, "<{name}>{text}</{name}>");
    }
    out.push_str("<dc:language>vi-VN</dc:language></cp:coreProperties>");
    out
}

/// `content` in the root element of a part that docx-rs wrote empty.
fn fill(empty: &impl BuildXML, content: &str) -> String {
    let empty = empty.build();
    let empty = String::from_utf8_lossy(&empty);
    let (declaration, root) = empty.split_once("?><").unwrap_or_default();
    let start = root.split('>').next().unwrap_or_default().trim_end_matches(" /");
    let name = start.split(' ').next().unwrap_or_default();
    format!("{declaration}?><{start}>{content}</{name}>")
}

/// Ends a Word section: in its last paragraph, or in one of its own after a table.
pub(super) fn end_section(body: &mut String, orientation: Orientation, banner: bool) {
    let properties = section(orientation, banner);
    let last = body.ends_with("</w:p>").then(|| body.rfind("</w:pPr>")).flatten();
    match last {
        Some(at) => body.insert_str(at, &properties),
        None => {
            let _ = write!(
                body,
                "<w:p><w:pPr><w:pStyle w:val=\"SectionEnd\"/>{properties}</w:pPr></w:p>"
            );
        }
    }
}

/// A4 with the decree's margins (Nghị định 30, Phụ lục I, I.3); page numbers from 1, none on
/// the first page (I.7).
pub(super) fn section(orientation: Orientation, banner: bool) -> String {
    // A banner above the page number wants room; on a landscape page the margin above is wider.
    let header = match orientation {
        _ if banner => 340,
        Orientation::Portrait => 567,
        Orientation::Landscape => 850,
    };
    let page = match orientation {
        Orientation::Portrait => {
            "<w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1134\" w:right=\"1134\" \
             w:bottom=\"1134\" w:left=\"1701\""
        }
        Orientation::Landscape => {
            "<w:pgSz w:w=\"16838\" w:h=\"11906\" w:orient=\"landscape\"/><w:pgMar \
             w:top=\"1701\" w:right=\"1134\" w:bottom=\"1134\" w:left=\"1134\""
        }
    };
    let first = FIRST_HEADER.id;
    format!(
        "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"rId4\"/>\
         <w:headerReference w:type=\"first\" r:id=\"{first}\"/><w:type w:val=\"nextPage\"/>{page} w:header=\"{header}\" w:footer=\"567\" \
         w:gutter=\"0\"/><w:pgNumType w:start=\"1\"/><w:titlePg/></w:sectPr>"
    )
}

/// A property element as docx-rs writes it, but in schema order; nothing where it says
/// nothing, as most runs look like their paragraph.
pub(super) fn properties(element: &impl BuildXML) -> String {
    // docx-rs writes well-formed XML.
    let mut nodes = xml::parse(&element.build()).unwrap_or_default();
    nodes.iter_mut().for_each(order);
    nodes.retain(|node| !is_empty(node));
    xml::serialize(&nodes)
}

fn is_empty(node: &Node) -> bool {
    matches!(node, Node::Element(one) if one.name == "w:rPr" && one.children.is_empty())
}

fn order(node: &mut Node) {
    let Node::Element(element) = node else { return };
    if let Some((_, names)) = ORDER.iter().find(|(name, _)| *name == element.name) {
        let rank = |node: &Node| match node {
            Node::Element(Element { name, .. }) => names.iter().position(|n| n == name),
            Node::Raw(_) => None,
        };
        // What the list does not name, docx-rs only writes by mistake here.
        element.children.retain(|node| rank(node).is_some() && !is_empty(node));
        element.children.sort_by_key(rank);
    }
    element.children.iter_mut().for_each(order);
}
