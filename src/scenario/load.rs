//! Loading a scenario or a topology: the file itself, the files that it is laid over, the checks.

use std::path::{Path, PathBuf};

use super::at::{FileId, Spot};
use super::check;
use super::error::{Findings, Problem, ScenarioError};
use super::read::{Named, read};
use super::shelf::Shelf;
use super::step::Step;
use super::topology::{IdleRemoval, ScenarioFile, Topology, TopologyFile};
use crate::time::VirtualTime;
use crate::trace::outcome::Place;

/// A scenario, read and checked, with its topology.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// What it shows, in one line.
    pub title: String,
    /// The document that it follows.
    pub document: Option<String>,
    /// What can be learned from it.
    pub teaches: Option<String>,
    /// When it begins.
    pub start: VirtualTime,
    /// Where it plays.
    pub topology: Topology,
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// The file, as it was given.
    pub file: String,
}

impl Scenario {
    /// When a scenario begins that does not say: 2008-03-03T09:00:00Z, a Monday.
    pub const DEFAULT_START: VirtualTime = VirtualTime::from_micros(1_204_534_800_000_000);

    /// The place of a spot in one of the scenario's steps or expectations.
    pub fn place(&self, spot: Spot) -> Place {
        Place { file: self.file.clone(), line: spot.line, column: spot.column }
    }
}

/// Reads a scenario, lays it over its topology, and checks all of it.
///
/// # Errors
/// Everything that is wrong with the files, each with its place and its cure. A file of more than
/// 4 MiB is not read. A file whose shape
/// is wrong (not YAML, an unknown key, a value of another kind) ends the reading there; wrong
/// names and numbers are all found at once.
///
/// ```
/// let error = forestsim::scenario::load("no-such-scenario.yaml".as_ref()).unwrap_err();
/// assert!(error.to_string().contains("no-such-scenario.yaml"));
/// ```
pub fn load(path: &Path) -> Result<Scenario, ScenarioError> {
    load_from(Shelf::Disk, path)
}

/// Reads a scenario as [`load`] does, from files that stand elsewhere.
///
/// # Errors
/// As [`load`].
pub fn load_from(shelf: Shelf, path: &Path) -> Result<Scenario, ScenarioError> {
    load_with(Findings::on(shelf), path)
}

/// The same, with findings that know what stands in the place of files.
pub(super) fn load_with(mut findings: Findings, path: &Path) -> Result<Scenario, ScenarioError> {
    let read = scenario(path, &mut findings);
    findings.finish(read).map(|(scenario, _)| scenario)
}

/// What there is to warn of in a scenario that can be used.
///
/// # Errors
/// As [`load`].
pub fn check_scenario(path: &Path) -> Result<Vec<Problem>, ScenarioError> {
    let mut findings = Findings::default();
    let read = scenario(path, &mut findings);
    findings.finish(read).map(|(_, warnings)| warnings)
}

fn scenario(path: &Path, findings: &mut Findings) -> Option<Scenario> {
    let (id, mut file) = read::<ScenarioFile>(&Named::given(path), findings)?;
    let mut topology = match &file.topology {
        Some(base) => laid_over(beside(path, base, id, base.spot), vec![path.to_owned()], findings)?,
        None => Topology::default(),
    };
    let idle = topology.lay_scenario(&mut file, id);
    note_idle(idle, id, findings);
    check::topology(&topology, findings);
    let steps = check::steps(&file.steps, &topology, id, findings);
    Some(Scenario {
        title: file.title,
        document: file.document,
        teaches: file.teaches,
        start: file.start.map_or(Scenario::DEFAULT_START, |start| start.0),
        topology,
        steps,
        file: path.display().to_string(),
    })
}

/// Reads a topology with whatever it extends, and checks it.
///
/// # Errors
/// As [`load`].
pub fn load_topology(path: &Path) -> Result<Topology, ScenarioError> {
    topology(path).map(|(topology, _)| topology)
}

/// What there is to warn of in a topology that can be used.
///
/// # Errors
/// As [`load`].
pub fn check_topology(path: &Path) -> Result<Vec<Problem>, ScenarioError> {
    topology(path).map(|(_, warnings)| warnings)
}

fn topology(path: &Path) -> Result<(Topology, Vec<Problem>), ScenarioError> {
    let mut findings = Findings::default();
    let read = laid_over(Named::given(path), Vec::new(), &mut findings);
    if let Some(topology) = &read {
        check::topology(topology, &mut findings);
    }
    findings.finish(read)
}

/// How many topologies may extend each other.
const LONGEST_CHAIN: usize = 16;

/// The topology of a file and of all that it extends, the farthest lowest. None where one of them
/// cannot be read; the findings say why. `above` are the files that led here.
fn laid_over(first: Named, mut above: Vec<PathBuf>, findings: &mut Findings) -> Option<Topology> {
    let mut chain = Vec::new();
    let mut next = Some(first);
    while let Some(named) = next {
        if let Some((by, spot)) = named.by {
            if let Some(circle) = circle(&above, &named.path) {
                let cure = "one of these files must stop referring to the next";
                findings.note(by, spot, format!("the files refer to each other in a circle: {circle}"), cure);
                return None;
            }
            if chain.len() == LONGEST_CHAIN {
                let message = format!("more than {LONGEST_CHAIN} topologies extend each other");
                findings.note(by, spot, message, "put some of them into one file");
                return None;
            }
        }
        let (id, file) = read::<TopologyFile>(&named, findings)?;
        next = file.extends.as_ref().map(|base| beside(&named.path, base, id, base.spot));
        above.push(named.path);
        chain.push((id, file));
    }
    let mut topology = Topology::default();
    for (id, file) in chain.into_iter().rev() {
        let idle = topology.lay_topology(file, id);
        note_idle(idle, id, findings);
    }
    Some(topology)
}

/// The file that another file names, relative to that one.
pub(super) fn beside(file: &Path, named: &str, by: FileId, spot: Spot) -> Named {
    let mut path = file.parent().map_or_else(PathBuf::new, Path::to_owned);
    for part in Path::new(named).components() {
        match part {
            // `files/../topologies` reads better as `topologies`, wherever that is the same folder.
            std::path::Component::ParentDir if path.file_name().is_some() && !path.is_symlink() => {
                path.pop();
            }
            std::path::Component::CurDir => {}
            other => path.push(other),
        }
    }
    Named { path, by: Some((by, spot)) }
}

/// The circle that a file closes, if it is one of those that led to it: `a.yaml → b.yaml → a.yaml`.
fn circle(above: &[PathBuf], path: &Path) -> Option<String> {
    let target = path.canonicalize().ok()?;
    let begin = above.iter().position(|file| file.canonicalize().is_ok_and(|file| file == target))?;
    let mut names: Vec<String> = above[begin..].iter().map(|file| file.display().to_string()).collect();
    names.push(path.display().to_string());
    Some(names.join(" → "))
}

fn note_idle(idle: Vec<IdleRemoval>, file: FileId, findings: &mut Findings) {
    for IdleRemoval { section, name, spot } in idle {
        let message = format!("`{name}` is removed from `{section}`, but no file below has it");
        findings.note(file, spot, message, "say what it is, or leave the line out");
    }
}
