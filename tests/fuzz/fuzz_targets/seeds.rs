//! Writes the inputs that the fuzzer starts from, `corpus/<target>/…`, out of the catalogue,
//! the examples and the suite. It is a target itself because every program here is
//! instrumented, and is linked with the fuzzer: `cargo fuzz run seeds -- -runs=0`.
#![no_main]

use std::fs;
use std::path::{Path, PathBuf};

use khung::docx::read::body;
use khung::markdown::parse;
use khung_fuzz::plan::{SIDE, TOKENS};
use khung_fuzz::word::{PART, package};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: write_seeds(), |_input: &[u8]| {});

fn write_seeds() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tests = fuzz.parent().unwrap();
    let root = tests.parent().unwrap();
    let write = |target: &str, name: &str, bytes: &[u8]| {
        let folder = fuzz.join("corpus").join(target);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("seed-{name}")), bytes).unwrap();
    };

    for (n, path) in
        files(&[&root.join("catalog/2024"), &tests.join("suite")]).iter().enumerate()
    {
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = fs::read(path).unwrap();
        let text = String::from_utf8_lossy(&text);
        let seed = format!("catalog-{n}");
        match name {
            "profile.toml" => write("profile", &seed, text.as_bytes()),
            "province.toml" | "ministry.toml" => {
                // One task each: the rest of the file is like it.
                let mut tasks = text.split("\n[[task]]\n");
                let head = tasks.next().unwrap();
                for (at, task) in tasks.enumerate() {
                    let one = format!("# file: {name}\n{head}\n[[task]]\n{task}");
                    write("catalog", &format!("{seed}-{at}"), one.as_bytes());
                }
            }
            _ if name.starts_with("sample-") => {
                for (at, table) in text.split("\n\n").enumerate() {
                    let one = format!("agency = \"Lào Cai\"\n{table}\n");
                    write("profile", &format!("{seed}-{at}"), one.as_bytes());
                }
            }
            _ if name.ends_with(".toml") => {
                let file = format!("# file: {name}\n{text}");
                write("catalog", &seed, file.as_bytes());
            }
            _ => {}
        }
    }
    for (n, path) in files(&[&root.join("examples")]).iter().enumerate() {
        write("profile", &format!("example-{n}"), &fs::read(path).unwrap());
    }

    for (n, path) in
        files(&[&tests.join("review"), &tests.join("reading")]).iter().enumerate()
    {
        let text = fs::read_to_string(path).unwrap();
        let seed = n.to_string();
        if path.extension().is_some_and(|end| end == "xml") {
            write("docx", &seed, text.as_bytes());
            write("finalize", &seed, text.as_bytes());
            continue;
        }
        for target in ["markdown", "finalize"] {
            write(target, &seed, text.as_bytes());
        }
        for (at, section) in text.split("\n\n<!--").enumerate() {
            write(
                "markdown",
                &format!("{seed}-{at}"),
                format!("<!--{section}").as_bytes(),
            );
        }
        let document = body(parse(&text).unwrap(), false);
        let word = package(&document, "QUJD");
        write("docx", &format!("part-{seed}"), word.part(PART).unwrap());
        write("docx", &format!("zip-{seed}"), &word.write().unwrap());
        write("finalize", &format!("part-{seed}"), word.part(PART).unwrap());
    }

    // A plan of every token twice over, and edits of it.
    let word = |text: &str| {
        let at = TOKENS.iter().position(|token| token.trim() == text).unwrap();
        u8::try_from(at).unwrap()
    };
    let spell = |text: &str| text.split('_').map(word).collect::<Vec<u8>>();
    let plan = spell(
        "<!-- khung: task-a -->_##### 1.1._một_hai_-_ba_hai_-_\\[CẦN BỔ SUNG:_bốn_\\]_.\
         _<!-- khung: guide-a -->_>_một_năm\
         _<!-- khung: task-b -->_##### 1.2._hai_ba_30/3/2024_,_một_<!-- khung: annex-x -->_## Phụ lục I<br>_ba\
         _| STT | Tên |\n| --- | ---: |_| <!-- r1 --> 1 | một |_| <!-- r2 --> 2 | hai ba |",
    );
    for target in ["merge", "patch"] {
        for n in 0..60_u8 {
            let at = |step: u8| n.wrapping_mul(step) % 48;
            let mut seed = plan.clone();
            seed.extend([SIDE, n, at(7), n % 6, at(5), n / 5, at(11), n % 9, at(13)]);
            seed.extend([SIDE, n / 3, at(17), n % 4, at(3), n / 2, 0, at(19), at(29)]);
            write(target, &n.to_string(), &seed);
        }
    }
}

/// The files in folders and their folders, in order.
fn files(folders: &[&Path]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in folders {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(files(&[&path]));
            } else {
                found.push(path);
            }
        }
    }
    found.retain(|path| {
        let ends = ["toml", "md", "xml"];
        path.extension().is_some_and(|end| ends.iter().any(|known| end == *known))
    });
    found.sort();
    found
}
