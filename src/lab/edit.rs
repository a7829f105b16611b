//! One fact of a scenario's files, changed.

use crate::scenario::at::{At, Spot};
use crate::scenario::draft::Draft;
use crate::scenario::step::Action;
use crate::scenario::tree::{Branch, Tree};
use crate::scenario::{Scenario, ScenarioError};
use crate::time::Span;
use crate::trace::outcome::Place;

/// One part of the way to a value in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// The entry of this name in a map.
    Name(String),
    /// The item at this place in a list, from 0.
    Item(usize),
}

/// A change of one fact.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// A step is not taken.
    WithoutStep(usize),
    /// A value of a file is another.
    Value {
        /// Which of the draft's files.
        file: usize,
        /// The way to the value, or to the map or list that gets or loses one.
        path: Vec<Key>,
        /// What is done there.
        act: Act,
    },
}

/// What is done to a value of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// It is left out of its map or list.
    LeaveOut,
    /// It is another.
    Set(Tree),
    /// The map gets an entry.
    Enter(String, Tree),
    /// The list gets an item.
    Append(Tree),
}

impl Edit {
    /// The scenario with this change, read and checked; `scenario` is what it is without.
    ///
    /// # Errors
    /// Where nobody could write the scenario so.
    pub fn applied(&self, draft: &Draft, scenario: &Scenario) -> Result<Scenario, ScenarioError> {
        match self {
            Self::WithoutStep(index) => {
                let mut changed = scenario.clone();
                if let Some(step) = changed.steps.get_mut(*index) {
                    step.action = Action::Wait(Span::ZERO);
                }
                Ok(changed)
            }
            Self::Value { file, path, act } => {
                let mut tree = draft.files()[*file].tree.clone();
                act.at(&mut tree, path);
                draft.with(*file, tree).load()
            }
        }
    }

    /// Where the fact stands.
    pub fn place(&self, draft: &Draft, scenario: &Scenario) -> Place {
        match self {
            Self::WithoutStep(index) => scenario.place(scenario.steps[*index].spot),
            Self::Value { file, path, .. } => {
                let file = &draft.files()[*file];
                let spot = spot(&file.tree, path);
                Place { file: file.path.display().to_string(), line: spot.line, column: spot.column }
            }
        }
    }
}

impl Act {
    fn at(&self, tree: &mut Tree, path: &[Key]) {
        match (self, path, &mut tree.branch) {
            (Self::LeaveOut, [Key::Name(name)], Branch::Map(entries)) => {
                entries.retain(|(key, _)| key.as_str() != name);
            }
            (Self::LeaveOut, [Key::Item(index)], Branch::List(items)) if *index < items.len() => {
                items.remove(*index);
            }
            (Self::Set(value), [], _) => *tree = value.clone(),
            (Self::Enter(name, value), [], Branch::Map(entries)) => {
                entries.retain(|(key, _)| key.as_str() != name);
                entries.push((At { value: name.clone(), spot: Spot::default() }, value.clone()));
            }
            (Self::Append(value), [], Branch::List(items)) => items.push(value.clone()),
            (_, [Key::Name(name), rest @ ..], Branch::Map(entries)) => {
                if let Some((_, inner)) = entries.iter_mut().find(|(key, _)| key.as_str() == name) {
                    self.at(inner, rest);
                }
            }
            (_, [Key::Item(index), rest @ ..], Branch::List(items)) => {
                if let Some(inner) = items.get_mut(*index) {
                    self.at(inner, rest);
                }
            }
            _ => {}
        }
    }
}

/// Where a value stands: at the name that it goes by, where it has one.
fn spot(tree: &Tree, path: &[Key]) -> Spot {
    match path {
        [] => tree.spot,
        [Key::Name(name), rest @ ..] => match tree.entries().iter().find(|(key, _)| key.as_str() == name) {
            Some((key, _)) if rest.is_empty() => key.spot,
            Some((_, inner)) => spot(inner, rest),
            None => tree.spot,
        },
        [Key::Item(index), rest @ ..] => tree.items().get(*index).map_or(tree.spot, |item| spot(item, rest)),
    }
}
