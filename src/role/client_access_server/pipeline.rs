//! The decision pipeline of a Client Access server, in one table (domain page A3).
//!
//! No document gives the whole order; where the page marks it as an inference, so it is here. The
//! table says for each row what is checked, by which rule, and with which codes it refuses; `request`
//! goes through the rows from the first to the last, and a refusal must carry a code of its row.

use crate::protocol::ews::ResponseCode::{self, *};
use crate::rule::{self, Rule};

/// A row of the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Row {
    /// The caller authenticates: HTTP 401 otherwise, without a SOAP body.
    Caller,
    /// The request is one.
    Shape,
    /// It names one way to act for someone else, or none.
    AccessMode,
    /// It names its client once.
    Identifier,
    /// The caller is known in the Exchange forest.
    CallerKnown,
    /// The caller may hand in tokens.
    TokenSerialization,
    /// The caller may ask on behalf of another forest.
    OrgWideAccount,
    /// The caller may impersonate here. Before the client is looked up, so that nobody learns who
    /// exists without that right.
    ImpersonateHere,
    /// The client is found.
    Resolves,
    /// The client's account is enabled, and its password in order.
    Usable,
    /// The caller may impersonate this client.
    ImpersonateClient,
    /// The client's token can be made.
    Token,
    /// The mailboxes are in this site, or together in another one.
    Site,
    /// There is a server to hand the request on to.
    ProxyServer,
    /// There is a mailbox.
    Mailbox,
    /// Or it is known where the recipient's forest is asked.
    AddressSpace,
    /// The mailbox is opened.
    Store,
    /// Or the other forest answers.
    Forest,
}

/// What a row checks by, and what it refuses with.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// The row.
    pub row: Row,
    /// The row of the domain page's table.
    pub number: u8,
    /// The rule; none where the network's own rules decide.
    pub rule: Option<&'static Rule>,
    /// The codes with which it refuses.
    pub codes: &'static [ResponseCode],
}

const fn check(row: Row, number: u8, rule: Option<&'static Rule>, codes: &'static [ResponseCode]) -> Check {
    Check { row, number, rule, codes }
}

/// Every row, in the order of the page. A request meets row 10 once the mailboxes of row 11 are found,
/// since they tell the site. Where the directory cannot be reached, each
/// row that asks it refuses with ErrorADUnavailable (row 3).
pub const PIPELINE: [Check; 18] = [
    check(Row::Caller, 0, Some(&rule::CALLER_AUTHENTICATES), &[]),
    check(
        Row::Shape,
        1,
        Some(&rule::REQUEST_SHAPE),
        &[
            ErrorRequestStreamTooBig,
            ErrorSchemaValidation,
            ErrorInvalidRequest,
            ErrorInvalidSerializedAccessToken,
            ErrorInvalidFreeBusyViewType,
            ErrorUpdatePropertyMismatch,
        ],
    ),
    check(Row::AccessMode, 2, Some(&rule::ONE_ACCESS_MODE), &[ErrorMoreThanOneAccessModeSpecified]),
    check(Row::Identifier, 2, Some(&rule::CLIENT_IDENTIFIER), &[ErrorInvalidExchangeImpersonationHeaderData]),
    check(Row::CallerKnown, 4, Some(&rule::CALLER_KNOWN), &[ErrorImpersonationFailed]),
    check(
        Row::TokenSerialization,
        5,
        Some(&rule::TOKEN_SERIALIZATION),
        &[ErrorTokenSerializationDenied, ErrorProxyRequestNotAllowed],
    ),
    check(Row::OrgWideAccount, 5, Some(&rule::ORG_WIDE_ACCOUNT), &[ErrorProxyRequestNotAllowed]),
    check(Row::ImpersonateHere, 5, Some(&rule::MAY_IMPERSONATE_HERE), &[ErrorImpersonationDenied]),
    check(
        Row::Resolves,
        6,
        Some(&rule::CLIENT_RESOLVES),
        &[
            ErrorInvalidSid,
            ErrorInvalidUserSid,
            ErrorInvalidUserPrincipalName,
            ErrorInvalidSmtpAddress,
            ErrorNonExistentMailbox,
        ],
    ),
    check(
        Row::Usable,
        7,
        Some(&rule::CLIENT_USABLE),
        &[ErrorAccountDisabled, ErrorPasswordChangeRequired, ErrorPasswordExpired],
    ),
    check(Row::ImpersonateClient, 8, Some(&rule::MAY_BE_IMPERSONATED), &[ErrorImpersonateUserDenied]),
    check(Row::Token, 9, Some(&rule::CLIENT_TOKEN), &[ErrorImpersonationFailed]),
    check(Row::Site, 10, Some(&rule::HANDED_ON_ONCE), &[ErrorCrossSiteRequest]),
    check(
        Row::ProxyServer,
        10,
        Some(&rule::PROXY_SERVER),
        &[ErrorProxyServiceDiscoveryFailed, ErrorNoApplicableProxyCASServersAvailable],
    ),
    check(
        Row::Mailbox,
        11,
        Some(&rule::CLIENT_HAS_MAILBOX),
        &[ErrorMissingEmailAddress, ErrorNonExistentMailbox, ErrorMailRecipientNotFound],
    ),
    check(Row::AddressSpace, 11, Some(&rule::ADDRESS_SPACE), &[ErrorServiceDiscoveryFailed]),
    check(Row::Store, 11, None, &[ErrorMailboxStoreUnavailable, ErrorConnectionFailed]),
    check(
        Row::Forest,
        11,
        Some(&rule::FOREST_ANSWERS),
        &[ErrorInvalidCrossForestCredentials, ErrorProxyRequestProcessingFailed, ErrorProxyRequestNotAllowed],
    ),
];

impl Row {
    /// The row's line in the table.
    pub fn check(self) -> &'static Check {
        let found = PIPELINE.iter().find(|check| check.row == self);
        found.expect("the table has a line for every row, as its test shows")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ews::Shape;

    #[test]
    fn the_table_has_each_row_once_and_in_the_pages_order() {
        for pair in PIPELINE.windows(2) {
            assert!(pair[0].row < pair[1].row && pair[0].number <= pair[1].number, "{pair:?}");
        }
        assert_eq!(Row::Forest.check().row, Row::Forest);
    }

    #[test]
    fn what_concerns_the_whole_request_is_a_fault() {
        for check in PIPELINE.iter().filter(|check| (2..=10).contains(&check.number)) {
            assert!(check.codes.iter().all(|code| code.shape() == Shape::Fault), "{check:?}");
        }
        for code in Row::Store.check().codes {
            assert_eq!(code.shape(), Shape::Message);
        }
    }
}
