//! Where catalogues and frames come from: the binary, or a folder that is named.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::diagnostic::has_errors;
use crate::edition::{Imprint, Part, Shipped, shipped};
use crate::record::Origin;
use crate::template::Templates;
use crate::update::UpdateError;
use crate::workspace::{self, Failure, Problems};

/// The option `--catalog`.
#[derive(Debug, clap::Args)]
pub(super) struct Edition {
    /// Thư mục danh mục thay cho danh mục trong chương trình; hoặc mã một ấn bản trong chương
    /// trình.
    #[arg(long, value_name = "THƯ_MỤC")]
    pub(super) catalog: Option<PathBuf>,
}

/// The options `--catalog` and `--templates`.
#[derive(Debug, clap::Args)]
pub(super) struct Sources {
    #[command(flatten)]
    pub(super) edition: Edition,
    /// Thư mục mẫu thay cho mẫu của ấn bản.
    #[arg(long, value_name = "THƯ_MỤC")]
    pub(super) templates: Option<PathBuf>,
}

/// The editions that a run may use; each is read once.
pub(super) struct Shelf {
    place: Place,
    templates: Option<PathBuf>,
    catalogs: BTreeMap<PathBuf, Option<Arc<Catalog>>>,
    frames: BTreeMap<PathBuf, Option<Arc<Templates>>>,
}

/// Where the editions of a shelf are.
enum Place {
    /// In the binary.
    Shipped,
    /// One of those in the binary.
    Id(Shipped),
    /// The folder of one catalogue.
    Folder(PathBuf),
    /// A folder that [`super::export`] made: its catalogues, by their ids.
    Export(PathBuf, BTreeMap<String, PathBuf>),
}

/// What a plan follows, and its file.
pub(super) struct Wanted {
    pub(super) origin: Origin,
    pub(super) plan: PathBuf,
}

/// An edition on a shelf: in the binary, or in a folder.
enum Found {
    Shipped(Shipped),
    Folder(PathBuf),
}

impl Found {
    /// Reads a catalogue.
    fn read(&self, problems: &mut Problems) -> Option<Arc<Catalog>> {
        let files = match self {
            Found::Shipped(shipped) => problems.take_content(shipped.catalog()),
            Found::Folder(folder) => workspace::catalog(folder, problems),
        };
        let (catalog, diagnostics) = Catalog::read(&files?);
        let is_usable = !has_errors(&diagnostics);
        problems.diagnostics.extend(diagnostics);
        is_usable.then(|| Arc::new(catalog))
    }
}

impl Shelf {
    /// The shelf that the options name.
    pub(super) fn new(edition: &Edition, templates: Option<&Path>) -> Self {
        let place = edition.catalog.as_ref().map_or(Place::Shipped, |path| {
            let id = path.to_str().filter(|_| !workspace::is_folder(path));
            if let Some(shipped) = id.and_then(Shipped::of) {
                return Place::Id(shipped);
            }
            let editions = workspace::editions(path);
            if editions.is_empty() {
                Place::Folder(path.clone())
            } else {
                Place::Export(path.clone(), editions)
            }
        });
        Self {
            place,
            templates: templates.map(Path::to_owned),
            catalogs: BTreeMap::new(),
            frames: BTreeMap::new(),
        }
    }

    /// The shelf that options for both name.
    pub(super) fn of(sources: &Sources) -> Self {
        Self::new(&sources.edition, sources.templates.as_deref())
    }

    /// The folder whose templates are rendered for an edition; none for those of the binary.
    pub(super) fn folder(&self, edition: &str) -> Option<PathBuf> {
        if let Some(templates) = &self.templates {
            // A folder of frames, or what holds that, is taken as well.
            let deeper =
                [templates.join(edition), templates.join("templates").join(edition)];
            let mut all = [templates.clone()].into_iter().chain(deeper);
            let found = all.find(|folder| workspace::has_frame(folder));
            return Some(found.unwrap_or_else(|| templates.clone()));
        }
        let beside = match &self.place {
            Place::Shipped | Place::Id(_) => return None,
            Place::Folder(folder) => workspace::frame_beside(folder)?,
            Place::Export(folder, _) => folder.join("templates").join(edition),
        };
        workspace::has_frame(&beside).then_some(beside)
    }

    /// The catalogue of an edition, or of the newest one; what is wrong is among the problems.
    pub(super) fn catalog(
        &mut self,
        wanted: Option<&Wanted>,
        problems: &mut Problems,
    ) -> Option<Arc<Catalog>> {
        let found = problems.take(self.find(wanted))?;
        let key = match &found {
            Found::Shipped(shipped) => PathBuf::from(shipped.id()),
            Found::Folder(folder) => folder.clone(),
        };
        if !self.catalogs.contains_key(&key) {
            let catalog = found.read(problems);
            self.catalogs.insert(key.clone(), catalog);
        }
        let catalog = self.catalogs.get(&key)?.clone()?;
        problems.take(self.expect_same_catalog(wanted, &catalog))?;
        Some(catalog)
    }

    /// Refuses a catalogue that the plan was not made from, and that nobody named.
    ///
    /// Only a catalogue of the binary is followed by its next versions in other binaries: what
    /// a copy of somebody's has beside it would be taken out of the plan in silence.
    fn expect_same_catalog(
        &self,
        wanted: Option<&Wanted>,
        catalog: &Catalog,
    ) -> Result<(), Failure> {
        let Some(Wanted { origin, plan }) = wanted else { return Ok(()) };
        let id = &origin.edition;
        if *id != catalog.edition {
            let (of_plan, catalog) = (id.clone(), catalog.edition.clone());
            let other = UpdateError::OtherEdition { plan: of_plan, catalog };
            return Err(Failure::new(plan, other.to_string()));
        }
        let has = |test: &dyn Fn(&Imprint) -> bool| catalog.imprints.iter().any(test);
        let is_named = !matches!(self.place, Place::Shipped);
        let is_there = |one: &Imprint| match one.part {
            Part::Frame => true,
            Part::Catalog => {
                is_named || one.is_shipped || has(&|other| other.hash == one.hash)
            }
            // A later version of a layer is the layer.
            Part::Layer => has(&|other| other.part == Part::Layer && other.id == one.id),
        };
        let Some(missing) = origin.imprints.iter().rfind(|one| !is_there(one)) else {
            return Ok(());
        };
        let version = missing.version.as_deref().unwrap_or_default();
        let reason = match missing.part {
            Part::Layer => format!(
                "lập theo lớp {} trên danh mục {id}. Nêu thư mục của lớp đó bằng `--catalog`.",
                missing.id
            ),
            _ => format!(
                "lập theo một bản khác của danh mục {id} ({version}), không phải bản trong \
                 chương trình. Nêu thư mục của bản đó bằng `--catalog`; muốn theo bản trong \
                 chương trình thì nêu `--catalog {id}`."
            ),
        };
        Err(Failure::new(plan, reason))
    }

    /// Refuses the frame of the binary for a plan that was made with another one.
    fn expect_same_frame(
        &self,
        wanted: Option<&Wanted>,
        frame: &Templates,
    ) -> Result<(), Failure> {
        let Some(Wanted { origin, plan }) = wanted else { return Ok(()) };
        let id = &origin.edition;
        let is_other = |one: &&Imprint| {
            one.part == Part::Frame
                && !one.is_shipped
                && one.hash != frame.imprint(id).hash
        };
        if self.folder(id).is_some() || !origin.imprints.iter().any(|one| is_other(&one))
        {
            return Ok(());
        }
        let reason = format!(
            "lập theo khung kế hoạch riêng, không phải khung của ấn bản {id} trong chương trình. \
             Nêu thư mục của các mẫu đó bằng `--templates`."
        );
        Err(Failure::new(plan, reason))
    }

    /// The frame of an edition; what is wrong is among the problems.
    pub(super) fn frame(
        &mut self,
        edition: &str,
        problems: &mut Problems,
    ) -> Option<Arc<Templates>> {
        let folder = self.folder(edition);
        let key = folder.clone().unwrap_or_else(|| PathBuf::from(edition));
        if let Some(known) = self.frames.get(&key) {
            return known.clone();
        }
        let files = match (&folder, Shipped::of(edition)) {
            (Some(folder), _) => workspace::template_sources(folder, problems),
            (None, Some(shipped)) => problems.take_content(shipped.frame()),
            (None, None) => {
                problems.failures.push(Failure {
                    subject: format!("ấn bản {edition}"),
                    reason: format!(
                        "không có khung kế hoạch (templates/{edition} ở cạnh catalog/{edition}). \
                         Nêu thư mục mẫu bằng `--templates`."
                    ),
                });
                None
            }
        };
        let frame = files.and_then(|files| match Templates::parse(files) {
            Ok(frame) => Some(frame),
            Err(found) => {
                problems.diagnostics.extend(found);
                None
            }
        });
        let frame = frame.map(Arc::new);
        self.frames.insert(key, frame.clone());
        frame
    }

    /// The catalogue and the frame of an edition, or of the newest one.
    pub(super) fn edition(
        &mut self,
        wanted: Option<&Wanted>,
        problems: &mut Problems,
    ) -> Option<(Arc<Catalog>, Arc<Templates>)> {
        let catalog = self.catalog(wanted, problems);
        // What is wrong with the frame is told with what is wrong with the catalogue.
        let id = catalog.as_ref().map(|catalog| catalog.edition.clone());
        let frame = self.frame(&id.or_else(|| self.id(wanted))?, problems)?;
        let catalog = catalog?;
        problems.take(self.expect_same_frame(wanted, &frame))?;
        Some((catalog, frame))
    }

    /// The id that an edition has by its place.
    fn id(&self, wanted: Option<&Wanted>) -> Option<String> {
        match self.find(wanted).ok()? {
            Found::Shipped(shipped) => Some(shipped.id().to_owned()),
            Found::Folder(folder) => Some(folder.file_name()?.to_str()?.to_owned()),
        }
    }

    /// An edition, or the newest one. A folder of one catalogue is taken whatever its id: that
    /// is compared where it matters.
    fn find(&self, wanted: Option<&Wanted>) -> Result<Found, Failure> {
        let (found, ids) = match &self.place {
            Place::Id(shipped) => return Ok(Found::Shipped(*shipped)),
            Place::Folder(folder) => return Ok(Found::Folder(folder.clone())),
            Place::Export(_, all) => {
                let found = match wanted {
                    Some(wanted) => all.get(&wanted.origin.edition),
                    // Nobody is below a layer who does not name it.
                    None => all.values().rfind(|folder| !workspace::is_layer(folder)),
                };
                let ids: Vec<&str> = all.keys().map(String::as_str).collect();
                (found.cloned().map(Found::Folder), ids.join(", "))
            }
            Place::Shipped => {
                let mut all = shipped();
                let ids: Vec<&str> = all.iter().map(|one| one.id()).collect();
                let ids = ids.join(", ");
                let found = match wanted {
                    Some(wanted) => Shipped::of(&wanted.origin.edition),
                    None => all.pop(),
                };
                (found.map(Found::Shipped), ids)
            }
        };
        found.ok_or_else(|| {
            let (id, plan) = wanted.map_or(("", Path::new("khung")), |wanted| {
                (&*wanted.origin.edition, &*wanted.plan)
            });
            let reason = format!(
                "cần danh mục {id}, chỉ có {ids}. Nêu thư mục danh mục {id} bằng `--catalog`."
            );
            Failure::new(plan, reason)
        })
    }
}
