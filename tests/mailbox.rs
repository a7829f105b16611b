//! The mailbox store against a reference that shares no code with it: the table of levels as people
//! print it, and for each operation the answer that follows from it.

use forestsim::directory::{AccessToken, Sid};
use forestsim::mailbox::{
    Busy, ConflictResolution, FieldChange, FolderClass, FolderName, FreeBusyQuery, ItemId, Level, Mailbox,
    MailboxId, NewItem, Permission, PermissionUser, Rights, Scope, Stamp, StoreError, ViewKind,
    WellKnownFolder,
};
use forestsim::time::{Span, VirtualTime};
use proptest::prelude::*;

/// Level, create, subfolders, owner, visible, edit, delete, read.
const TABLE: [(&str, Level, [&str; 7]); 9] = [
    ("None", Level::None, ["-", "-", "-", "-", "None", "None", "None"]),
    ("Owner", Level::Owner, ["y", "y", "y", "y", "All", "All", "Full"]),
    ("PublishingEditor", Level::PublishingEditor, ["y", "y", "-", "y", "All", "All", "Full"]),
    ("Editor", Level::Editor, ["y", "-", "-", "y", "All", "All", "Full"]),
    ("PublishingAuthor", Level::PublishingAuthor, ["y", "y", "-", "y", "Owned", "Owned", "Full"]),
    ("Author", Level::Author, ["y", "-", "-", "y", "Owned", "Owned", "Full"]),
    ("NoneditingAuthor", Level::NoneditingAuthor, ["y", "-", "-", "y", "None", "Owned", "Full"]),
    ("Reviewer", Level::Reviewer, ["-", "-", "-", "y", "None", "None", "Full"]),
    ("Contributor", Level::Contributor, ["y", "-", "-", "y", "None", "None", "None"]),
];

/// The words of a row that several rows grant together.
fn together(rows: &[[&'static str; 7]]) -> [&'static str; 7] {
    const ORDER: [&str; 6] = ["-", "None", "y", "Owned", "All", "Full"];
    let rank = |word: &&str| ORDER.iter().position(|one| one == word);
    std::array::from_fn(|column| rows.iter().map(|row| row[column]).max_by_key(rank).unwrap_or("-"))
}

fn domain() -> Sid {
    "S-1-5-21-1-2-3".parse().unwrap()
}

fn token(rid: u32, groups: &[u32]) -> AccessToken {
    AccessToken::new(domain().with_rid(rid), groups.iter().map(|rid| domain().with_rid(*rid)))
}

fn mailbox_of(owner: u32) -> Mailbox {
    let id = MailboxId("5b6f3a52-0000-4000-8000-000000000001".parse().unwrap());
    Mailbox::new(id, domain().with_rid(owner))
}

const OWNER: u32 = 1100;
const VIEWER: u32 = 1101;
const OTHER: u32 = 1102;
const GROUPS: [u32; 3] = [1200, 1201, 1202];

/// What the folder grants to whom: by row of the table.
#[derive(Debug, Clone)]
struct Grants {
    own: Option<usize>,
    groups: [Option<usize>; 3],
    default: Option<usize>,
    member_of: [bool; 3],
}

impl Grants {
    fn permissions(&self) -> Vec<Permission> {
        let sid = |rid| PermissionUser::Sid(domain().with_rid(rid));
        let groups = GROUPS.iter().zip(self.groups).map(|(rid, row)| (sid(*rid), row));
        let all = groups.chain([(sid(VIEWER), self.own), (PermissionUser::Default, self.default)]);
        all.filter_map(|(user, row)| Some(Permission::level(user, TABLE[row?].1))).collect()
    }

    fn token(&self) -> AccessToken {
        let groups: Vec<u32> = (0..3).filter(|at| self.member_of[*at]).map(|at| GROUPS[at]).collect();
        token(VIEWER, &groups)
    }

    /// The reference: one's own entry, or else those of one's groups together, or else everybody's.
    fn row(&self) -> [&'static str; 7] {
        let mine: Vec<_> = (0..3).filter(|at| self.member_of[*at]).filter_map(|at| self.groups[at]).collect();
        match (self.own, mine.as_slice(), self.default) {
            (Some(row), ..) => TABLE[row].2,
            (None, [], Some(row)) => TABLE[row].2,
            (None, [], None) => TABLE[0].2,
            (None, rows, _) => together(&rows.iter().map(|row| TABLE[*row].2).collect::<Vec<_>>()),
        }
    }
}

fn grants() -> impl Strategy<Value = Grants> {
    let row = || proptest::option::of(0..TABLE.len());
    (row(), [row(), row(), row()], row(), any::<[bool; 3]>())
        .prop_map(|(own, groups, default, member_of)| Grants { own, groups, default, member_of })
}

fn same<T: std::fmt::Debug>(got: Result<T, StoreError>, wanted: Result<(), StoreError>) {
    assert_eq!(got.map(|_| ()), wanted);
}

proptest! {
    #[test]
    fn every_operation_answers_as_the_table_says(grants in grants(), made_by_viewer in any::<bool>(), by_id in any::<bool>()) {
        let mut mailbox = mailbox_of(OWNER);
        let inbox = mailbox.well_known(WellKnownFolder::Inbox);
        let owner = token(OWNER, &[]);
        let open = [Permission::level(PermissionUser::Default, Level::Author)];
        mailbox.update_folder(Some(&owner), FolderName::Id(inbox), None, &open).unwrap();
        let creator = if made_by_viewer { token(VIEWER, &[]) } else { token(OTHER, &[]) };
        let item = mailbox.create_item(Some(&creator), FolderName::Id(inbox), &NewItem::message("a", "b")).unwrap().id;
        mailbox.update_folder(Some(&owner), FolderName::Id(inbox), None, &grants.permissions()).unwrap();

        let token = grants.token();
        let viewer = Some(&token);
        let name = if by_id { FolderName::Id(inbox) } else { FolderName::WellKnown(WellKnownFolder::Inbox) };
        let [create, subfolders, owns, visible, edit, delete, read] = grants.row();
        let mine = |word: &str| word == "All" || (word == "Owned" && made_by_viewer);
        // What may not be seen is not found by its id; a name that every mailbox has is denied.
        let unless = |granted: bool, denied: StoreError| match (granted && visible == "y", by_id && visible != "y") {
            (true, _) => Ok(()),
            (false, true) => Err(StoreError::FolderNotFound),
            (false, false) => Err(denied),
        };
        let known = read == "Full" || mine(edit) || mine(delete);
        let item_unless = |granted: bool, denied: StoreError| match (known, granted) {
            (false, _) => Err(StoreError::ItemNotFound),
            (true, true) => Ok(()),
            (true, false) => Err(denied),
        };

        same(mailbox.get_folder(viewer, name), unless(true, StoreError::AccessDenied));
        prop_assert_eq!(mailbox.find_folder(viewer).iter().any(|folder| folder.id == inbox), visible == "y");
        same(mailbox.find_item(viewer, name), unless(read == "Full", StoreError::AccessDenied));
        same(mailbox.get_item(viewer, item), if read == "Full" { Ok(()) } else { Err(StoreError::ItemNotFound) });
        let new = NewItem::message("new", "");
        same(mailbox.clone().create_item(viewer, name, &new), unless(create == "y", StoreError::CreateItemAccessDenied));
        let made = mailbox.clone().create_folder(viewer, name, "below", FolderClass::Mail);
        same(made, unless(subfolders == "y", StoreError::CreateSubfolderAccessDenied));
        let set = mailbox.clone().update_folder(viewer, name, None, &[]);
        same(set, unless(owns == "y", StoreError::AccessDenied));
        let change = [FieldChange::Subject("c".into())];
        let key = Some(forestsim::mailbox::ChangeKey(1));
        let changed = mailbox.clone().update_item(viewer, item, key, &change, ConflictResolution::NeverOverwrite);
        same(changed, item_unless(mine(edit), StoreError::AccessDenied));
        let deleted = mailbox.clone().delete_item(viewer, item, None, true);
        same(deleted, item_unless(mine(delete), StoreError::CannotDeleteObject));

        if let Ok(folder) = mailbox.get_folder(viewer, name) {
            let rights = folder.rights;
            prop_assert_eq!(rights.create_contents, create == "y");
            prop_assert_eq!(rights.create_hierarchy, subfolders == "y");
            prop_assert_eq!(rights.read, read == "Full");
            prop_assert_eq!((rights.modify, folder.permissions.is_some()), (owns == "y", owns == "y"));
            prop_assert!(!rights.view_private_items);
        }
        if let Ok(item) = mailbox.get_item(viewer, item) {
            let rights = item.rights.unwrap();
            prop_assert_eq!((rights.modify, rights.delete), (mine(edit), mine(delete)));
        }
    }

    #[test]
    fn a_change_that_another_overtook_goes_as_the_client_asked(
        mine in proptest::collection::vec(any::<bool>(), 1..4),
        theirs in proptest::collection::vec(any::<bool>(), 0..4),
        resolution in prop_oneof![
            Just(ConflictResolution::NeverOverwrite),
            Just(ConflictResolution::AutoResolve),
            Just(ConflictResolution::AlwaysOverwrite),
        ],
    ) {
        let change = |subject: &bool| match subject {
            true => FieldChange::Subject("x".into()),
            false => FieldChange::Body("x".into()),
        };
        let mut mailbox = mailbox_of(OWNER);
        let owner = token(OWNER, &[]);
        let inbox = FolderName::WellKnown(WellKnownFolder::Inbox);
        let read = mailbox.create_item(Some(&owner), inbox, &NewItem::message("a", "b")).unwrap();
        let mut key = read.change_key;
        for one in &theirs {
            let done = mailbox.update_item(Some(&owner), read.id, Some(key), &[change(one)], ConflictResolution::NeverOverwrite);
            key = done.unwrap().change_key;
        }
        let changes: Vec<_> = mine.iter().map(change).collect();
        let got = mailbox.update_item(Some(&owner), read.id, Some(read.change_key), &changes, resolution);
        let clash = mine.iter().any(|one| theirs.contains(one));
        let fails = match resolution {
            ConflictResolution::NeverOverwrite => !theirs.is_empty(),
            ConflictResolution::AutoResolve => clash,
            ConflictResolution::AlwaysOverwrite => false,
        };
        prop_assert_eq!(got.map(|_| ()), if fails { Err(StoreError::IrresolvableConflict) } else { Ok(()) });
    }

    #[test]
    fn free_and_busy_times_are_those_of_the_minutes(
        events in proptest::collection::vec((0i64..600, 1i64..120, 0usize..4), 0..6),
        interval in 5u32..90,
    ) {
        const KINDS: [Busy; 4] = [Busy::Free, Busy::Tentative, Busy::Busy, Busy::OutOfOffice];
        let start = VirtualTime::from_micros(0);
        let at = |minute: i64| start + Span::minutes(minute);
        let mut mailbox = mailbox_of(OWNER);
        let owner = token(OWNER, &[]);
        for (from, length, kind) in &events {
            let stamp = Stamp { start: at(*from), end: at(from + length), location: "here".into(), busy: KINDS[*kind] };
            let new = NewItem { appointment: Some(stamp), ..NewItem::message("secret", "") };
            mailbox.create_item(Some(&owner), FolderName::WellKnown(WellKnownFolder::Calendar), &new).unwrap();
        }
        let query = FreeBusyQuery { start, end: at(600), interval, view: ViewKind::Detailed };
        let stranger = token(OTHER, &[]);
        let seen = mailbox.free_busy(Some(&stranger), &query).unwrap();
        // The reference paints minute by minute.
        let mut minutes = vec![0usize; 720 + 90];
        for (from, length, kind) in &events {
            for minute in *from..from + length {
                let minute = &mut minutes[usize::try_from(minute).unwrap()];
                *minute = (*minute).max(*kind);
            }
        }
        let step = usize::try_from(interval).unwrap();
        let painted: String = (0..600).step_by(step).map(|from| minutes[from..from + step].iter().max().unwrap().to_string()).collect();
        prop_assert_eq!(&seen.merged, &painted);
        // Everybody learns when by default, and nobody what.
        prop_assert_eq!(seen.kind, ViewKind::FreeBusy);
        prop_assert!(seen.events.iter().all(|event| event.details.is_none()));
        let own = mailbox.free_busy(Some(&owner), &query).unwrap();
        prop_assert!(own.events.iter().all(|event| event.details.is_some()));
        prop_assert_eq!(mailbox.free_busy(None, &query).unwrap_err(), StoreError::NoFreeBusyAccess);
    }
}

#[test]
fn the_levels_are_those_of_the_table() {
    for (name, level, words) in TABLE {
        let rights = level.rights().unwrap();
        let yes = |word: &str| word == "y";
        let [create, subfolders, owner, visible, edit, delete, read] = words;
        assert_eq!(format!("{level:?}"), name);
        assert_eq!(
            (rights.create_items, rights.create_subfolders, rights.owner, rights.visible),
            (yes(create), yes(subfolders), yes(owner), yes(visible))
        );
        assert_eq!(
            (format!("{:?}", rights.edit), format!("{:?}", rights.delete)),
            (edit.into(), delete.into())
        );
        assert_eq!(format!("{:?}", rights.read).trim_end_matches("Details"), read);
        assert_eq!((rights.contact, rights.level()), (name == "Owner", level));
    }
    assert_eq!(Level::Custom.rights(), None);
    let mix = Rights { edit: Scope::All, ..Level::Reviewer.rights().unwrap() };
    assert_eq!(mix.level(), Level::Custom);
}

#[test]
fn a_permission_set_that_contradicts_itself_is_refused() {
    let mut mailbox = mailbox_of(OWNER);
    let owner = token(OWNER, &[]);
    let inbox = FolderName::WellKnown(WellKnownFolder::Inbox);
    let user = PermissionUser::Default;
    let mut set = |permissions: &[Permission]| {
        mailbox.update_folder(Some(&owner), inbox, None, permissions).map(|_| ()).unwrap_err()
    };
    let reviewer = Permission::level(user, Level::Reviewer);
    let both = Permission { rights: Some(Rights::NONE), ..reviewer };
    assert_eq!(set(&[both]), StoreError::InvalidPermissionSettings);
    assert_eq!(set(&[Permission::level(user, Level::Custom)]), StoreError::InvalidPermissionSettings);
    assert_eq!(
        set(&[Permission::level(user, Level::FreeBusyTimeOnly)]),
        StoreError::InvalidPermissionSettings
    );
    assert_eq!(set(&[reviewer, reviewer]), StoreError::DuplicateUserIdsSpecified);
}

#[test]
fn what_is_private_stays_with_the_owner_of_the_mailbox() {
    let mut mailbox = mailbox_of(OWNER);
    let (owner, friend) = (token(OWNER, &[]), token(OTHER, &[]));
    let inbox = FolderName::WellKnown(WellKnownFolder::Inbox);
    let editor = Permission::level(PermissionUser::Sid(friend.user), Level::Editor);
    mailbox.update_folder(Some(&owner), inbox, None, &[editor]).unwrap();
    let private = NewItem { private: true, ..NewItem::message("diagnosis", "") };
    let id: ItemId = mailbox.create_item(Some(&owner), inbox, &private).unwrap().id;
    assert!(mailbox.find_item(Some(&friend), inbox).unwrap().is_empty());
    assert_eq!(mailbox.get_item(Some(&friend), id), Err(StoreError::ItemNotFound));
    assert_eq!(mailbox.delete_item(Some(&friend), id, None, true), Err(StoreError::ItemNotFound));
    assert!(mailbox.get_item(Some(&owner), id).unwrap().rights.unwrap().view_private_items);
}

#[test]
fn changes_are_made_all_or_none_and_need_a_key() {
    let mut mailbox = mailbox_of(OWNER);
    let owner = token(OWNER, &[]);
    let calendar = FolderName::WellKnown(WellKnownFolder::Calendar);
    let at = |minute| VirtualTime::from_micros(0) + Span::minutes(minute);
    let stamp = Stamp { start: at(0), end: at(60), location: "Room 1".into(), busy: Busy::Busy };
    let talk = NewItem { appointment: Some(stamp), ..NewItem::message("talk", "") };
    let made = mailbox.create_item(Some(&owner), calendar, &talk).unwrap();
    let mut update = |key, changes: &[FieldChange]| {
        mailbox.update_item(Some(&owner), made.id, key, changes, ConflictResolution::AlwaysOverwrite)
    };
    let move_room = FieldChange::Location("Room 2".into());
    let missing = StoreError::ChangeKeyRequiredForWriteOperations;
    assert_eq!(update(None, std::slice::from_ref(&move_room)), Err(missing));
    // The start may be set without the end, as long as it stays before it.
    let late = [move_room.clone(), FieldChange::Start(at(90))];
    let ends_first = StoreError::CalendarEndDateIsEarlierThanStartDate;
    assert_eq!(update(Some(made.change_key), &late), Err(ends_first));
    let view = update(Some(made.change_key), &[FieldChange::Start(at(30))]).unwrap();
    assert_eq!((view.start, view.location.as_deref()), (Some(at(30)), Some("Room 1")));
}
