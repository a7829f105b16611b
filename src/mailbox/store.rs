//! A mailbox, and every operation on it as someone.
//!
//! Each operation first asks what its viewer may do, and changes nothing where it fails. A folder
//! that may not be seen is not found by its id; by a name that every mailbox has, access to it is
//! denied, as nothing is given away by that.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::folder::{Folder, FolderClass, FolderView, WellKnownFolder};
use super::free_busy::{FreeBusyQuery, FreeBusyView};
use super::id::{ChangeKey, FolderId, ItemId, MailboxId};
use super::item::{FieldChange, Item, ItemView, NewItem};
use super::level::{Level, ReadAccess, Rights};
use super::permission::{Permission, PermissionSet, PermissionUser};
use super::rights::EffectiveRights;
use crate::directory::{AccessToken, Sid};

/// Who looks: someone with a token, or someone who has not signed in.
pub type Viewer<'a> = Option<&'a AccessToken>;

/// How a request names a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FolderName {
    /// By a name that every mailbox has.
    WellKnown(WellKnownFolder),
    /// By its id.
    Id(FolderId),
}

/// What becomes of a change to an item that someone else has changed in the meantime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ConflictResolution {
    /// It fails.
    NeverOverwrite,
    /// It is made where it concerns other properties, and fails otherwise.
    AutoResolve,
    /// It is made.
    AlwaysOverwrite,
}

/// A mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    id: MailboxId,
    owner: Sid,
    folders: BTreeMap<u32, Folder>,
    items: BTreeMap<u32, Item>,
    next: u32,
}

/// What someone may do in a folder, and who they are to it.
struct Standing {
    rights: Rights,
    owns_mailbox: bool,
}

impl Mailbox {
    /// A mailbox with the folders that every mailbox has. Nobody but its owner sees anything of it,
    /// except when the owner is busy.
    pub fn new(id: MailboxId, owner: Sid) -> Self {
        let mut mailbox = Self { id, owner, folders: BTreeMap::new(), items: BTreeMap::new(), next: 0 };
        for known in WellKnownFolder::all() {
            let level = match known.class() {
                FolderClass::Calendar => Level::FreeBusyTimeOnly,
                FolderClass::Mail => Level::None,
            };
            let open = level.rights().unwrap_or(Rights::NONE);
            let permissions = PermissionSet::default()
                .with(PermissionUser::Default, open)
                .with(PermissionUser::Anonymous, Rights::NONE);
            let parent = (known != WellKnownFolder::Root).then(|| mailbox.well_known(WellKnownFolder::Root));
            mailbox.add_folder(parent, known.display_name().to_owned(), known.class(), permissions);
        }
        mailbox
    }

    /// Its id.
    pub fn id(&self) -> MailboxId {
        self.id
    }

    /// Whose it is.
    pub fn owner(&self) -> Sid {
        self.owner
    }

    /// The id of a folder that every mailbox has.
    pub fn well_known(&self, folder: WellKnownFolder) -> FolderId {
        let place = WellKnownFolder::all().position(|known| known == folder);
        FolderId { mailbox: self.id, number: place.and_then(|place| u32::try_from(place).ok()).unwrap_or(0) }
    }

    fn number(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    fn add_folder(
        &mut self,
        parent: Option<FolderId>,
        name: String,
        class: FolderClass,
        permissions: PermissionSet,
    ) -> FolderId {
        let id = FolderId { mailbox: self.id, number: self.number() };
        self.folders.insert(id.number, Folder { id, parent, name, class, permissions, version: 1 });
        id
    }

    fn standing(&self, viewer: Viewer<'_>, folder: &Folder) -> Standing {
        let owns_mailbox = viewer.is_some_and(|token| token.holds(self.owner));
        let all = Level::Owner.rights().unwrap_or(Rights::NONE);
        let rights = if owns_mailbox { all } else { folder.permissions.granted_to(viewer) };
        Standing { rights, owns_mailbox }
    }

    /// The folder, where the viewer may do what `may` asks; else why not, with `denied` where the
    /// folder is known to be there.
    fn open(
        &self,
        viewer: Viewer<'_>,
        name: FolderName,
        may: impl Fn(&Rights) -> bool,
        denied: StoreError,
    ) -> Result<(&Folder, Standing), StoreError> {
        let id = match name {
            FolderName::WellKnown(known) => self.well_known(known),
            FolderName::Id(id) => id,
        };
        let folder = self.folders.get(&id.number).filter(|folder| folder.id == id);
        let folder = folder.ok_or(StoreError::FolderNotFound)?;
        let standing = self.standing(viewer, folder);
        let rights = &standing.rights;
        if may(rights) && (rights.visible || rights.owner) {
            return Ok((folder, standing));
        }
        let hidden = matches!(name, FolderName::Id(_)) && !rights.visible && !rights.owner;
        Err(if hidden { StoreError::FolderNotFound } else { denied })
    }

    /// The item, where the viewer may know of it.
    fn look_up(&self, viewer: Viewer<'_>, id: ItemId) -> Result<(&Item, Standing, bool), StoreError> {
        let item = self.items.get(&id.number).filter(|item| item.id == id);
        let item = item.ok_or(StoreError::ItemNotFound)?;
        let folder = self.folders.get(&item.folder.number).ok_or(StoreError::ItemNotFound)?;
        let standing = self.standing(viewer, folder);
        let own = viewer.is_some_and(|token| token.user == item.creator);
        let rights = &standing.rights;
        let private = item.content.private && !standing.owns_mailbox;
        let read = rights.read == ReadAccess::FullDetails && !private;
        let known = read || rights.edit.holds(own) || rights.delete.holds(own);
        if known && (!private || own) { Ok((item, standing, own)) } else { Err(StoreError::ItemNotFound) }
    }

    fn show_folder(&self, folder: &Folder, standing: &Standing) -> FolderView {
        let items = self.items.values().filter(|item| item.folder == folder.id).count();
        FolderView {
            id: folder.id,
            change_key: ChangeKey(folder.version),
            parent: folder.parent,
            name: folder.name.clone(),
            class: folder.class,
            items: u32::try_from(items).unwrap_or(u32::MAX),
            rights: EffectiveRights::of_folder(&standing.rights, standing.owns_mailbox),
            permissions: standing.rights.owner.then(|| folder.permissions.entries()),
        }
    }

    fn show_item(&self, item: &Item, standing: &Standing, own: bool) -> ItemView {
        ItemView::whole(item, EffectiveRights::of_item(&standing.rights, own, standing.owns_mailbox))
    }

    /// GetFolder: a folder that may be seen.
    ///
    /// # Errors
    /// Where it may not, or there is none.
    pub fn get_folder(&self, viewer: Viewer<'_>, name: FolderName) -> Result<FolderView, StoreError> {
        let (folder, standing) = self.open(viewer, name, |_| true, StoreError::AccessDenied)?;
        Ok(self.show_folder(folder, &standing))
    }

    /// FindFolder: every folder that may be seen, in the order in which they were made.
    pub fn find_folder(&self, viewer: Viewer<'_>) -> Vec<FolderView> {
        let shown = self.folders.values().filter_map(|folder| {
            let standing = self.standing(viewer, folder);
            let visible = standing.rights.visible || standing.rights.owner;
            visible.then(|| self.show_folder(folder, &standing))
        });
        shown.collect()
    }

    /// FindItem: the items of a folder, without their texts.
    ///
    /// # Errors
    /// Where the folder may not be read.
    pub fn find_item(&self, viewer: Viewer<'_>, name: FolderName) -> Result<Vec<ItemView>, StoreError> {
        let may_read = |rights: &Rights| rights.read == ReadAccess::FullDetails;
        let (folder, standing) = self.open(viewer, name, may_read, StoreError::AccessDenied)?;
        let readable =
            |item: &&Item| item.folder == folder.id && (standing.owns_mailbox || !item.content.private);
        let shown = self.items.values().filter(readable).map(|item| {
            let own = viewer.is_some_and(|token| token.user == item.creator);
            ItemView { body: None, ..self.show_item(item, &standing, own) }
        });
        Ok(shown.collect())
    }

    /// GetItem: an item with its text.
    ///
    /// # Errors
    /// Where it may not be read: that it is there stays hidden.
    pub fn get_item(&self, viewer: Viewer<'_>, id: ItemId) -> Result<ItemView, StoreError> {
        let (item, standing, own) = self.look_up(viewer, id)?;
        match standing.rights.read {
            ReadAccess::FullDetails => Ok(self.show_item(item, &standing, own)),
            _ => Err(StoreError::ItemNotFound),
        }
    }

    /// CreateItem: a new item.
    ///
    /// # Errors
    /// Where no items may be made in the folder, or it takes none of this class.
    pub fn create_item(
        &mut self,
        viewer: Viewer<'_>,
        name: FolderName,
        new: &NewItem,
    ) -> Result<ItemView, StoreError> {
        let may_create = |rights: &Rights| rights.create_items;
        let denied = StoreError::CreateItemAccessDenied;
        let (folder, standing) = self.open(viewer, name, may_create, denied)?;
        new.check(folder.class)?;
        let (folder, creator) = (folder.id, viewer.map_or(self.owner, |token| token.user));
        let id = ItemId { mailbox: self.id, number: self.number() };
        let item = Item { id, folder, content: new.clone(), creator, version: 1, changed: BTreeMap::new() };
        let view = self.show_item(&item, &standing, true);
        self.items.insert(id.number, item);
        Ok(view)
    }

    /// UpdateItem: changes, in their order, all or none.
    ///
    /// # Errors
    /// Where the item may not be seen or changed, the change key is missing or someone else's change
    /// stands in the way, or a change does not fit the item.
    pub fn update_item(
        &mut self,
        viewer: Viewer<'_>,
        id: ItemId,
        key: Option<ChangeKey>,
        changes: &[FieldChange],
        resolution: ConflictResolution,
    ) -> Result<ItemView, StoreError> {
        let (item, standing, own) = self.look_up(viewer, id)?;
        if !standing.rights.edit.holds(own) {
            return Err(StoreError::AccessDenied);
        }
        let ChangeKey(seen) = key.ok_or(StoreError::ChangeKeyRequiredForWriteOperations)?;
        if seen > item.version {
            return Err(StoreError::StaleObject);
        }
        let overtaken =
            |change: &FieldChange| item.changed.get(&change.field()).is_some_and(|version| *version > seen);
        let conflict = match resolution {
            ConflictResolution::NeverOverwrite => seen < item.version,
            ConflictResolution::AutoResolve => changes.iter().any(overtaken),
            ConflictResolution::AlwaysOverwrite => false,
        };
        if conflict {
            return Err(StoreError::IrresolvableConflict);
        }
        let mut changed = item.clone();
        changed.version += 1;
        for change in changes {
            changed.content.apply(change)?;
            changed.changed.insert(change.field(), changed.version);
        }
        if changed.content.appointment.as_ref().is_some_and(|stamp| stamp.end < stamp.start) {
            return Err(StoreError::CalendarEndDateIsEarlierThanStartDate);
        }
        let view = self.show_item(&changed, &standing, own);
        self.items.insert(id.number, changed);
        Ok(view)
    }

    /// DeleteItem: the item goes to Deleted Items, or is gone for good.
    ///
    /// # Errors
    /// Where it may not be seen or deleted, or the change key is given and is not the present one.
    pub fn delete_item(
        &mut self,
        viewer: Viewer<'_>,
        id: ItemId,
        key: Option<ChangeKey>,
        for_good: bool,
    ) -> Result<(), StoreError> {
        let (item, standing, own) = self.look_up(viewer, id)?;
        if !standing.rights.delete.holds(own) {
            return Err(StoreError::CannotDeleteObject);
        }
        if key.is_some_and(|ChangeKey(seen)| seen != item.version) {
            return Err(StoreError::StaleObject);
        }
        let deleted_items = self.well_known(WellKnownFolder::DeletedItems);
        if for_good || item.folder == deleted_items {
            self.items.remove(&id.number);
        } else if let Some(item) = self.items.get_mut(&id.number) {
            item.folder = deleted_items;
            item.version += 1;
        }
        Ok(())
    }

    /// CreateFolder: a new folder, with the permissions that its parent has now. Whoever makes it in
    /// another's mailbox owns it.
    ///
    /// # Errors
    /// Where no folders may be made there, or there is one of this name.
    pub fn create_folder(
        &mut self,
        viewer: Viewer<'_>,
        parent: FolderName,
        name: &str,
        class: FolderClass,
    ) -> Result<FolderView, StoreError> {
        let may_create = |rights: &Rights| rights.create_subfolders;
        let denied = StoreError::CreateSubfolderAccessDenied;
        let (above, standing) = self.open(viewer, parent, may_create, denied)?;
        let taken = |folder: &Folder| folder.parent == Some(above.id) && folder.name == name;
        if self.folders.values().any(taken) {
            return Err(StoreError::FolderExists);
        }
        let (above, mut permissions) = (above.id, above.permissions.clone());
        if let (false, Some(token)) = (standing.owns_mailbox, viewer) {
            let all = Level::Owner.rights().unwrap_or(Rights::NONE);
            permissions = permissions.with(PermissionUser::Sid(token.user), all);
        }
        let id = self.add_folder(Some(above), name.to_owned(), class, permissions);
        self.get_folder(viewer, FolderName::Id(id))
    }

    /// UpdateFolder: a permission set in place of the folder's.
    ///
    /// # Errors
    /// Where the viewer does not own the folder, the change key is given and is not the present one, or
    /// the set is none.
    pub fn update_folder(
        &mut self,
        viewer: Viewer<'_>,
        name: FolderName,
        key: Option<ChangeKey>,
        permissions: &[Permission],
    ) -> Result<FolderView, StoreError> {
        let owns = |rights: &Rights| rights.owner;
        let (folder, _) = self.open(viewer, name, owns, StoreError::AccessDenied)?;
        if key.is_some_and(|ChangeKey(seen)| seen != folder.version) {
            return Err(StoreError::StaleObject);
        }
        let set = PermissionSet::of(permissions, folder.class)?;
        let mut changed = folder.clone();
        changed.permissions = set;
        changed.version += 1;
        let standing = self.standing(viewer, &changed);
        let view = self.show_folder(&changed, &standing);
        self.folders.insert(changed.id.number, changed);
        Ok(view)
    }

    /// GetUserAvailability: what the viewer may learn of the calendar.
    ///
    /// # Errors
    /// Where nothing may be learned, or the query is none.
    pub fn free_busy(&self, viewer: Viewer<'_>, query: &FreeBusyQuery) -> Result<FreeBusyView, StoreError> {
        let id = self.well_known(WellKnownFolder::Calendar);
        let calendar = self.folders.get(&id.number).ok_or(StoreError::FolderNotFound)?;
        let standing = self.standing(viewer, calendar);
        let items = self.items.values().filter(|item| item.folder == id);
        query.answer(items, standing.rights.read, standing.owns_mailbox)
    }
}
