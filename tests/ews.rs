//! Exchange Web Services as text: what is written is what real clients and servers write, it is read
//! back as it was, and nothing that is no request makes the reader fail in another way than by a code.

use forestsim::mailbox::*;
use forestsim::protocol::ews::*;
use forestsim::time::{Span, VirtualTime};
use proptest::prelude::*;

fn mailbox() -> MailboxId {
    MailboxId("5b6f3a52-0000-4000-8000-000000000001".parse().unwrap())
}

fn talk() -> NewItem {
    let start = VirtualTime::from_micros(0);
    let stamp = Stamp { start, end: start + Span::hours(1), location: "A & B <1>".into(), busy: Busy::Busy };
    NewItem { appointment: Some(stamp), private: true, ..NewItem::message("Talk \"one\"", "  text\n ") }
}

fn operations() -> Vec<Operation> {
    let inbox = || FolderRef::distinguished(WellKnownFolder::Inbox, None);
    let theirs = FolderRef::distinguished(WellKnownFolder::Calendar, Some("a@corp.example".into()));
    let folder =
        FolderRef::Id { id: FolderId { mailbox: mailbox(), number: 9 }, change_key: Some(ChangeKey(3)) };
    let id = ItemId { mailbox: mailbox(), number: 7 };
    let changes = vec![
        FieldChange::Subject("new".into()),
        FieldChange::Location("room".into()),
        FieldChange::Start(VirtualTime::from_micros(60_000_000)),
        FieldChange::Busy(Busy::OutOfOffice),
        FieldChange::Append(Field::Body, "more".into()),
        FieldChange::Delete(Field::Location),
    ];
    let additional = vec![Field::Body, Field::EffectiveRights];
    let shape = ItemShape { base: BaseShape::Default, additional };
    let permission = |user, level, rights| WrittenPermission { user, level, rights };
    let permissions = vec![
        permission(UserId::Default, Level::None, None),
        permission(UserId::PrimarySmtpAddress("team@corp.example".into()), Level::Editor, None),
        permission(
            UserId::Sid("S-1-5-21-1-2-3-1104".parse().unwrap()),
            Level::Custom,
            Level::Author.rights(),
        ),
    ];
    vec![
        Operation::GetFolder { folders: vec![inbox(), theirs.clone(), folder.clone()] },
        Operation::FindFolder { parent: theirs.clone() },
        Operation::FindItem { shape: ItemShape::IDS, folder: folder.clone() },
        Operation::GetItem { shape, items: vec![id] },
        Operation::CreateItem { folder: theirs, items: vec![talk(), NewItem::message("m", "")] },
        Operation::UpdateItem {
            changes: vec![ItemChange { id, change_key: Some(ChangeKey(1)), changes }],
            resolution: ConflictResolution::AutoResolve,
        },
        Operation::DeleteItem { items: vec![(id, None), (id, Some(ChangeKey(2)))], for_good: false },
        Operation::CreateFolder { parent: inbox(), folders: vec![("TeamWork".into(), FolderClass::Mail)] },
        Operation::UpdateFolder { folder, class: FolderClass::Calendar, permissions },
        Operation::GetUserAvailability {
            mailboxes: vec!["m@secure.example".into()],
            query: FreeBusyQuery {
                start: VirtualTime::from_micros(0),
                end: VirtualTime::from_micros(0) + Span::days(1),
                interval: 30,
                view: ViewKind::Detailed,
            },
        },
    ]
}

fn headers() -> Vec<Header> {
    let context = ProxySecurityContext {
        user: "S-1-5-21-1-2-3-1104".parse().unwrap(),
        groups: vec!["S-1-5-21-1-2-3-513".parse().unwrap()],
        name: r"CORP\anna".into(),
    };
    let two =
        vec![ConnectingId::Sid("S-1-5-21-1-2-3-4".into()), ConnectingId::PrimarySmtpAddress("a@b".into())];
    let serialized =
        AccessMode::SerializedSecurityContext { user: "S-1-5-18".into(), groups: vec!["S-1-1-0".into()] };
    let of = |access| Header { access, ..Header::default() };
    vec![
        Header::default(),
        Header::impersonating(ConnectingId::PrincipalName("anna@corp.example".into())),
        of(vec![AccessMode::ExchangeImpersonation(two), serialized]),
        of(vec![AccessMode::ProxySecurityContext(context)]),
        of(vec![AccessMode::ExchangeImpersonation(Vec::new())]),
    ]
}

#[test]
fn every_request_is_read_as_it_was_written() {
    for header in headers() {
        for operation in operations() {
            let request = Request { header: header.clone(), operation };
            let text = request.to_soap();
            assert_eq!(read_request(&text).as_ref(), Ok(&request), "{text}");
        }
    }
}

#[test]
fn every_answer_is_read_as_it_was_written() {
    let mut mailbox = Mailbox::new(mailbox(), "S-1-5-21-1-2-3-1104".parse().unwrap());
    let owner = forestsim::directory::AccessToken::new(mailbox.owner(), []);
    let calendar = FolderName::WellKnown(WellKnownFolder::Calendar);
    let item = mailbox.create_item(Some(&owner), calendar, &talk()).unwrap();
    let folders = mailbox.find_folder(Some(&owner));
    let start = VirtualTime::from_micros(0);
    let query = FreeBusyQuery { start, end: start + Span::days(1), interval: 60, view: ViewKind::Detailed };
    let view = mailbox.free_busy(Some(&owner), &query).unwrap();
    let answers = [
        (
            "GetFolder",
            vec![Ok(Payload::Folders(folders[..1].to_vec())), Err(ResponseCode::ErrorFolderNotFound.into())],
        ),
        ("FindFolder", vec![Ok(Payload::Folders(folders))]),
        ("FindItem", vec![Ok(Payload::Items(vec![item.clone()]))]),
        ("GetItem", vec![Ok(Payload::Items(vec![item.clone()]))]),
        ("GetItem", vec![Ok(Payload::Items(vec![ItemShape::IDS.of(item)]))]),
        ("DeleteItem", vec![Ok(Payload::Done), Err(ResponseCode::ErrorBatchProcessingStopped.into())]),
        (
            "GetUserAvailability",
            vec![Ok(Payload::FreeBusy(view)), Err(ResponseCode::ErrorNoFreeBusyAccess.into())],
        ),
    ];
    for (operation, messages) in answers {
        let answer = Answer::Reply(Reply { operation: operation.to_owned(), messages });
        let text = answer.to_soap();
        assert_eq!(read_answer(&text).as_ref(), Ok(&answer), "{text}");
    }
    for code in ResponseCode::ALL.iter().copied().filter(|code| code.shape() == Shape::Fault) {
        let answer = Answer::Fault(Fault::new(code));
        assert_eq!((answer.status(), read_answer(&answer.to_soap())), (500, Ok(answer)));
    }
}

#[test]
fn an_item_is_shown_in_the_shape_that_is_asked_for() {
    let mut mailbox = Mailbox::new(mailbox(), "S-1-5-21-1-2-3-1104".parse().unwrap());
    let owner = forestsim::directory::AccessToken::new(mailbox.owner(), []);
    let mut made = |folder, new: &NewItem| {
        let view = mailbox.create_item(Some(&owner), FolderName::WellKnown(folder), new);
        view.unwrap()
    };
    let message = made(WellKnownFolder::Inbox, &NewItem::message("Plan", "draft"));
    let talk = made(WellKnownFolder::Calendar, &talk());
    let elements = |item: &ItemView, base, additional: &[Field]| {
        let shape = ItemShape { base, additional: additional.to_vec() };
        let payload = Payload::Items(vec![shape.of(item.clone())]);
        let reply = Reply { operation: "GetItem".into(), messages: vec![Ok(payload)] };
        let text = Answer::Reply(reply).to_soap();
        let known = ["ItemId", "ParentFolderId", "ItemClass", "Subject", "Sensitivity", "Body"];
        let known =
            known.into_iter().chain(["EffectiveRights", "Start", "End", "LegacyFreeBusyStatus", "Location"]);
        known.filter(|name| text.contains(&format!("<t:{name}"))).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(elements(&message, BaseShape::IdOnly, &[]), "ItemId");
    assert_eq!(elements(&talk, BaseShape::IdOnly, &[Field::Location]), "ItemId Location");
    assert_eq!(elements(&message, BaseShape::Default, &[]), "ItemId Subject Sensitivity Body");
    let default = "ItemId Subject Start End LegacyFreeBusyStatus Location";
    assert_eq!(elements(&talk, BaseShape::Default, &[]), default);
    let all = "ItemId ParentFolderId ItemClass Subject Sensitivity Body EffectiveRights";
    assert_eq!(elements(&message, BaseShape::AllProperties, &[Field::Start]), all);
    let all = format!("{all} Start End LegacyFreeBusyStatus Location");
    assert_eq!(elements(&talk, BaseShape::AllProperties, &[]), all);
}

#[test]
fn a_request_written_by_another_client_is_read() {
    // As exchangelib writes it: other prefixes, a declaration, elements that say nothing here.
    let text = r#"<?xml version='1.0' encoding='utf-8'?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"
    xmlns:a="http://schemas.microsoft.com/exchange/services/2006/messages"
    xmlns:b="http://schemas.microsoft.com/exchange/services/2006/types">
  <s:Header>
    <b:RequestServerVersion Version="Exchange2013_SP1"/>
    <b:ExchangeImpersonation><b:ConnectingSID>
      <b:PrimarySmtpAddress>anna@corp.example</b:PrimarySmtpAddress>
    </b:ConnectingSID></b:ExchangeImpersonation>
    <b:TimeZoneContext><b:TimeZoneDefinition Id="UTC"/></b:TimeZoneContext>
  </s:Header>
  <s:Body><a:GetFolder>
    <a:FolderShape><b:BaseShape>IdOnly</b:BaseShape></a:FolderShape>
    <a:FolderIds><b:DistinguishedFolderId Id="inbox"><b:Mailbox>
      <b:EmailAddress>anna@corp.example</b:EmailAddress><b:RoutingType>SMTP</b:RoutingType>
    </b:Mailbox></b:DistinguishedFolderId></a:FolderIds>
  </a:GetFolder></s:Body>
</s:Envelope>"#;
    let who = ConnectingId::PrimarySmtpAddress("anna@corp.example".into());
    let folder = FolderRef::distinguished(WellKnownFolder::Inbox, Some("anna@corp.example".into()));
    let wanted = Request {
        header: Header::impersonating(who),
        operation: Operation::GetFolder { folders: vec![folder] },
    };
    assert_eq!(read_request(text), Ok(wanted));
}

#[test]
fn each_slip_in_a_request_has_its_code() {
    let inbox = FolderRef::distinguished(WellKnownFolder::Inbox, None);
    let good = Request::own(Operation::FindItem { shape: ItemShape::ALL, folder: inbox }).to_soap();
    let code = |text: &str| read_request(text).unwrap_err().code;
    assert_eq!(code(&good[..good.len() / 2]), ResponseCode::ErrorSchemaValidation);
    assert_eq!(code(&good.replace("\"inbox\"", "\"inbux\"")), ResponseCode::ErrorSchemaValidation);
    assert_eq!(code(&good.replace("m:FindItem", "m:FindNothing")), ResponseCode::ErrorInvalidRequest);
    assert_eq!(code(&good.replace("soap:Body", "soap:Soul")), ResponseCode::ErrorInvalidRequest);
    assert_eq!(code("<!DOCTYPE x []><x/>"), ResponseCode::ErrorSchemaValidation);
    let subject = Operation::UpdateItem {
        changes: vec![ItemChange {
            id: ItemId { mailbox: mailbox(), number: 1 },
            change_key: None,
            changes: vec![FieldChange::Subject("x".into())],
        }],
        resolution: ConflictResolution::AutoResolve,
    };
    let other = Request::own(subject).to_soap().replace("item:Subject", "item:Body");
    assert_eq!(code(&other), ResponseCode::ErrorUpdatePropertyMismatch);
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(at in 0usize..2000, with in "\\PC{0,3}", operation in 0usize..10) {
        let mut text = Request::own(operations().swap_remove(operation)).to_soap();
        let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
        text.insert_str(at, &with);
        let _ = read_request(&text);
        let _ = read_answer(&text);
    }
}
