//! Small plans as Word files, and what people make of their main part.

#[path = "../../reading/shorthand.rs"]
mod shorthand;

use std::sync::OnceLock;

use khung::document::Document;
use khung::docx::package::Package;

use khung::docx::xml::{self, Element, Node};
use khung::docx::{Properties, write};
use shorthand::SHORTHAND;

/// The namespace of `w`.
const NAMESPACE: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// The name that khung gives the main part.
pub const PART: &str = "word/document.xml";

/// The plan as khung writes it, with this record.
pub fn package(document: &Document, record: &str) -> Package {
    let bytes = write(document, &Properties::default(), |_| record.to_owned()).unwrap();
    Package::read(&bytes).unwrap()
}

/// The plan whose text is `base`, with another main part.
pub fn with_part(package: &Package, part: Vec<u8>) -> Package {
    let mut package = package.clone();
    package.replace(PART, part);
    package
}

/// The main part that an input means: the input itself where it is a whole one; else it is
/// the body, where `«a_1»` is a bookmark of khung's, `‹S›` a paragraph style and `⟦text⟧` a
/// run.
pub fn main_part(input: &[u8]) -> Vec<u8> {
    if input.starts_with(b"<?xml") || input.starts_with(b"<w:document") {
        return input.to_vec();
    }
    let mut body = String::from_utf8_lossy(input).into_owned();
    for (short, long) in SHORTHAND {
        body = body.replace(short, long);
    }
    let open = format!("<w:document xmlns:w=\"{NAMESPACE}\"><w:body>");
    format!("{open}{body}</w:body></w:document>").into_bytes()
}

const BY: &str = "w:id=\"77\" w:author=\"Lan\" w:date=\"2024-01-05T08:00:00Z\"";

/// What people put into a document; `BY` is somebody's name and a date.
const NEW: [&str; 22] = [
    "<w:p><w:r><w:t>Của tôi</w:t></w:r></w:p>",
    "<w:p/>",
    "<w:p><w:pPr><w:pStyle w:val=\"Heading4\"/></w:pPr><w:r><w:t>1.9. Mục riêng</w:t></w:r></w:p>",
    "<w:r><w:rPr><w:color w:val=\"FF0000\"/></w:rPr><w:t xml:space=\"preserve\"> thêm </w:t></w:r>",
    "<w:r><w:tab/><w:t>sau</w:t><w:br/></w:r>",
    "<w:ins BY><w:r><w:t>chèn vào</w:t></w:r></w:ins>",
    "<w:del BY><w:r><w:delText>bỏ đi</w:delText></w:r></w:del>",
    "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>",
    "<w:r><w:instrText>PAGE</w:instrText></w:r>",
    "<w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>",
    "<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>",
    "<w:bookmarkStart w:id=\"900\" w:name=\"cua_toi\"/>",
    "<w:bookmarkEnd w:id=\"900\"/>",
    "<w:commentRangeStart w:id=\"901\"/>",
    "<w:commentRangeEnd w:id=\"901\"/>",
    "<w:r><w:drawing/></w:r>",
    "<w:proofErr w:type=\"spellStart\"/>",
    "<w:tr><w:tc><w:p><w:r><w:t>một ô</w:t></w:r></w:p></w:tc></w:tr>",
    "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>bảng con</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
    "<w:pPr><w:rPr><w:ins BY/></w:rPr></w:pPr>",
    "<w:pPr><w:rPr><w:del BY/></w:rPr></w:pPr>",
    "<w:fldSimple w:instr=\"PAGE\"><w:r><w:t>7</w:t></w:r></w:fldSimple>",
];

/// What people put around a piece of a document.
const AROUND: [&str; 6] = [
    "<w:ins BY/>",
    "<w:del BY/>",
    "<w:hyperlink w:anchor=\"x\"/>",
    "<w:sdt/>",
    "<w:smartTag/>",
    "<w:moveTo BY/>",
];

fn parsed(
    texts: &'static [&'static str],
    cell: &'static OnceLock<Vec<Node>>,
    at: u8,
) -> Node {
    let nodes = cell.get_or_init(|| {
        let whole = format!("<a>{}</a>", texts.concat().replace("BY", BY));
        match xml::parse(whole.as_bytes()).unwrap().swap_remove(0) {
            Node::Element(root) => root.children,
            Node::Raw(raw) => panic!("{raw}"),
        }
    });
    nodes[usize::from(at) % nodes.len()].clone()
}

/// The main part after edits of four bytes: what, on which element (two), how or with what.
pub fn edited(part: &[u8], edits: &[u8]) -> Vec<u8> {
    static INSIDE: OnceLock<Vec<Node>> = OnceLock::new();
    static OUTSIDE: OnceLock<Vec<Node>> = OnceLock::new();
    let mut nodes = xml::parse(part).unwrap();
    for edit in edits.chunks_exact(4).take(12) {
        let Some(body) = body(&mut nodes) else { break };
        let count = count(body);
        let place = (usize::from(edit[1]) * 256 + usize::from(edit[2])) % count.max(1);
        let what = edit[0] % 6;
        let mut left = place;
        let new = match what {
            1 => Some(parsed(&NEW, &INSIDE, edit[3])),
            2 => Some(parsed(&AROUND, &OUTSIDE, edit[3])),
            _ => None,
        };
        let taken = change(&mut body.children, &mut left, what, edit[3], new);
        if let Some(node) = taken {
            let mut left = (place + usize::from(edit[3])) % count.max(1);
            change(&mut body.children, &mut left, 1, 0, Some(node));
        }
    }
    xml::serialize(&nodes).into_bytes()
}

fn body(nodes: &mut [Node]) -> Option<&mut Element> {
    nodes.iter_mut().find_map(|node| match node {
        Node::Element(root) => root.element_mut("w:body"),
        Node::Raw(_) => None,
    })
}

/// What people can take hold of: text, and what holds it.
const HELD: [&str; 9] =
    ["w:p", "w:r", "w:t", "w:tbl", "w:tr", "w:ins", "w:del", "w:hyperlink", "w:sdt"];

fn is_held(element: &Element) -> bool {
    HELD.contains(&&*element.name)
}

fn count(element: &Element) -> usize {
    let below = element.children.iter().map(|node| match node {
        Node::Element(child) => usize::from(is_held(child)) + count(child),
        Node::Raw(_) => 0,
    });
    below.sum()
}

/// Does something to the element that is `left` elements ahead; gives what it took out to
/// be put elsewhere.
fn change(
    nodes: &mut Vec<Node>,
    left: &mut usize,
    what: u8,
    how: u8,
    new: Option<Node>,
) -> Option<Node> {
    let mut new = new;
    for at in 0..nodes.len() {
        let Node::Element(element) = &mut nodes[at] else { continue };
        if *left > 0 || !is_held(element) {
            *left -= usize::from(is_held(element));
            let below = count(element);
            if *left < below {
                return change(&mut element.children, left, what, how, new);
            }
            *left -= below;
            continue;
        }
        match what {
            0 => drop(nodes.remove(at)),
            1 => nodes.insert(at, new.take()?),
            2 => {
                let Some(Node::Element(mut around)) = new.take() else { return None };
                around.children = vec![nodes[at].clone()];
                nodes[at] = Node::Element(around);
            }
            3 => return Some(nodes[at].clone()),
            4 => return Some(nodes.remove(at)),
            _ if element.name == "w:t" => {
                let text = element.text();
                let mut words: Vec<&str> = text.split(' ').collect();
                let at = usize::from(how) % words.len();
                words[at] =
                    if how.is_multiple_of(2) { "người" } else { "soạn &amp; sửa" };
                element.children = vec![Node::Raw(words.join(" ").into())];
            }
            _ => {}
        }
        return None;
    }
    None
}
