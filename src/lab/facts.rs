//! The changes that a scenario offers: each alters one fact of its own files, to nothing, to the
//! opposite, or to something that the files say elsewhere in a place of the same kind.
//!
//! Where a file lies over another, going back to what the lower one says is a change too; and a change
//! or a fault among the steps may be left out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::edit::{Act, Edit, Key};
use super::likely::{Words, texts};
use super::overlay::{Effective, effective};
use super::shape::Shape;
use super::wording::in_words;
use crate::scenario::at::Spot;
use crate::scenario::draft::Draft;
use crate::scenario::tree::{Branch, Tree};
use crate::scenario::{Action, Scenario};
use crate::trace::{Event, Happening, Trace, Transport};

/// How many values an entry may hold to count as one fact.
const LARGEST_FACT: usize = 6;
/// How much likelier it is that a step made the difference.
const DONE: u32 = 20;
/// How much likelier it is that a fact in the scenario's own file made the difference.
const OWN: u32 = 4;
/// How much likelier it is that what lies over another file made the difference.
const LAID_OVER: u32 = 10;

/// A change that may be tried.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The change.
    pub edit: Edit,
    /// The change in words.
    pub text: String,
    likely: u32,
}

/// The changes that a scenario offers before one of its steps, the likeliest first.
pub fn candidates(
    draft: &Draft,
    scenario: &Scenario,
    (trace, step): (&Trace, u32),
    schema: &Value,
    words: &Words,
) -> Vec<Candidate> {
    let mut survey = Survey::new(draft, words);
    survey.steps(scenario, step as usize);
    let whole = Shape::of(schema);
    let entries = effective(draft, &whole);
    for entry in &entries {
        if let [Key::Name(section), Key::Name(name)] = entry.path.as_slice() {
            let all = survey.entries.entry(section.clone()).or_default();
            all.push((name.clone(), entry.tree.clone()));
            for text in std::iter::once(name.clone()).chain(texts(entry.tree)) {
                *survey.uses.entry(text).or_default() += 1;
            }
        }
        survey.learn(entry.tree, &entry.shape);
    }
    for entry in &entries {
        survey.overlaid(entry);
    }
    survey.ways(&entries, trace, step);
    for entry in &entries {
        survey.visit(entry.file, &entry.path, entry.tree, &entry.shape);
    }
    by_likelihood(survey.found)
}

/// The likeliest first; of many changes in one place, each next one is a little less likely, so that
/// no place keeps the others waiting.
fn by_likelihood(mut found: Vec<Candidate>) -> Vec<Candidate> {
    found.sort_by_key(|candidate| std::cmp::Reverse(candidate.likely));
    let mut places: BTreeMap<(usize, Vec<Key>), u32> = BTreeMap::new();
    for candidate in &mut found {
        if let Edit::Value { file, path, .. } = &candidate.edit {
            let earlier = places.entry((*file, path.clone())).or_default();
            candidate.likely = candidate.likely.saturating_sub(*earlier);
            *earlier += 1;
        }
    }
    found.sort_by_key(|candidate| std::cmp::Reverse(candidate.likely));
    found
}

/// What the files say, and the changes found so far.
pub(super) struct Survey<'s> {
    draft: &'s Draft,
    words: &'s Words,
    /// The values that stand in each kind of place.
    seen: BTreeMap<String, Vec<Tree>>,
    /// How often each name and value stands in the files.
    uses: BTreeMap<String, usize>,
    /// The entries that stand in each kind of map.
    entries: BTreeMap<String, Vec<(String, Tree)>>,
    found: Vec<Candidate>,
    known: BTreeSet<String>,
}

impl<'s> Survey<'s> {
    fn new(draft: &'s Draft, words: &'s Words) -> Self {
        let (seen, uses, entries) = Default::default();
        Self { draft, words, seen, uses, entries, found: Vec::new(), known: BTreeSet::new() }
    }

    /// Changes and faults before the step may be left out.
    fn steps(&mut self, scenario: &Scenario, before: usize) {
        for (index, step) in scenario.steps.iter().enumerate().take(before) {
            if matches!(step.action, Action::Change(_) | Action::Fault { .. }) {
                let text = format!("leave out step {}, “{}”: {}", index + 1, step.name, step.action);
                let likely = DONE + self.words.common(&[], &[step.action.to_string()], &[]);
                self.found.push(Candidate { edit: Edit::WithoutStep(index), text, likely });
            }
        }
    }

    /// Each firewall may let through what somebody tried in vain to send.
    fn ways(&mut self, entries: &[Effective<'_>], trace: &Trace, step: u32) {
        let attempts: BTreeSet<_> = trace.step(step).filter_map(|event| attempt(trace, event)).collect();
        let firewalls = entries.iter().filter(|entry| entry.path.first().and_then(name) == Some("firewalls"));
        for firewall in firewalls {
            for (from, to, port, transport) in &attempts {
                let protocol = if *transport == "UDP" { "udp" } else { "tcp" };
                let rule = serde_json::json!({ "from": from, "to": to, protocol: [port] });
                let (rule, name) = (Tree::from(&rule), format!("{from}-to-{to}-{port}"));
                if firewall.tree.get("allow").is_some() {
                    let path = with(&firewall.path, Key::Name("allow".to_owned()));
                    self.note(firewall.file, &path, Act::Enter(name, rule), None);
                } else {
                    let allow = Tree::from(&serde_json::json!({ name: rule.value() }));
                    self.note(firewall.file, &firewall.path, Act::Enter("allow".to_owned(), allow), None);
                }
            }
        }
    }

    /// Notes what stands where.
    fn learn(&mut self, tree: &Tree, shape: &Shape<'_>) {
        match &tree.branch {
            Branch::Map(entries) => {
                for (name, value) in entries {
                    if shape.is_free() {
                        let all = self.entries.entry(shape.place.clone()).or_default();
                        all.push((name.value.clone(), value.clone()));
                    }
                    if let Some(below) = shape.below(name) {
                        self.learn(value, &below);
                    }
                }
            }
            Branch::List(items) => {
                if let Some(shape) = shape.item() {
                    items.iter().for_each(|item| self.learn(item, &shape));
                }
            }
            Branch::Null => return,
            _ => {}
        }
        let all = self.seen.entry(shape.place.clone()).or_default();
        if !all.contains(tree) {
            all.push(tree.clone());
        }
    }

    /// What may stand in a kind of place: what stands in such a place elsewhere, and where that is the
    /// name of something, the names of all such things. A value that the files use only once is the
    /// identity of what it belongs to, such as a service's name, and nobody else's.
    fn pool(&self, place: &str) -> Vec<Tree> {
        let mut pool = self.seen.get(place).cloned().unwrap_or_default();
        let names: BTreeSet<String> = pool.iter().filter_map(Tree::scalar).collect();
        let shared = |text: String| self.uses.get(&text).is_some_and(|times| *times > 1);
        pool.retain(|tree| tree.scalar().is_some_and(shared));
        let mut more: BTreeSet<&str> = BTreeSet::new();
        for entries in self.entries.values() {
            if entries.iter().any(|(name, _)| names.contains(name)) {
                more.extend(entries.iter().map(|(name, _)| name.as_str()));
            }
        }
        let mut more: Vec<String> = more.into_iter().map(str::to_owned).collect();
        if names.iter().any(|name| name.contains('\\')) {
            more.extend(self.principals());
        }
        let new = more.into_iter().filter(|name| !names.contains(name));
        pool.extend(new.map(|name| Tree { spot: Spot::default(), branch: Branch::Text(name) }));
        pool
    }

    /// The users and groups of all domains, as CORP\sally.
    fn principals(&self) -> Vec<String> {
        let domains = self.seen.get("Domain").map_or(&[][..], Vec::as_slice);
        let of = |domain: &Tree| {
            let netbios = domain.get("netbios").and_then(Tree::scalar).unwrap_or_default();
            let kinds = ["users", "groups"].into_iter().filter_map(|kind| domain.get(kind));
            let names = kinds.flat_map(|all| all.entries().iter().map(|(name, _)| name.value.clone()));
            names.map(|name| format!("{netbios}\\{name}")).collect::<Vec<_>>()
        };
        domains.iter().flat_map(of).collect()
    }

    /// Whether a value can be left out as one fact.
    fn is_one_fact(tree: &Tree) -> bool {
        tree.leaves() <= LARGEST_FACT && tree.items().len() <= 1
    }

    /// Every change of a value and of what it holds.
    fn visit(&mut self, file: usize, path: &[Key], tree: &Tree, shape: &Shape<'_>) {
        if path.len() == 2 && Self::is_one_fact(tree) {
            self.note(file, path, Act::LeaveOut, None);
        }
        match &tree.branch {
            Branch::Map(entries) => {
                for (name, value) in entries {
                    let path = with(path, Key::Name(name.value.clone()));
                    if Self::is_one_fact(value) && (shape.is_free() || shape.may_lack(name)) {
                        self.note(file, &path, Act::LeaveOut, None);
                    }
                    if let Some(below) = shape.below(name) {
                        self.visit(file, &path, value, &below);
                    }
                }
                self.enter(file, path, tree, shape);
            }
            Branch::List(items) => self.list(file, path, items, shape),
            Branch::Null => {}
            _ => {
                let choices: Vec<Tree> = shape.choices().iter().map(Tree::from).collect();
                let values = if choices.is_empty() { self.pool(&shape.place) } else { choices };
                for value in values.into_iter().filter(|value| value != tree) {
                    self.note(file, path, Act::Set(value), None);
                }
            }
        }
    }

    /// What a map does not say yet.
    fn enter(&mut self, file: usize, path: &[Key], tree: &Tree, shape: &Shape<'_>) {
        for name in shape.settings().into_iter().filter(|name| tree.get(name).is_none()) {
            let Some(below) = shape.below(name) else { continue };
            let mut values: Vec<Tree> = below.choices().iter().map(Tree::from).collect();
            if let Some(item) = below.item() {
                let list = |item| Tree { spot: Spot::default(), branch: Branch::List(vec![item]) };
                values.extend(self.pool(&item.place).into_iter().map(list));
            } else if values.is_empty() {
                values = self.pool(&below.place);
            }
            for value in values {
                self.note(file, path, Act::Enter(name.to_owned(), value), None);
            }
        }
        if shape.is_free() {
            let elsewhere = self.entries.get(&shape.place).cloned().unwrap_or_default();
            for (name, value) in elsewhere {
                if tree.get(&name).is_none() && value.leaves() <= LARGEST_FACT {
                    self.note(file, path, Act::Enter(name, value), None);
                }
            }
        }
    }

    /// What a list has too much, and what it lacks.
    fn list(&mut self, file: usize, path: &[Key], items: &[Tree], shape: &Shape<'_>) {
        let Some(below) = shape.item() else { return };
        for (index, item) in items.iter().enumerate() {
            let path = with(path, Key::Item(index));
            self.note(file, &path, Act::LeaveOut, None);
            self.visit(file, &path, item, &below);
        }
        let mut new = self.pool(&below.place);
        let elsewhere = self.seen.get(&below.place).cloned().unwrap_or_default();
        for item in elsewhere.iter().filter(|item| item.scalar().is_none() && item.leaves() <= LARGEST_FACT) {
            new.push(item.clone());
            new.extend(self.variants(item, &below));
        }
        for item in new.into_iter().filter(|item| !items.contains(item)) {
            self.note(file, path, Act::Append(item), None);
        }
    }

    /// A thing with one of its values replaced by another that could stand there.
    fn variants(&self, tree: &Tree, shape: &Shape<'_>) -> Vec<Tree> {
        let Branch::Map(entries) = &tree.branch else {
            let others = if tree.scalar().is_some() { self.pool(&shape.place) } else { Vec::new() };
            return others.into_iter().filter(|other| other != tree).collect();
        };
        let mut variants = Vec::new();
        for (index, (name, value)) in entries.iter().enumerate() {
            let Some(below) = shape.below(name) else { continue };
            for variant in self.variants(value, &below) {
                let mut entries = entries.clone();
                entries[index].1 = variant;
                variants.push(Tree { spot: tree.spot, branch: Branch::Map(entries) });
            }
        }
        variants
    }

    /// Notes a change; `from` is the file that has it so, where one does that this one lies over.
    pub(super) fn note(&mut self, file: usize, path: &[Key], act: Act, from: Option<&str>) {
        let target = at(&self.draft.files()[file].tree, path);
        let mut text = in_words(path, &act, target);
        if !self.known.insert(format!("{file} {text}")) {
            return;
        }
        let mut settings: Vec<&str> = path.iter().filter_map(name).collect();
        let mut values: Vec<String> = path.iter().filter_map(name).map(str::to_owned).collect();
        let new = match &act {
            Act::LeaveOut => Vec::new(),
            Act::Set(value) | Act::Append(value) => texts(value),
            Act::Enter(setting, value) => [vec![setting.clone()], texts(value)].concat(),
        };
        values.extend(new.iter().cloned());
        if act == Act::LeaveOut {
            values.extend(target.map(texts).unwrap_or_default());
        }
        // What stands beside it says what it is about.
        let beside = match &act {
            Act::Enter(..) => target,
            _ => at(&self.draft.files()[file].tree, &path[..path.len().saturating_sub(1)]),
        };
        let beside = beside.map_or(&[][..], Tree::entries);
        values.extend(beside.iter().filter_map(|(_, value)| value.scalar()));
        match &act {
            Act::Enter(setting, value) => {
                settings.push(setting);
                settings.extend(keys(value));
            }
            Act::Append(value) => settings.extend(keys(value)),
            Act::LeaveOut | Act::Set(_) => {}
        }
        // Of two changes the one with fewer values is the smaller, and giving is smaller than taking away.
        let size = match &act {
            Act::LeaveOut => target.map_or(0, Tree::leaves) + 2,
            Act::Set(value) => value.leaves() + 2,
            Act::Enter(_, value) | Act::Append(value) => value.leaves(),
        };
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        let mut likely = self.words.common(&settings, &values, &new).saturating_sub(size);
        // A scenario's own file says what it is about.
        if file == 0 {
            likely += OWN;
        }
        if let Some(from) = from {
            likely += LAID_OVER;
            text.push_str(&format!(", as {from} has it"));
        }
        self.found.push(Candidate { edit: Edit::Value { file, path: path.to_vec(), act }, text, likely });
    }
}

fn name(key: &Key) -> Option<&str> {
    if let Key::Name(name) = key { Some(name) } else { None }
}

pub(super) fn with(path: &[Key], key: Key) -> Vec<Key> {
    let mut path = path.to_vec();
    path.push(key);
    path
}

/// Who tried in vain to reach whom, and how.
fn attempt(trace: &Trace, event: &Event) -> Option<(String, String, u16, String)> {
    let (from, to, port, transport) = match &event.happening {
        Happening::Connection(connection) if connection.outcome.is_err() => {
            (event.host.as_ref()?, connection.to.as_ref()?, connection.port, Transport::Tcp)
        }
        Happening::Lost(loss) => {
            let message = trace.events.iter().find(|event| event.number == loss.message)?;
            let Happening::Sent(sent) = &message.happening else { return None };
            (message.host.as_ref()?, &sent.to, sent.port, sent.transport)
        }
        _ => return None,
    };
    Some((from.to_string(), to.to_string(), port, transport.to_string()))
}

/// The names of the settings in a value.
fn keys(tree: &Tree) -> Vec<&str> {
    let mut all = Vec::new();
    for (name, value) in tree.entries() {
        all.push(name.as_str());
        all.extend(keys(value));
    }
    all
}

fn at<'t>(tree: &'t Tree, path: &[Key]) -> Option<&'t Tree> {
    path.iter().try_fold(tree, |tree, key| match key {
        Key::Name(name) => tree.get(name),
        Key::Item(index) => tree.items().get(*index),
    })
}
