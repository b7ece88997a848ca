//! Files of a catalogue, broken or not: complaints, and no panic.
//!
//! A line `# file: province.toml` begins the file of that name, which stands in for the
//! shipped one, and then lies over it.
#![no_main]

use std::collections::BTreeMap;
use std::sync::Arc;

use khung::catalog::layer::lay;
use khung::edition::check;
use khung::source::Source;
use khung_fuzz::{complain, sources, templates};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut name = "edition.toml".to_owned();
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_prefix(b"# file: ") {
            Some(given) => name = String::from_utf8_lossy(given).trim().to_owned(),
            None => files.entry(name.clone()).or_default().extend(line),
        }
    }
    let (mut catalog, mut layer) = (Vec::new(), Vec::new());
    for shipped in sources() {
        let name = shipped.name.rsplit('/').next().unwrap();
        match files.get(name).map(|bytes| Source::new(name, bytes)) {
            Some(Ok(source)) => {
                layer.push(Arc::clone(&source));
                catalog.push(source);
            }
            Some(Err(diagnostic)) => return complain(&[diagnostic]),
            // The samples are the business of another target.
            None if name.starts_with("sample") => {}
            None => catalog.push(Arc::clone(shipped)),
        }
    }
    complain(&check(&catalog, templates()));
    complain(&check(&lay(&[sources().to_vec(), layer]), templates()));
});
