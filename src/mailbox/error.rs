//! Why an operation on a mailbox fails.
//!
//! What someone may not see is not there for them: the store says "not found" of both. The variants
//! are named as the response codes of Exchange Web Services that they become (domain page A3).

/// Why an operation on a mailbox fails.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, thiserror::Error,
)]
pub enum StoreError {
    /// The right for it is missing.
    #[error("access is denied")]
    AccessDenied,
    /// There is no such folder, or it may not be seen.
    #[error("the folder is not there")]
    FolderNotFound,
    /// There is no such item, or it may not be seen.
    #[error("the item is not there")]
    ItemNotFound,
    /// No items may be made in the folder.
    #[error("no item may be created in the folder")]
    CreateItemAccessDenied,
    /// No folders may be made in the folder.
    #[error("no folder may be created in the folder")]
    CreateSubfolderAccessDenied,
    /// The item may not be deleted.
    #[error("the item may not be deleted")]
    CannotDeleteObject,
    /// The folder has a folder of this name already.
    #[error("a folder of this name is there already")]
    FolderExists,
    /// A change came without a change key.
    #[error("a change needs the change key of what is changed")]
    ChangeKeyRequiredForWriteOperations,
    /// The change key is not that of the present state.
    #[error("the change key is not the present one")]
    StaleObject,
    /// Someone else has changed the same in the meantime.
    #[error("someone else has changed the item since it was read")]
    IrresolvableConflict,
    /// The property does not belong to items of this class.
    #[error("the item has no such property")]
    InvalidPropertySet,
    /// Nothing can be added at the end of this property.
    #[error("nothing can be appended to this property")]
    InvalidPropertyAppend,
    /// The item cannot be without this property.
    #[error("the item cannot be without this property")]
    InvalidPropertyDelete,
    /// The appointment would end before it begins.
    #[error("the appointment ends before it begins")]
    CalendarEndDateIsEarlierThanStartDate,
    /// A level and single rights together, a level that is not this folder's, or Custom alone.
    #[error("the permission has a level with single rights, or a level that the folder does not have")]
    InvalidPermissionSettings,
    /// A user stands twice in a permission set.
    #[error("a user stands twice in the permission set")]
    DuplicateUserIdsSpecified,
    /// Nothing of the calendar may be learned.
    #[error("nothing of the calendar may be learned")]
    NoFreeBusyAccess,
    /// The window is longer than 42 days.
    #[error("the window is longer than 42 days")]
    TimeIntervalTooBig,
    /// The interval of the merged view is shorter than 5 minutes or longer than a day.
    #[error("the interval is not between 5 minutes and a day")]
    InvalidMergedFreeBusyInterval,
}
