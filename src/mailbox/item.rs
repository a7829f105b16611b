//! Items: messages and appointments, and what can be changed of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::folder::FolderClass;
use super::free_busy::Busy;
use super::id::{ChangeKey, FolderId, ItemId};
use super::rights::EffectiveRights;
use crate::directory::Sid;
use crate::time::VirtualTime;

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ItemClass {
    /// A message (IPM.Note).
    Message,
    /// An appointment (IPM.Appointment).
    Appointment,
}

/// A property of an item. The last four cannot be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Field {
    /// What it is about.
    Subject,
    /// Its text.
    Body,
    /// Where an appointment takes place.
    Location,
    /// When an appointment begins.
    Start,
    /// When it ends.
    End,
    /// How an appointment shows to others.
    Busy,
    /// Whether it concerns its owner alone.
    Sensitivity,
    /// The folder that it is in.
    ParentFolder,
    /// What it is.
    Class,
    /// What the one who asks may do with it.
    EffectiveRights,
}

/// A change to an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldChange {
    /// What it is about is now this.
    Subject(String),
    /// Its text is now this.
    Body(String),
    /// It takes place here from now on.
    Location(String),
    /// It begins now at this time.
    Start(VirtualTime),
    /// It ends now at this time.
    End(VirtualTime),
    /// It shows to others so from now on.
    Busy(Busy),
    /// This text follows what the property holds.
    Append(Field, String),
    /// The property is empty from now on.
    Delete(Field),
}

/// When and where an appointment takes place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// When it begins.
    pub start: VirtualTime,
    /// When it ends.
    pub end: VirtualTime,
    /// Where.
    pub location: String,
    /// How it shows to others.
    pub busy: Busy,
}

/// An item that is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewItem {
    /// What it is about.
    pub subject: String,
    /// Its text.
    pub body: String,
    /// When and where, for an appointment.
    pub appointment: Option<Stamp>,
    /// Whether it concerns its owner alone (Sensitivity Private).
    pub private: bool,
}

/// An item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its id, for ever.
    pub id: ItemId,
    /// The folder that it is in.
    pub folder: FolderId,
    /// What it holds.
    pub content: NewItem,
    /// Who made it.
    pub creator: Sid,
    /// How often it was changed.
    pub version: u32,
    /// With which change each property became what it is.
    pub changed: BTreeMap<Field, u32>,
}

/// An item as someone is shown it: its id, what it is, and as many of its properties as are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemView {
    /// Its id.
    pub id: ItemId,
    /// Its present state.
    pub change_key: ChangeKey,
    /// What it is, as the element says that it comes in.
    pub class: ItemClass,
    /// The same as a property.
    pub item_class: Option<ItemClass>,
    /// The folder that it is in.
    pub folder: Option<FolderId>,
    /// What it is about.
    pub subject: Option<String>,
    /// Whether it concerns its owner alone.
    pub private: Option<bool>,
    /// Its text. A list of items leaves texts out.
    pub body: Option<String>,
    /// What the one who asked may do with it.
    pub rights: Option<EffectiveRights>,
    /// When an appointment begins.
    pub start: Option<VirtualTime>,
    /// When it ends.
    pub end: Option<VirtualTime>,
    /// How it shows to others.
    pub busy: Option<Busy>,
    /// Where it takes place.
    pub location: Option<String>,
}

impl ItemView {
    /// The whole of an item, for someone with these rights to it.
    pub(super) fn whole(item: &Item, rights: EffectiveRights) -> Self {
        let NewItem { subject, body, appointment, private } = &item.content;
        let stamp = appointment.as_ref();
        Self {
            id: item.id,
            change_key: ChangeKey(item.version),
            class: item.content.class(),
            item_class: Some(item.content.class()),
            folder: Some(item.folder),
            subject: Some(subject.clone()),
            private: Some(*private),
            body: Some(body.clone()),
            rights: Some(rights),
            start: stamp.map(|stamp| stamp.start),
            end: stamp.map(|stamp| stamp.end),
            busy: stamp.map(|stamp| stamp.busy),
            location: stamp.map(|stamp| stamp.location.clone()),
        }
    }

    /// The item with those of its properties that `shown` holds for.
    pub fn with_only(self, shown: impl Fn(Field) -> bool) -> Self {
        Self {
            id: self.id,
            change_key: self.change_key,
            class: self.class,
            item_class: self.item_class.filter(|_| shown(Field::Class)),
            folder: self.folder.filter(|_| shown(Field::ParentFolder)),
            subject: self.subject.filter(|_| shown(Field::Subject)),
            private: self.private.filter(|_| shown(Field::Sensitivity)),
            body: self.body.filter(|_| shown(Field::Body)),
            rights: self.rights.filter(|_| shown(Field::EffectiveRights)),
            start: self.start.filter(|_| shown(Field::Start)),
            end: self.end.filter(|_| shown(Field::End)),
            busy: self.busy.filter(|_| shown(Field::Busy)),
            location: self.location.filter(|_| shown(Field::Location)),
        }
    }
}

impl FieldChange {
    /// The property that it changes.
    pub fn field(&self) -> Field {
        match self {
            FieldChange::Subject(_) => Field::Subject,
            FieldChange::Body(_) => Field::Body,
            FieldChange::Location(_) => Field::Location,
            FieldChange::Start(_) => Field::Start,
            FieldChange::End(_) => Field::End,
            FieldChange::Busy(_) => Field::Busy,
            FieldChange::Append(field, _) | FieldChange::Delete(field) => *field,
        }
    }
}

impl NewItem {
    /// A message.
    pub fn message(subject: impl Into<String>, body: impl Into<String>) -> Self {
        Self { subject: subject.into(), body: body.into(), appointment: None, private: false }
    }

    /// What it is.
    pub fn class(&self) -> ItemClass {
        if self.appointment.is_some() { ItemClass::Appointment } else { ItemClass::Message }
    }

    /// Whether such an item belongs into a folder of this class, and its times fit.
    pub(super) fn check(&self, class: FolderClass) -> Result<(), StoreError> {
        match (&self.appointment, class) {
            (Some(stamp), FolderClass::Calendar) if stamp.end < stamp.start => {
                Err(StoreError::CalendarEndDateIsEarlierThanStartDate)
            }
            (Some(_), FolderClass::Calendar) | (None, FolderClass::Mail) => Ok(()),
            (Some(_), FolderClass::Mail) | (None, FolderClass::Calendar) => {
                Err(StoreError::InvalidPropertySet)
            }
        }
    }

    /// Makes one change.
    pub(super) fn apply(&mut self, change: &FieldChange) -> Result<(), StoreError> {
        let stamp = self.appointment.as_mut().ok_or(StoreError::InvalidPropertySet);
        match change {
            FieldChange::Subject(text) => self.subject.clone_from(text),
            FieldChange::Body(text) => self.body.clone_from(text),
            FieldChange::Location(text) => stamp?.location.clone_from(text),
            FieldChange::Start(time) => stamp?.start = *time,
            FieldChange::End(time) => stamp?.end = *time,
            FieldChange::Busy(busy) => stamp?.busy = *busy,
            FieldChange::Append(Field::Body, text) => self.body.push_str(text),
            FieldChange::Append(..) => return Err(StoreError::InvalidPropertyAppend),
            FieldChange::Delete(Field::Subject) => self.subject.clear(),
            FieldChange::Delete(Field::Body) => self.body.clear(),
            FieldChange::Delete(Field::Location) => stamp?.location.clear(),
            FieldChange::Delete(_) => return Err(StoreError::InvalidPropertyDelete),
        }
        Ok(())
    }
}
