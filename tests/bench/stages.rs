//! Times the stages of drafting and updating one plan, in memory, in CPU time of the thread.
//!
//! `cargo bench` prints them; `compare.py` makes a table of them, and weighs drafting against
//! its floor: deflating and writing the same bytes.
#![expect(clippy::unwrap_used, reason = "a bench may panic")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use cpu_time::ThreadTime;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{BatchSize, BenchmarkGroup, Criterion};
use khung::catalog::Catalog;
use khung::docx::package::Package;
use khung::docx::patch::{Asides, Options, patch};
use khung::docx::read::{Main, body, read};
use khung::docx::{Properties, author, compose, read_record};
use khung::markdown::parse;
use khung::merge::{Renames, merge};
use khung::plan::Plan;
use khung::profile::Profile;
use khung::record::{Record, hash_markdown, stamp};
use khung::source::Source;
use khung::template::Templates;
use khung::update::proof::{Claim, proves, tracked};
use khung::update::update;

fn main() {
    let mut criterion = Criterion::default()
        .with_measurement(CpuTime)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .sample_size(30)
        .configure_from_args();
    let stage = Inputs::new();
    stage.time_draft(criterion.benchmark_group("draft"));
    stage.time_update(criterion.benchmark_group("update"));
    criterion.final_summary();
}

/// What one plan is made from, now and before.
struct Inputs {
    sources: Vec<Arc<Source>>,
    catalog: Catalog,
    templates: Templates,
    profile: Arc<Source>,
}

impl Inputs {
    fn new() -> Self {
        let sources = Catalog::embedded().unwrap();
        let profile = include_bytes!("../../examples/lao-cai.toml");
        Self {
            catalog: Catalog::read(&sources).0,
            sources,
            templates: Templates::parse(Templates::embedded().unwrap()).unwrap(),
            profile: Source::new("lao-cai.toml", profile).unwrap(),
        }
    }

    /// The catalogue, in which a word of many tasks is another one.
    fn changed(&self) -> Catalog {
        let changed = |source: &Arc<Source>| {
            let text = source.text.replace("Xây dựng", "Lập");
            Source::new(source.name.clone(), text.as_bytes()).unwrap()
        };
        Catalog::read(&self.sources.iter().map(changed).collect::<Vec<_>>()).0
    }

    fn plan(&self, catalog: &Catalog) -> Plan {
        let (profile, agency, _) = Profile::read(&self.profile, catalog);
        Plan::resolve(catalog, &profile, &agency.unwrap(), None)
    }

    fn record(&self, catalog: &Catalog, base: &str) -> String {
        let record = Record {
            edition: catalog.edition.clone(),
            version: catalog.version.clone(),
            khung: env!("CARGO_PKG_VERSION").to_owned(),
            profile: self.profile.text.clone(),
            date: None,
            base: base.to_owned(),
            ..Record::default()
        };
        record.encode()
    }

    fn time_draft(&self, mut group: BenchmarkGroup<'_, CpuTime>) {
        let Self { sources, catalog, templates, profile } = self;
        let plan = self.plan(catalog);
        let base = templates.render(&plan).unwrap().base;
        let document = parse(&base).unwrap();
        let record = self.record(catalog, &base);
        let properties = Properties::default();
        let composed = || compose(&document, &properties, |hash| stamp(hash, &record));
        let package = composed();
        let markdown =
            khung::build(catalog, templates, profile, None).0.unwrap().markdown();

        group.bench_function("catalogue", |b| b.iter(|| Catalog::read(sources)));
        group.bench_function("templates", |b| {
            b.iter(|| Templates::parse(Templates::embedded().unwrap()).unwrap());
        });
        group.bench_function("resolve", |b| b.iter(|| self.plan(catalog)));
        group.bench_function("template", |b| b.iter(|| templates.render(&plan).unwrap()));
        group.bench_function("parse", |b| b.iter(|| parse(&base).unwrap()));
        group.bench_function("record", |b| b.iter(|| self.record(catalog, &base)));
        group.bench_function("write", |b| b.iter(composed));
        group.bench_function("pack", |b| b.iter(|| package.write().unwrap()));
        group.bench_function("whole", |b| {
            b.iter(|| khung::build(catalog, templates, profile, None));
        });
        group.bench_function("floor", |b| {
            b.iter(|| (package.write().unwrap(), black_box(&markdown).clone()));
        });
    }

    fn time_update(&self, mut group: BenchmarkGroup<'_, CpuTime>) {
        let (old, new) = (&self.catalog, &self.changed());
        let draft = khung::build(old, &self.templates, &self.profile, None).0.unwrap();
        let plan = &edit(&draft.docx().unwrap());

        let opened = || {
            let package = Package::read(plan).unwrap();
            let record = Record::read(read_record(&package).as_deref()).unwrap();
            let base = parse(&record.base).unwrap();
            let main = Main::of(&package).unwrap();
            let reading =
                read(&package, &main, &body(base.clone(), false), &record.names).unwrap();
            (package, base, main, reading)
        };
        let (package, base, main, reading) = &opened();
        let markdown = self.templates.render(&self.plan(new)).unwrap().base;
        let document = parse(&markdown).unwrap();
        let (base_body, fresh) =
            (&body(base.clone(), false), &body(document.clone(), false));
        let merged = || {
            merge(
                base_body,
                &reading.document,
                fresh,
                &Renames::default(),
                &reading.marks,
            )
        };
        let merge = &merged();
        let options = &Options {
            author: author::update(&new.version),
            origin: format!("danh mục {}", new.version),
            old: Asides::of(base, false),
            new: Asides::of(&document, false),
            record: stamp(&hash_markdown(&markdown), &self.record(new, &markdown)),
            ..Options::default()
        };
        let main = || main.clone();
        let patched =
            |main| patch(package, main, reading, merge, fresh, options).unwrap();
        let result = &patched(main());
        let tracked = &tracked(&main().nodes, &options.author);
        let claim = &Claim { base: base_body, edited: &reading.document, fresh, merge };
        let written = || Main::of(&result.package).unwrap();
        let proved = || {
            proves(package, result, written(), reading, tracked, claim, options).unwrap();
        };
        assert!(!merge.changes_nothing());

        group.bench_function("read", |b| b.iter(opened));
        group.bench_function("merge", |b| b.iter(merged));
        group.bench_function("patch", |b| {
            b.iter_batched(main, patched, BatchSize::LargeInput);
        });
        group.bench_function("proof", |b| b.iter(proved));
        group.bench_function("pack", |b| {
            b.iter(|| result.package.rewrite(package, plan).unwrap());
        });
        group.bench_function("whole", |b| {
            b.iter(|| update(plan, new, &self.templates, None, false).0.unwrap());
        });
    }
}

/// The Word file, after a colleague wrote in many of its paragraphs.
fn edit(docx: &[u8]) -> Vec<u8> {
    let mut package = Package::read(docx).unwrap();
    let text = String::from_utf8_lossy(package.part("word/document.xml").unwrap());
    let text = text.replace("triển khai", "chủ động triển khai");
    package.replace("word/document.xml", text.into_bytes());
    package.write().unwrap()
}

/// Other programs on the machine do not count.
struct CpuTime;

impl Measurement for CpuTime {
    type Intermediate = ThreadTime;
    type Value = Duration;

    fn start(&self) -> ThreadTime {
        ThreadTime::now()
    }

    fn end(&self, start: ThreadTime) -> Duration {
        start.elapsed()
    }

    fn add(&self, one: &Duration, other: &Duration) -> Duration {
        *one + *other
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        WallTime.to_f64(value)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}
