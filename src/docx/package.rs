//! The zip package of a DOCX: read with limits, written the same every time.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{Cursor, Read, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipArchive, ZipWriter};

use super::xml::{self, Node};

/// Inflated bytes of all parts together; a plan has two megabytes.
const LARGEST: u64 = 256 * 1024 * 1024;
/// Parts of a package; a plan has a dozen.
const MOST: usize = 10_000;

/// Tags of all parts together, each with its end; a plan of a thousand tasks has a quarter.
const MOST_TAGS: usize = 3_000_000;

/// How hard to compress, of 9: against the usual 6, a plan is a seventh larger and drafted
/// in a seventh less time.
pub(crate) const LEVEL: u32 = 3;

/// Parts in the order in which they stand in the package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Package {
    /// Name and bytes.
    pub parts: Vec<(String, Vec<u8>)>,
}

/// Why a file is not a DOCX that khung works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackageError {
    /// Not a zip file, or a damaged one.
    NotZip,
    /// An old .doc, or an encrypted .docx: both are OLE files.
    Ole,
    /// An encrypted entry.
    Encrypted,
    /// Too large when inflated.
    TooLarge,
    /// Too many parts.
    TooMany,
    /// Too many tags in all parts together: each costs a reader a hundred bytes.
    TooManyTags,
    /// A part's name that leaves the package, or stands twice.
    BadName(String),
}

impl fmt::Display for PackageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotZip => f.write_str(
                "không phải tệp .docx, hoặc tệp bị hỏng; mở bằng Word rồi lưu lại thành .docx",
            ),
            Self::Ole => f.write_str(
                "là tệp .doc kiểu cũ hoặc có mật khẩu; mở bằng Word, bỏ mật khẩu, lưu lại thành .docx",
            ),
            Self::Encrypted => f.write_str("có mật khẩu; bỏ mật khẩu rồi lưu lại"),
            Self::TooLarge => {
                f.write_str("quá lớn khi giải nén; bớt hình ảnh, tệp nhúng rồi lưu lại")
            }
            Self::TooMany => write!(
                f,
                "có quá nhiều phần bên trong (hơn {MOST}); mở bằng Word rồi lưu lại thành tệp mới"
            ),
            Self::TooManyTags => f.write_str(
                "có quá nhiều thẻ bên trong; mở bằng Word rồi lưu lại thành tệp mới",
            ),
            Self::BadName(name) => write!(
                f,
                "có phần tên không hợp lệ ({name}); mở bằng Word rồi lưu lại thành tệp mới"
            ),
        }
    }
}

impl std::error::Error for PackageError {}

/// How an old .doc, or an encrypted .docx, begins.
const OLE: &[u8] = b"\xD0\xCF\x11\xE0";

/// Tells whether a file is Word's by how it begins, if one that cannot be read.
#[must_use]
pub fn is_word(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK") || bytes.starts_with(OLE)
}

/// A header of a zip file's entry, before the entry or in the directory: how it begins, and
/// where the length of the name and the name stand in it.
struct Header {
    begins: &'static [u8],
    length: usize,
    name: usize,
}

const LOCAL: Header = Header { begins: b"PK\x03\x04", length: 26, name: 30 };
const CENTRAL: Header = Header { begins: b"PK\x01\x02", length: 28, name: 46 };

impl Header {
    /// The name in the header at a place, as it is spelt.
    fn name_at(self, bytes: &[u8], start: u64) -> Option<&[u8]> {
        let header = bytes.get(usize::try_from(start).ok()?..)?;
        let length = header.get(self.length..self.length + 2)?;
        let length = usize::from(u16::from_le_bytes([length[0], length[1]]));
        let name = header.get(self.name..self.name + length);
        name.filter(|_| header.starts_with(self.begins))
    }
}

/// The first name that stands twice in a zip file's directory: the library knows the last entry
/// alone, and an office may show the first.
fn doubled(bytes: &[u8], start: u64) -> Option<String> {
    let mut names = BTreeSet::new();
    let mut at = start;
    while let Some(name) = CENTRAL.name_at(bytes, at) {
        if !names.insert(name) {
            return Some(String::from_utf8_lossy(name).into_owned());
        }
        let header = bytes.get(usize::try_from(at).ok()?..)?;
        let length =
            |at: usize| u64::from(u16::from_le_bytes([header[at], header[at + 1]]));
        at += 46 + length(28) + length(30) + length(32);
    }
    None
}

/// Tells whether a part is no text, as a picture is.
fn is_binary(part: &[u8]) -> bool {
    part.iter().take(512).any(|byte| *byte == 0)
}

impl Package {
    /// Reads a package into memory.
    ///
    /// # Errors
    /// See [`PackageError`]; memory stays bounded whatever the file claims.
    pub fn read(bytes: &[u8]) -> Result<Self, PackageError> {
        Self::read_parts(bytes, |_| true)
    }

    /// As [`Self::read`], of those parts alone whose names are wanted.
    ///
    /// # Errors
    /// See [`PackageError`].
    pub(crate) fn read_parts(
        bytes: &[u8],
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Self, PackageError> {
        if bytes.starts_with(OLE) {
            return Err(PackageError::Ole);
        }
        let mut archive =
            ZipArchive::new(Cursor::new(bytes)).map_err(|_| PackageError::NotZip)?;
        if archive.len() > MOST {
            return Err(PackageError::TooMany);
        }
        if let Some(name) = doubled(bytes, archive.central_directory_start()) {
            return Err(PackageError::BadName(name));
        }
        let mut package = Self::default();
        let (mut left, mut tags) = (LARGEST, 0);
        for at in 0..archive.len() {
            let mut entry = archive.by_index(at).map_err(|error| match error {
                ZipError::UnsupportedArchive(_) => PackageError::Encrypted,
                _ => PackageError::NotZip,
            })?;
            if entry.is_dir() {
                continue;
            }
            let name = entry.name().to_owned();
            if !is_wanted(&name) {
                continue;
            }
            let outside =
                name.starts_with('/') || name.split(['/', '\\']).any(|p| p == "..");
            // Info-ZIP's field for another name is read by the library, and by no office.
            let central = CENTRAL.name_at(bytes, entry.central_header_start());
            let local = LOCAL.name_at(bytes, entry.header_start());
            let is_renamed =
                [central, local].iter().any(|name| *name != Some(entry.name_raw()));
            if outside || is_renamed || package.part(&name).is_some() {
                return Err(PackageError::BadName(name));
            }
            let mut content = Vec::new();
            let read = entry
                .by_ref()
                .take(left + 1)
                .read_to_end(&mut content)
                .map_err(|_| PackageError::NotZip)?;
            left = left.checked_sub(read as u64).ok_or(PackageError::TooLarge)?;
            if !is_binary(&content) {
                tags += content.split(|byte| *byte == b'<').count();
            }
            if tags > MOST_TAGS {
                return Err(PackageError::TooManyTags);
            }
            package.parts.push((name, content));
        }
        Ok(package)
    }

    /// The bytes of a part.
    #[must_use]
    pub fn part(&self, name: &str) -> Option<&[u8]> {
        self.parts
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, bytes)| bytes.as_slice())
    }

    /// The part that a part (the package itself: `""`) names as its `kind`, such as
    /// `officeDocument` or `styles`; offices are free to name parts as they like.
    #[must_use]
    pub fn related(&self, part: &str, kind: &str) -> Option<&str> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let nodes =
            xml::parse(self.part(&join(folder, &format!("_rels/{file}.rels")))?).ok()?;
        let relation = xml::root(&nodes)?.elements("Relationship").find(|relation| {
            let of_kind = |name: String| name.rsplit('/').next() == Some(kind);
            relation.value("Type").is_some_and(of_kind)
        })?;
        let name = resolved(folder, &relation.value("Target")?);
        self.parts
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(known, _)| known.as_str())
    }

    /// Gives a part of the package new bytes; a new part comes last.
    pub fn replace(&mut self, name: &str, bytes: impl Into<Vec<u8>>) {
        match self.parts.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = bytes.into(),
            None => self.parts.push((name.to_owned(), bytes.into())),
        }
    }

    /// Takes parts out, with their relations, and with whatever relates to them or types them.
    pub fn remove(&mut self, names: &BTreeSet<String>) {
        let goes = |name: &str| {
            let owner = match name.rsplit_once("_rels/") {
                Some((folder, file)) => {
                    format!("{folder}{}", file.trim_end_matches(".rels"))
                }
                None => name.to_owned(),
            };
            names.contains(&owner)
        };
        self.parts.retain(|(name, _)| !goes(name));
        for (part, bytes) in &mut self.parts {
            let is_types = part == "[Content_Types].xml";
            let Some(at) = part.rfind("_rels/").or(is_types.then_some(0)) else {
                continue;
            };
            let names_one = |node: &Node| {
                let Node::Element(entry) = node else { return false };
                if is_types {
                    let typed = entry.value("PartName").unwrap_or_default();
                    return names.contains(typed.trim_start_matches('/'));
                }
                let is_outside = entry.value("TargetMode").as_deref() == Some("External");
                entry.value("Target").is_some_and(|target| {
                    !is_outside && names.contains(&resolved(&part[..at], &target))
                })
            };
            let Ok(mut nodes) = xml::parse(bytes) else { continue };
            for root in super::elements(&mut nodes) {
                root.children.retain(|node| !names_one(node));
            }
            *bytes = xml::serialize(&nodes).into_bytes();
        }
    }

    /// Writes the package: deflated, dated 1980, no directory entries, so that the same
    /// parts give the same bytes.
    ///
    /// # Errors
    /// When a part exceeds what a zip file holds.
    pub fn write(&self) -> Result<Vec<u8>, ZipError> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in &self.parts {
            deflate(&mut writer, name, bytes)?;
        }
        Ok(writer.finish()?.into_inner())
    }

    /// Writes the package anew in the place of `file`, from which `old` was read: the entries
    /// of parts that are as they were keep their place, date, comment and compressed bytes.
    ///
    /// # Errors
    /// When a part exceeds what a zip file holds.
    pub fn rewrite(&self, old: &Self, file: &[u8]) -> Result<Vec<u8>, ZipError> {
        if self == old {
            return Ok(file.to_vec());
        }
        let was = old.by_name();
        let mut new = self.by_name();
        let mut archive = ZipArchive::new(Cursor::new(file))?;
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.set_raw_comment(archive.comment().into())?;
        for at in 0..archive.len() {
            let entry = archive.by_index_raw(at)?;
            match new.remove(entry.name()) {
                Some(bytes) if was.get(entry.name()) != Some(&bytes) => {
                    deflate(&mut writer, entry.name(), bytes)?;
                }
                None if entry.is_dir() => {
                    let options = entry.options().into_full_options();
                    let rights = entry.unix_mode().unwrap_or(0o755) & 0o777;
                    let options = options.unix_permissions(rights);
                    let options = options.with_file_comment(entry.comment());
                    writer.add_directory(entry.name(), options)?;
                }
                None => {}
                _ => writer.raw_copy_file(entry)?,
            }
        }
        for (name, bytes) in &self.parts {
            if new.contains_key(name.as_str()) {
                deflate(&mut writer, name, bytes)?;
            }
        }
        Ok(writer.finish()?.into_inner())
    }

    fn by_name(&self) -> BTreeMap<&str, &[u8]> {
        self.parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect()
    }
}

fn deflate(
    writer: &mut ZipWriter<Cursor<Vec<u8>>>,
    name: &str,
    bytes: &[u8],
) -> Result<(), ZipError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(LEVEL.into()))
        .last_modified_time(DateTime::default())
        // Else the entry names the system that khung runs on.
        .system(System::Unix)
        .unix_permissions(0o644);
    writer.start_file(name, options)?;
    writer.write_all(bytes)?;
    Ok(())
}

/// The part to which a target of a relation leads, from the folder of the part that has it.
pub(crate) fn resolved(folder: &str, target: &str) -> String {
    match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => join(folder, target),
    }
}

/// A name inside a folder; `..` leaves it.
fn join(folder: &str, name: &str) -> String {
    let mut path: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in name.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(path.pop()),
            step => path.push(step),
        }
    }
    path.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(names: &[&str]) -> Package {
        let part = |name: &&str| ((*name).to_owned(), b"<a/>".to_vec());
        Package { parts: names.iter().map(part).collect() }
    }

    #[test]
    fn what_is_written_is_read_back_and_written_the_same() {
        let package = package(&["[Content_Types].xml", "word/document.xml"]);
        let bytes = package.write().unwrap();
        assert_eq!(Package::read(&bytes).unwrap(), package);
        assert_eq!(package.write().unwrap(), bytes);
    }

    /// An entry as another program writes it: stored, dated, with rights and a comment.
    #[test]
    fn entries_of_unchanged_parts_stay_byte_for_byte() {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let date = DateTime::from_date_and_time(2024, 5, 6, 7, 8, 10).unwrap();
        let best = zip::write::FullFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9))
            .last_modified_time(date)
            .unix_permissions(0o600)
            .with_file_comment("ảnh");
        let stored = best
            .clone()
            .compression_method(CompressionMethod::Stored)
            .compression_level(None);
        writer.add_directory("word/media/", stored.clone()).unwrap();
        for (name, options) in [
            ("word/document.xml", stored.clone()),
            ("word/media/a.png", best),
            ("last", stored),
        ] {
            writer.start_file(name, options).unwrap();
            writer.write_all(name.repeat(99).as_bytes()).unwrap();
        }
        writer.set_comment("của ai đó").unwrap();
        let file = writer.finish().unwrap().into_inner();
        let old = Package::read(&file).unwrap();
        assert_eq!(old.rewrite(&old, &file).unwrap(), file);
        let mut new = old.clone();
        new.parts[0].1 = b"<a/>".to_vec();
        new.parts.push(("new.xml".to_owned(), b"<b/>".to_vec()));
        let bytes = new.rewrite(&old, &file).unwrap();
        assert_eq!(Package::read(&bytes).unwrap(), new);
        let entries = |bytes: &[u8]| {
            let mut archive = ZipArchive::new(Cursor::new(bytes.to_vec())).unwrap();
            let count = archive.len();
            let entry = |at| {
                let mut entry = archive.by_index_raw(at).unwrap();
                let mut raw = Vec::new();
                entry.read_to_end(&mut raw).unwrap();
                let name = entry.name().to_owned();
                let rights = (entry.unix_mode(), entry.comment().to_owned());
                (name, entry.compression(), entry.last_modified(), rights, raw)
            };
            (0..count).map(entry).collect::<Vec<_>>()
        };
        let (before, after) = (entries(&file), entries(&bytes));
        let names: Vec<&str> = after.iter().map(|entry| entry.0.as_str()).collect();
        let expected =
            ["word/media/", "word/document.xml", "word/media/a.png", "last", "new.xml"];
        assert_eq!(names, expected);
        for at in [0, 2, 3] {
            assert_eq!(before[at], after[at]);
        }
        let comment = |bytes: &[u8]| {
            ZipArchive::new(Cursor::new(bytes.to_vec())).unwrap().comment().to_vec()
        };
        assert_eq!(comment(&bytes), comment(&file));
    }

    #[test]
    fn parts_are_found_by_what_they_are() {
        let relations = |kind: &str, target: &str| {
            format!("<a><Relationship Type='http://x/{kind}' Target='{target}'/></a>")
                .into_bytes()
        };
        let mut package = package(&["a/main.xml", "styles.xml"]);
        let part = |name: &str, bytes| (name.to_owned(), bytes);
        package
            .parts
            .push(part("_rels/.rels", relations("officeDocument", "/a/main.xml")));
        package
            .parts
            .push(part("a/_rels/main.xml.rels", relations("styles", "../styles.xml")));
        assert_eq!(package.related("", "officeDocument"), Some("a/main.xml"));
        assert_eq!(package.related("a/main.xml", "styles"), Some("styles.xml"));
        assert_eq!(package.related("a/main.xml", "numbering"), None);
        assert_eq!(package.related("styles.xml", "styles"), None);
    }

    #[test]
    fn a_part_goes_with_all_that_names_it() {
        let mut package = package(&["a/main.xml", "a/_rels/b.xml.rels", "a/b.xml"]);
        let part = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
        package.parts.push(part(
            "[Content_Types].xml",
            "<Types><Override PartName='/a/b.xml'/><Override PartName='/a/main.xml'/></Types>",
        ));
        package.parts.push(part(
            "a/_rels/main.xml.rels",
            "<R><Relationship Target='b.xml'/><Relationship Target='/a/b.xml'/>\
             <Relationship Target='b.xml' TargetMode='External'/></R>",
        ));
        package.remove(&BTreeSet::from(["a/b.xml".to_owned()]));
        assert_eq!(
            package.parts,
            [
                part("a/main.xml", "<a/>"),
                part(
                    "[Content_Types].xml",
                    "<Types><Override PartName='/a/main.xml'/></Types>"
                ),
                part(
                    "a/_rels/main.xml.rels",
                    "<R><Relationship Target='b.xml' TargetMode='External'/></R>"
                ),
            ]
        );
    }

    /// Two names of one length, changed where the zip file spells them.
    #[test]
    fn an_entry_has_one_name_and_no_other_entry_has_it() {
        let whole = package(&["word/a.xml", "word/b.xml"]).write().unwrap();
        let (one, other) = (b"word/a.xml", b"word/b.xml");
        let places: Vec<usize> =
            (0..whole.len()).filter(|&at| whole[at..].starts_with(other)).collect();
        let [local, central] = places[..] else { panic!("{places:?}") };
        let read = |places: &[usize]| {
            let mut bytes = whole.clone();
            for &at in places {
                bytes[at..at + one.len()].copy_from_slice(one);
            }
            Package::read(&bytes)
        };
        let bad = |name: &str| Err(PackageError::BadName(name.to_owned()));
        assert!(read(&[]).is_ok());
        assert_eq!(read(&[local, central]), bad("word/a.xml"));
        assert_eq!(read(&[central]), bad("word/a.xml"));
        assert_eq!(read(&[local]), bad("word/b.xml"));
    }

    /// Info-ZIP's field 0x7075, which gives an entry another name.
    #[test]
    fn an_entry_that_names_itself_otherwise_is_refused() {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let name = b"word/a.xml";
        let mut field = vec![1];
        field.extend(crc32(name).to_le_bytes());
        field.extend(b"word/b.xml");
        let mut options = zip::write::FullFileOptions::default();
        // The library does not write it: another field becomes it.
        options.add_extra_data(0x7A7A, field, false).unwrap();
        writer.start_file("word/a.xml", options).unwrap();
        let mut file = writer.finish().unwrap().into_inner();
        assert!(Package::read(&file).is_ok());
        for at in 0..file.len() {
            if file[at..].starts_with(b"zz") {
                file[at..at + 2].copy_from_slice(b"\x75\x70");
            }
        }
        assert!(matches!(Package::read(&file), Err(PackageError::BadName(_))));
    }

    /// The checksum of zip files, bit by bit.
    fn crc32(bytes: &[u8]) -> u32 {
        let step = |crc: u32, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        !bytes
            .iter()
            .fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
    }

    #[test]
    fn too_many_tags_are_refused_in_all_parts_together() {
        let part =
            |n: usize| (format!("word/{n}.xml"), "<a/>".repeat(800_000).into_bytes());
        let parts = |count| Package { parts: (0..count).map(part).collect() };
        let read = |count| Package::read(&parts(count).write().unwrap()).map(drop);
        assert_eq!(read(3), Ok(()));
        assert_eq!(read(4), Err(PackageError::TooManyTags));
    }

    #[test]
    fn what_is_no_docx_is_refused() {
        let read = |package: &Package| Package::read(&package.write().unwrap());
        assert_eq!(Package::read(b"PK"), Err(PackageError::NotZip));
        assert_eq!(Package::read(b"\xD0\xCF\x11\xE0\xA1"), Err(PackageError::Ole));
        let outside = package(&["word/document.xml", "../evil"]);
        assert_eq!(read(&outside), Err(PackageError::BadName("../evil".to_owned())));
        let whole = package(&["word/document.xml"]).write().unwrap();
        for cut in 0..whole.len() {
            assert!(Package::read(&whole[..cut]).is_err());
        }
    }
}
