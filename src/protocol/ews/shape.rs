//! The shape of an answer: which properties of its items a client wants (ItemShape; Microsoft's page on
//! response shapes gives the properties of each).
//!
//! The id with its ChangeKey is always there. Whoever needs nothing else asks for nothing else: the
//! rest stays unread.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::envelope::ReadError;
use super::items;
use super::node::Node;
use crate::mailbox::{Field, ItemClass, ItemView};

/// A set of properties that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BaseShape {
    /// None but the id.
    IdOnly,
    /// Those that people look at first, by the class of the item.
    Default,
    /// All.
    AllProperties,
}

const NAMES: [(BaseShape, &str); 3] = [
    (BaseShape::IdOnly, "IdOnly"),
    (BaseShape::Default, "Default"),
    (BaseShape::AllProperties, "AllProperties"),
];

/// What a client wants to be shown of items.
///
/// ```
/// use forestsim::mailbox::{Field, ItemClass};
/// use forestsim::protocol::ews::{BaseShape, ItemShape};
/// let shape = ItemShape { base: BaseShape::IdOnly, additional: vec![Field::Subject] };
/// assert!(shape.has(Field::Subject, ItemClass::Message));
/// assert!(!shape.has(Field::Body, ItemClass::Message));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemShape {
    /// The set that it starts from.
    pub base: BaseShape,
    /// Properties beside those of the set.
    pub additional: Vec<Field>,
}

impl ItemShape {
    /// Everything.
    pub const ALL: Self = Self { base: BaseShape::AllProperties, additional: Vec::new() };
    /// The id and the ChangeKey alone.
    pub const IDS: Self = Self { base: BaseShape::IdOnly, additional: Vec::new() };

    /// Whether an item of this class is shown with this property.
    pub fn has(&self, field: Field, class: ItemClass) -> bool {
        let base = match (self.base, class) {
            (BaseShape::IdOnly, _) => false,
            (BaseShape::AllProperties, _) => true,
            (BaseShape::Default, ItemClass::Message) => {
                matches!(field, Field::Subject | Field::Sensitivity | Field::Body)
            }
            (BaseShape::Default, ItemClass::Appointment) => {
                matches!(field, Field::Subject | Field::Start | Field::End | Field::Busy | Field::Location)
            }
        };
        base || self.additional.contains(&field)
    }

    /// The item in this shape.
    pub fn of(&self, item: ItemView) -> ItemView {
        let class = item.class;
        item.with_only(|field| self.has(field, class))
    }

    pub(super) fn write(&self) -> Node {
        let base = NAMES.iter().find(|(known, _)| *known == self.base).map_or("", |(_, name)| name);
        let path = |field: &Field| Node::t("FieldURI").attribute("FieldURI", items::path(*field).0);
        let more = (!self.additional.is_empty())
            .then(|| Node::t("AdditionalProperties").with_all(self.additional.iter().map(path)));
        Node::m("ItemShape").with(Node::t("BaseShape").text(base)).with_all(more)
    }

    /// The shape that a request asks for. Properties that no item has here are passed over, as an item
    /// without them is shown without them.
    pub(super) fn read(node: &Node) -> Result<Self, ReadError> {
        let name = node.need_text("BaseShape")?;
        let base = NAMES.iter().find(|(_, known)| *known == name).map(|(base, _)| *base);
        let base = base.ok_or_else(|| node.wrong(format!("has a BaseShape that is not known: {name}")))?;
        let paths = node.child("AdditionalProperties").map(|more| more.children.as_slice());
        let known = |path: &Node| path.value("FieldURI").and_then(items::field).map(|(field, _)| field);
        Ok(Self { base, additional: paths.unwrap_or_default().iter().filter_map(known).collect() })
    }
}

/// What an operation says of it in a line: nothing where everything is asked for.
impl fmt::Display for ItemShape {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.base, self.additional.is_empty()) {
            (BaseShape::AllProperties, _) => Ok(()),
            (base, true) => write!(formatter, ", {base:?}"),
            (base, false) => write!(formatter, ", {base:?} and {:?}", self.additional),
        }
    }
}
