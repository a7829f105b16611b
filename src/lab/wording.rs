//! A change of one fact, in the words of the file that it stands in.

use super::edit::{Act, Key};
use crate::scenario::tree::{Branch, Tree};

/// A change in words: ``set `two_way` to `true` in trusts › perimeter-trusts-corp``.
pub(super) fn in_words(path: &[Key], act: &Act, target: Option<&Tree>) -> String {
    let place = |path: &[Key]| {
        let part = |key: &Key| match key {
            Key::Name(name) => name.clone(),
            Key::Item(index) => format!("entry {}", index + 1),
        };
        path.iter().map(part).collect::<Vec<_>>().join(" › ")
    };
    let (last, above) = path.split_last().map_or((None, path), |(last, above)| (Some(last), above));
    let now = target.map(written).unwrap_or_default();
    match (act, last) {
        (Act::LeaveOut, Some(Key::Name(name))) if now == "null" => {
            format!("do not remove `{name}` from {}", place(above))
        }
        (Act::LeaveOut, Some(Key::Name(name))) => format!("leave out `{name}: {now}` in {}", place(above)),
        (Act::LeaveOut, _) => match above.split_last() {
            Some((Key::Name(name), above)) => format!("take `{now}` out of `{name}` in {}", place(above)),
            _ => format!("take `{now}` out of {}", place(above)),
        },
        (Act::Set(value), Some(Key::Name(name))) => {
            format!("change `{name}` from `{now}` to `{}` in {}", written(value), place(above))
        }
        (Act::Set(value), _) => format!("change `{now}` to `{}` in {}", written(value), place(above)),
        (Act::Enter(name, value), _) => format!("set `{name}` to `{}` in {}", written(value), place(path)),
        (Act::Append(value), Some(Key::Name(name))) => {
            format!("add `{}` to `{name}` in {}", written(value), place(above))
        }
        (Act::Append(value), _) => format!("add `{}` to {}", written(value), place(path)),
    }
}

/// A value as a file would have it on one line.
fn written(tree: &Tree) -> String {
    match &tree.branch {
        Branch::Null => "null".to_owned(),
        Branch::Map(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(name, value)| format!("{}: {}", name.value, written(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Branch::List(items) => {
            format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", "))
        }
        _ => tree.scalar().unwrap_or_default(),
    }
}
