//! The response codes of Exchange Web Services that are modelled, in one table: name, shape, and the
//! words that come with it (domain page A3).
//!
//! The words are this project's; a client decides by the code.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::mailbox::StoreError;

/// How an error reaches the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// No error.
    Success,
    /// The whole request fails: a SOAP fault, with HTTP 500.
    Fault,
    /// One item of the request fails: a response message among others, with HTTP 200.
    Message,
}

macro_rules! codes {
    ($($name:ident: $shape:ident, $words:literal;)*) => {
        /// A response code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ResponseCode {
            $(#[doc = $words] $name,)*
        }
        impl ResponseCode {
            /// Every code, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name: `ErrorImpersonationDenied`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// How it reaches the client.
            pub const fn shape(self) -> Shape {
                match self { $(Self::$name => Shape::$shape,)* }
            }

            /// The words that come with it.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }
        }
    };
}

codes! {
    NoError: Success, "There is no error.";
    // Row 1: the request itself.
    ErrorRequestStreamTooBig: Fault, "The request is larger than the server reads.";
    ErrorSchemaValidation: Fault, "The request is not well-formed, or not of the schema.";
    ErrorInvalidRequest: Fault, "The request asks for nothing that is known.";
    // Row 2: in whose name.
    ErrorMoreThanOneAccessModeSpecified: Fault, "The request names more than one way to act for someone.";
    ErrorInvalidExchangeImpersonationHeaderData: Fault, "The ExchangeImpersonation header does not name exactly one account.";
    ErrorInvalidSerializedAccessToken: Fault, "The security context in the header cannot be read.";
    // Rows 3 to 5: the caller.
    ErrorADUnavailable: Fault, "The directory cannot be reached.";
    ErrorADOperation: Fault, "The directory does not answer what was asked.";
    ErrorImpersonationDenied: Fault, "The account may not impersonate anyone through this server.";
    ErrorTokenSerializationDenied: Fault, "The account may not hand in another account's security context.";
    ErrorProxyRequestNotAllowed: Fault, "The caller may not send proxy requests.";
    // Rows 6 to 9: the account that is to be acted for.
    ErrorInvalidSid: Fault, "The security identifier is not well-formed.";
    ErrorInvalidUserSid: Fault, "No account has this security identifier.";
    ErrorInvalidUserPrincipalName: Fault, "No account has this user principal name.";
    ErrorInvalidSmtpAddress: Fault, "The e-mail address is not well-formed.";
    ErrorNonExistentMailbox: Fault, "No mailbox has this e-mail address.";
    ErrorAccountDisabled: Fault, "The account is disabled.";
    ErrorPasswordExpired: Fault, "The password of the account has expired.";
    ErrorPasswordChangeRequired: Fault, "The password of the account must be changed first.";
    ErrorImpersonateUserDenied: Fault, "The account may not impersonate this user.";
    ErrorImpersonationFailed: Fault, "The user's token could not be made.";
    // Row 10: where the mailbox is.
    ErrorCrossSiteRequest: Fault, "The mailbox is in another site.";
    ErrorNoApplicableProxyCASServersAvailable: Fault, "No Client Access server can be found to handle the request.";
    ErrorProxyServiceDiscoveryFailed: Fault, "It cannot be told which site the mailbox is in.";
    ErrorProxyGroupSidLimitExceeded: Fault, "The user is in too many groups to be handed on.";
    // Row 11: the mailbox.
    ErrorMissingEmailAddress: Message, "The account has no mailbox, and the request names none.";
    ErrorMailboxStoreUnavailable: Message, "The mailbox cannot be opened.";
    ErrorConnectionFailed: Message, "The mailbox server cannot be reached.";
    // Row 12: folders and items.
    ErrorAccessDenied: Message, "Access is denied.";
    ErrorFolderNotFound: Message, "The folder was not found.";
    ErrorItemNotFound: Message, "The item was not found.";
    ErrorInvalidId: Message, "The id is not well-formed.";
    ErrorCreateItemAccessDenied: Message, "No item may be created in this folder.";
    ErrorCreateSubfolderAccessDenied: Message, "No folder may be created in this folder.";
    ErrorCannotDeleteObject: Message, "The item may not be deleted.";
    ErrorFolderExists: Message, "A folder of this name exists.";
    ErrorChangeKeyRequiredForWriteOperations: Message, "A change needs a change key.";
    ErrorStaleObject: Message, "The change key is not the present one.";
    ErrorIrresolvableConflict: Message, "The item has been changed since it was read.";
    ErrorUpdatePropertyMismatch: Message, "The property that is named is not the one that is given.";
    ErrorInvalidPropertySet: Message, "The item has no such property.";
    ErrorInvalidPropertyAppend: Message, "Nothing can be appended to this property.";
    ErrorInvalidPropertyDelete: Message, "This property cannot be deleted.";
    ErrorCalendarEndDateIsEarlierThanStartDate: Message, "The appointment ends before it begins.";
    ErrorInvalidPermissionSettings: Message, "The permission has a level and single rights, or a level that the folder does not have.";
    ErrorDuplicateUserIdsSpecified: Message, "A user stands twice in the permission set.";
    ErrorInvalidUserInfo: Message, "The entry names Default or Anonymous and someone as well.";
    ErrorBatchProcessingStopped: Message, "The request was not carried on after an earlier error.";
    // Free and busy times.
    ErrorMailRecipientNotFound: Message, "No mailbox has this address.";
    ErrorNoFreeBusyAccess: Message, "Nothing of this calendar may be learned.";
    ErrorTimeIntervalTooBig: Message, "The window is longer than 42 days.";
    ErrorInvalidMergedFreeBusyInterval: Message, "The interval is not between 5 minutes and a day.";
    ErrorInvalidFreeBusyViewType: Fault, "The view that is asked for is none.";
    ErrorServiceDiscoveryFailed: Message, "No address space is configured for the recipient's forest.";
    ErrorInvalidCrossForestCredentials: Message, "The other forest does not accept the credentials.";
    ErrorProxyRequestProcessingFailed: Message, "The request could not be handed on.";
}

impl ResponseCode {
    /// The code of this name.
    ///
    /// ```
    /// use forestsim::protocol::ews::{ResponseCode, Shape};
    /// let code = ResponseCode::find("ErrorImpersonateUserDenied").unwrap();
    /// assert_eq!(code.shape(), Shape::Fault);
    /// assert_eq!(ResponseCode::ErrorItemNotFound.shape(), Shape::Message);
    /// ```
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == name)
    }

    /// Whether an item's error of this code ends the whole batch (domain page A3, batch rule).
    pub fn stops_batch(self) -> bool {
        matches!(
            self,
            Self::ErrorAccessDenied
                | Self::ErrorAccountDisabled
                | Self::ErrorADUnavailable
                | Self::ErrorConnectionFailed
                | Self::ErrorMailboxStoreUnavailable
                | Self::ErrorPasswordExpired
                | Self::ErrorPasswordChangeRequired
        )
    }
}

impl fmt::Display for ResponseCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl From<StoreError> for ResponseCode {
    fn from(error: StoreError) -> Self {
        use StoreError as Store;
        match error {
            Store::AccessDenied => Self::ErrorAccessDenied,
            Store::FolderNotFound => Self::ErrorFolderNotFound,
            Store::ItemNotFound => Self::ErrorItemNotFound,
            Store::CreateItemAccessDenied => Self::ErrorCreateItemAccessDenied,
            Store::CreateSubfolderAccessDenied => Self::ErrorCreateSubfolderAccessDenied,
            Store::CannotDeleteObject => Self::ErrorCannotDeleteObject,
            Store::FolderExists => Self::ErrorFolderExists,
            Store::ChangeKeyRequiredForWriteOperations => Self::ErrorChangeKeyRequiredForWriteOperations,
            Store::StaleObject => Self::ErrorStaleObject,
            Store::IrresolvableConflict => Self::ErrorIrresolvableConflict,
            Store::InvalidPropertySet => Self::ErrorInvalidPropertySet,
            Store::InvalidPropertyAppend => Self::ErrorInvalidPropertyAppend,
            Store::InvalidPropertyDelete => Self::ErrorInvalidPropertyDelete,
            Store::CalendarEndDateIsEarlierThanStartDate => Self::ErrorCalendarEndDateIsEarlierThanStartDate,
            Store::InvalidPermissionSettings => Self::ErrorInvalidPermissionSettings,
            Store::DuplicateUserIdsSpecified => Self::ErrorDuplicateUserIdsSpecified,
            Store::NoFreeBusyAccess => Self::ErrorNoFreeBusyAccess,
            Store::TimeIntervalTooBig => Self::ErrorTimeIntervalTooBig,
            Store::InvalidMergedFreeBusyInterval => Self::ErrorInvalidMergedFreeBusyInterval,
        }
    }
}
