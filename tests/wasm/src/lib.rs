//! Drafts a plan inside WebAssembly, through memory that it shares with its host.

use std::sync::{Mutex, PoisonError};

use khung::catalog::Catalog;
use khung::source::Source;
use khung::template::Templates;

/// What the host hands over, and what it gets back.
static PROFILE: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static DOCX: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static MARKDOWN: Mutex<Vec<u8>> = Mutex::new(Vec::new());

fn set(bytes: &Mutex<Vec<u8>>, value: Vec<u8>) {
    *bytes.lock().unwrap_or_else(PoisonError::into_inner) = value;
}

fn place(bytes: &Mutex<Vec<u8>>) -> *mut u8 {
    bytes.lock().unwrap_or_else(PoisonError::into_inner).as_mut_ptr()
}

/// Makes room for a profile of so many bytes: the place to which the host writes it.
#[unsafe(no_mangle)]
pub extern "C" fn profile(length: usize) -> *mut u8 {
    set(&PROFILE, vec![0; length]);
    place(&PROFILE)
}

/// Drafts the plan of the profile: whether there is one.
#[unsafe(no_mangle)]
pub extern "C" fn draft() -> bool {
    let profile = PROFILE.lock().unwrap_or_else(PoisonError::into_inner);
    let Ok(catalog) = Catalog::embedded() else { return false };
    let Ok(Ok(templates)) = Templates::embedded().map(Templates::parse) else {
        return false;
    };
    let Ok(profile) = Source::new("profile.toml", &profile) else { return false };
    let (catalog, _) = Catalog::read(&catalog);
    let Some(draft) = khung::build(&catalog, &templates, &profile, None).0 else {
        return false;
    };
    let Ok(docx) = draft.docx() else { return false };
    set(&DOCX, docx);
    set(&MARKDOWN, draft.markdown().into_bytes());
    true
}

/// Where the Word file is, and how long.
#[unsafe(no_mangle)]
pub extern "C" fn docx() -> *mut u8 {
    place(&DOCX)
}

#[unsafe(no_mangle)]
pub extern "C" fn docx_length() -> usize {
    DOCX.lock().unwrap_or_else(PoisonError::into_inner).len()
}

/// Where the Markdown is, and how long.
#[unsafe(no_mangle)]
pub extern "C" fn markdown() -> *mut u8 {
    place(&MARKDOWN)
}

#[unsafe(no_mangle)]
pub extern "C" fn markdown_length() -> usize {
    MARKDOWN.lock().unwrap_or_else(PoisonError::into_inner).len()
}
