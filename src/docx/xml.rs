//! A DOM that gives back, byte for byte, whatever was not changed.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use arcstr::{ArcStr, Substr};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Deeper documents are attacks: Word nests a few dozen levels at most.
const DEEPEST: usize = 256;
/// Longest part that is read, in bytes; a plan of khung's own has two megabytes.
const LONGEST: usize = 64 * 1024 * 1024;
/// Most tags and references of a part, each of which costs up to 0.5 KiB; a plan has 100,000.
const MOST_MARKS: usize = 1_000_000;
/// Most attributes of an element; looking for doubles takes the square of it.
const MOST_ATTRIBUTES: usize = 256;
/// Stands before the first byte of a part, or not.
const BOM: char = '\u{FEFF}';

/// A node: an element, or anything else kept as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// An element.
    Element(Element),
    /// Text, comment, processing instruction, declaration: raw XML.
    Raw(Substr),
}

/// Where a node stands: its place among its siblings, level by level from the top.
pub type Path = Vec<usize>;

/// An element with its start tag as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Qualified name, such as `w:p`.
    pub name: Substr,
    /// `<w:p w:rsidR="…">`, as written.
    start: Substr,
    /// `</w:p>`, as written; empty when the start tag closes itself.
    end: Substr,
    /// What is inside.
    pub children: Vec<Node>,
}

/// Why a part is not XML that khung works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum XmlError {
    /// Not UTF-8.
    Encoding,
    /// A document type declaration, which no office writes.
    Doctype,
    /// More than 256 levels.
    TooDeep,
    /// More than 64 MiB, or more than 1,000,000 tags and references.
    TooLong,
    /// Not well-formed; what the parser says.
    Malformed(String),
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encoding => f.write_str("không phải XML mã UTF-8"),
            Self::Doctype => f.write_str("có khai báo DOCTYPE"),
            Self::TooDeep => write!(f, "lồng quá {DEEPEST} tầng"),
            Self::TooLong => f.write_str("quá dài"),
            Self::Malformed(what) => write!(f, "XML sai cú pháp ({what})"),
        }
    }
}

impl std::error::Error for XmlError {}

/// Parses a part into its top-level nodes.
///
/// # Errors
/// See [`XmlError`]; input is refused rather than repaired.
pub fn parse(bytes: &[u8]) -> Result<Vec<Node>, XmlError> {
    let marks = bytes.split(|byte| matches!(byte, b'<' | b'&')).count() - 1;
    if bytes.len() > LONGEST || marks > MOST_MARKS {
        return Err(XmlError::TooLong);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| XmlError::Encoding)?;
    // Every name, tag and text is a slice of it.
    let source = ArcStr::from(text);
    // The parser does not count it, and Word's own libraries write it.
    let mark = text.len() - text.trim_start_matches(BOM).len();
    let mut reader = Reader::from_str(&source[mark..]);
    reader.config_mut().check_comments = true;
    let malformed = |error: &dyn fmt::Display| XmlError::Malformed(error.to_string());
    // Open elements, each with the place in `nodes` where its children begin.
    let mut open: Vec<(Element, usize)> = Vec::new();
    let mut nodes: Vec<Node> = Vec::new();
    if mark > 0 {
        nodes.push(Node::Raw(source.substr(..mark)));
    }
    let mut from = mark;
    loop {
        let event = reader.read_event().map_err(|error| malformed(&error))?;
        let read = usize::try_from(reader.buffer_position()).unwrap_or(source.len());
        let raw = source.substr(from..mark + read);
        from = mark + read;
        let node = match event {
            Event::Eof => break,
            Event::DocType(_) => return Err(XmlError::Doctype),
            Event::Start(tag) => {
                if open.len() == DEEPEST {
                    return Err(XmlError::TooDeep);
                }
                open.push((element(&tag, raw)?, nodes.len()));
                continue;
            }
            Event::Empty(tag) => Node::Element(element(&tag, raw)?),
            Event::End(_) => {
                let Some((mut closed, first)) = open.pop() else {
                    return Err(malformed(&"thừa thẻ đóng"));
                };
                closed.end = raw;
                // A vector that grows with its children takes twice the memory.
                closed.children = nodes.drain(first..).collect();
                Node::Element(closed)
            }
            Event::GeneralRef(reference) => {
                let known =
                    matches!(&*reference, b"amp" | b"lt" | b"gt" | b"quot" | b"apos");
                if !known && !reference.starts_with(b"#") {
                    return Err(malformed(&"thực thể không được định nghĩa"));
                }
                Node::Raw(raw)
            }
            _ => Node::Raw(raw),
        };
        nodes.push(node);
    }
    let roots = nodes.iter().filter(|node| matches!(node, Node::Element(_))).count();
    if !open.is_empty() || roots != 1 {
        return Err(malformed(&"thiếu thẻ đóng hoặc không đúng một phần tử gốc"));
    }
    Ok(nodes)
}

fn element(tag: &BytesStart<'_>, start: Substr) -> Result<Element, XmlError> {
    for (at, attribute) in tag.attributes().enumerate() {
        if at == MOST_ATTRIBUTES {
            return Err(XmlError::Malformed("quá nhiều thuộc tính".to_owned()));
        }
        attribute.map_err(|error| XmlError::Malformed(error.to_string()))?;
    }
    let name = start.substr(1..=tag.name().as_ref().len());
    Ok(Element { name, start, end: Substr::new(), children: Vec::new() })
}

/// Writes nodes back.
#[must_use]
pub fn serialize(nodes: &[Node]) -> String {
    let mut out = String::new();
    for node in nodes {
        write(node, &mut out);
    }
    out
}

fn write(node: &Node, out: &mut String) {
    match node {
        Node::Raw(raw) => out.push_str(raw),
        Node::Element(element) => {
            let filled = element.end.is_empty() && !element.children.is_empty();
            match element.start.strip_suffix("/>") {
                Some(open) if filled => {
                    out.push_str(open);
                    out.push('>');
                }
                _ => out.push_str(&element.start),
            }
            for child in &element.children {
                write(child, out);
            }
            if filled {
                out.push_str("</");
                out.push_str(&element.name);
                out.push('>');
            } else {
                out.push_str(&element.end);
            }
        }
    }
}

/// The root element of a part.
#[must_use]
pub fn root(nodes: &[Node]) -> Option<&Element> {
    nodes.iter().find_map(|node| match node {
        Node::Element(root) => Some(root),
        Node::Raw(_) => None,
    })
}

/// The element at a path; none when there is something else.
#[must_use]
pub fn element_at<'n>(nodes: &'n [Node], path: &[usize]) -> Option<&'n Element> {
    let (first, rest) = path.split_first()?;
    let Node::Element(element) = nodes.get(*first)? else { return None };
    if rest.is_empty() { Some(element) } else { element_at(&element.children, rest) }
}

/// The element at a path, to be changed.
#[must_use]
pub fn element_at_mut<'n>(
    nodes: &'n mut [Node],
    path: &[usize],
) -> Option<&'n mut Element> {
    let (first, rest) = path.split_first()?;
    let Node::Element(element) = nodes.get_mut(*first)? else { return None };
    if rest.is_empty() {
        Some(element)
    } else {
        element_at_mut(&mut element.children, rest)
    }
}

/// Parses XML that khung itself wrote, without a declaration.
pub(super) fn fragment(text: &str) -> Vec<Node> {
    let nodes = parse(format!("<root>{text}</root>").as_bytes()).unwrap_or_default();
    let root = nodes.into_iter().next();
    match root {
        Some(Node::Element(root)) => root.children,
        _ => Vec::new(),
    }
}

/// Characters as they stand in a text or an attribute, references resolved.
fn decode(raw: &str) -> Cow<'_, str> {
    quick_xml::escape::unescape(raw).unwrap_or(Cow::Borrowed(raw))
}

impl Element {
    /// An element with attributes in the given order.
    #[must_use]
    pub fn new(name: &str, attributes: &[(&str, &str)], children: Vec<Node>) -> Self {
        let mut start = format!("<{name}");
        for (name, value) in attributes {
            let value = quick_xml::escape::escape(*value);
            let _ =
                fmt::Write::write_fmt(&mut start, format_args!(" {name}=\"{value}\""));
        }
        start.push_str("/>");
        let start = Substr::from(start);
        Self { name: start.substr(1..=name.len()), start, end: Substr::new(), children }
    }

    /// The first child element of that name, to be changed.
    pub fn element_mut(&mut self, name: &str) -> Option<&mut Self> {
        self.children.iter_mut().find_map(|node| match node {
            Node::Element(element) if element.name == name => Some(element),
            _ => None,
        })
    }

    /// The same element with another name.
    #[must_use]
    pub fn renamed(mut self, name: &str) -> Self {
        let swap = |tag: &Substr, open: &str| {
            let rest = tag.strip_prefix(open).and_then(|t| t.strip_prefix(&*self.name));
            rest.map_or_else(|| tag.clone(), |rest| format!("{open}{name}{rest}").into())
        };
        (self.start, self.end) = (swap(&self.start, "<"), swap(&self.end, "</"));
        self.name = name.into();
        self
    }

    /// Gives an attribute a value; a new one stands last.
    pub fn set_attribute(&mut self, name: &str, value: &str) {
        let value = quick_xml::escape::escape(value);
        let attribute = format!(" {name}=\"{value}\"");
        let end = self.start.trim_end_matches(['>', '/']).trim_end().len();
        let place = self.find(name).map_or(end..end, |found| found.whole);
        self.replace(place, &attribute);
    }

    /// Its name without the prefix, which each program chooses.
    #[must_use]
    pub fn local(&self) -> &str {
        self.name.rsplit(':').next().unwrap_or(&self.name)
    }

    /// The first child element of that name.
    #[must_use]
    pub fn element<'a>(&'a self, name: &'a str) -> Option<&'a Self> {
        self.elements(name).next()
    }

    /// The characters directly inside, references and character data resolved.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        for child in &self.children {
            let Node::Raw(raw) = child else { continue };
            if let Some(data) = raw.strip_prefix("<![CDATA[") {
                out.push_str(data.strip_suffix("]]>").unwrap_or(data));
            } else if !raw.starts_with('<') {
                out.push_str(&decode(raw));
            }
        }
        if out.contains('\r') { out.replace("\r\n", "\n") } else { out }
    }

    /// The value of an attribute, references resolved.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        self.attribute(name).map(|raw| decode(raw).into_owned())
    }

    /// The child elements of that name, in order.
    pub fn elements<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter_map(move |node| match node {
            Node::Element(element) if element.name == name => Some(element),
            _ => None,
        })
    }

    /// The value of an attribute, as written.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.find(name)?;
        Some(&self.start[found.value])
    }

    /// Removes an attribute; the rest of the start tag stays as written.
    pub fn remove_attribute(&mut self, name: &str) {
        if let Some(found) = self.find(name) {
            self.replace(found.whole, "");
        }
    }

    fn replace(&mut self, place: Range<usize>, with: &str) {
        let mut start = self.start.to_string();
        start.replace_range(place, with);
        self.start = start.into();
    }

    /// Where an attribute stands in the start tag, which is well-formed.
    fn find(&self, name: &str) -> Option<Attribute> {
        let tag = self.start.as_bytes();
        let mut at = 1 + self.name.len();
        loop {
            while tag.get(at)?.is_ascii_whitespace() {
                at += 1;
            }
            let key = at;
            at += tag[at..].iter().position(|byte| *byte == b'=')?;
            let is_it = self.start[key..at].trim_end() == name;
            at += tag[at..].iter().position(|byte| matches!(byte, b'"' | b'\''))?;
            let quote = tag[at];
            let value = at + 1;
            at = value + tag[value..].iter().position(|byte| *byte == quote)?;
            if is_it {
                let blank = usize::from(tag[key - 1].is_ascii_whitespace());
                return Some(Attribute { whole: key - blank..at + 1, value: value..at });
            }
            at += 1;
        }
    }
}

/// Bytes of an attribute in its start tag.
struct Attribute {
    /// With a blank before it.
    whole: Range<usize>,
    /// Between the quotes.
    value: Range<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_changed_comes_back_byte_for_byte() {
        let text = "<?xml version='1.0'?>\r\n<!-- a --><w:p  a='1' b=\"&lt;&#x41;\"><w:t xml:space=\"preserve\"> x &amp; y </w:t ><w:br/><![CDATA[<]]></w:p>\n";
        assert_eq!(serialize(&parse(text.as_bytes()).unwrap()), text);
    }

    #[test]
    fn a_byte_order_mark_is_kept() {
        let text = "\u{FEFF}<?xml version='1.0' encoding='utf-8'?><a>x<b/></a>";
        let nodes = parse(text.as_bytes()).unwrap();
        assert_eq!(serialize(&nodes), text);
        let twice = format!("\u{FEFF}{text}");
        assert_eq!(serialize(&parse(twice.as_bytes()).unwrap()), twice);
        let root = root(&nodes).unwrap();
        assert_eq!((&*root.name, root.text().as_str()), ("a", "x"));
    }

    #[test]
    fn what_is_not_xml_is_refused() {
        let deep = "<a>".repeat(300) + &"</a>".repeat(300);
        let attributes: Vec<String> = (0..300).map(|n| format!("a{n}=''")).collect();
        let many = format!("<a {}/>", attributes.join(" "));
        for text in [
            "<a><b></a></b>",
            "<a",
            "<a x='1' x='2'/>",
            "<a>&nbsp;</a>",
            "",
            "<a/><b/>",
            "<!DOCTYPE a><a/>",
            &deep,
            &many,
        ] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(parse(b"\xFF\xFE<\0a\0"), Err(XmlError::Encoding));
        for part in ["<b/>", "&lt;", "        "] {
            let long = format!("<a>{}</a>", part.repeat(8_500_000));
            assert_eq!(parse(long.as_bytes()), Err(XmlError::TooLong));
        }
    }

    #[test]
    fn elements_are_found_by_path_and_texts_are_decoded() {
        let mut nodes =
            parse(b"<!-- --><a>x<b c='&quot;'>&lt;&#x31A;<![CDATA[<&]]><!-- --></b></a>")
                .unwrap();
        let element = element_at(&nodes, &[1, 1]).unwrap();
        assert_eq!(element.text(), "<\u{31A}<&");
        assert_eq!(element.value("c").as_deref(), Some("\""));
        assert_eq!(element_at(&nodes, &[1, 0]), None);
        assert_eq!(element_at(&nodes, &[]), None);
        element_at_mut(&mut nodes, &[1, 1]).unwrap().children.clear();
        assert_eq!(serialize(&nodes), "<!-- --><a>x<b c='&quot;'></b></a>");
    }

    #[test]
    fn an_attribute_is_read_and_goes_and_the_rest_stays() {
        let mut nodes = parse(b"<a  x='1' xy = ' y=\"3\"'\ty=\"2\"\n>z='4'</a>").unwrap();
        let Some(Node::Element(root)) = nodes.first_mut() else { panic!() };
        let shown = ["x", "xy", "y", "z"].map(|name| root.attribute(name));
        assert_eq!(shown, [Some("1"), Some(" y=\"3\""), Some("2"), None]);
        root.remove_attribute("y");
        root.set_attribute("xy", "5");
        assert_eq!(serialize(&nodes), "<a  x='1' xy=\"5\"\n>z='4'</a>");
    }

    #[test]
    fn an_element_is_made_and_changed() {
        let mut element = Element::new("w:a", &[("x", "<1>"), ("y", "2")], Vec::new());
        element.set_attribute("x", "3");
        element.set_attribute("z", "4");
        let shown = |element: &Element| serialize(&[Node::Element(element.clone())]);
        assert_eq!(shown(&element), "<w:a x=\"3\" y=\"2\" z=\"4\"/>");
        element.children = fragment("t<b/>");
        let element = element.renamed("w:bc");
        assert_eq!(shown(&element), "<w:bc x=\"3\" y=\"2\" z=\"4\">t<b/></w:bc>");
    }
}
