//! Exchange Web Services judged by exchangelib, a client that shares no code with forestsim: it is
//! served what runs export, must read of it what forestsim's own reader reads, and must raise the
//! exception that bears the name of each error. What it asks in turn, forestsim must be able to read.
//!
//! Where exchangelib is not installed, the tests say so and pass over it. `.ci/run` installs it.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin_cmd;
use forestsim::mailbox::{FolderClass, FolderView, FreeBusyView, ItemClass, ItemView};
use forestsim::protocol::ews::*;
use serde_json::{Map, Value, json};

/// Where `.ci/run` puts a Python with exchangelib.
const PYTHON: &str = "target/exchangelib/bin/python";
const JUDGE: &str = "tests/exchangelib/judge.py";

/// Scenarios with every operation, and with errors of both shapes.
const SCENARIOS: [&str; 5] = [
    "shared-folder",
    "free-busy",
    "web-portal-refused",
    "attacks/01-neither-right",
    "attacks/08-disabled-account",
];

fn installed() -> bool {
    let found = Command::new(PYTHON).arg("--version").output().is_ok();
    if !found {
        println!("skipped: {PYTHON} is not installed");
    }
    found
}

/// Every answer of Exchange that a run of the scenario exports.
fn exported(scenario: &str) -> Vec<Answer> {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("scenarios/impersonation/{scenario}.yaml");
    cargo_bin_cmd!("forestsim").args(["run", &file, "--export"]).arg(folder.path()).assert().success();
    let mut paths: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let is_envelope =
        |path: &&std::path::PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with("ews-");
    let answers = paths.iter().filter(is_envelope).filter_map(|path: &std::path::PathBuf| read(path));
    answers.collect()
}

/// The answer in a file; none where it is a request.
fn read(path: &Path) -> Option<Answer> {
    read_answer(&std::fs::read_to_string(path).unwrap()).ok()
}

/// What exchangelib made of an answer, and how it had asked for it.
struct Judged {
    items: Vec<Value>,
    request: String,
}

/// The operation that is answered. A fault does not say; then it is one that is asked for most.
fn operation(answer: &Answer) -> &str {
    match answer {
        Answer::Reply(reply) => &reply.operation,
        Answer::Fault(_) => "GetItem",
    }
}

fn judged(answers: &[Answer]) -> Vec<Judged> {
    let asked: Vec<Value> = answers
        .iter()
        .map(|answer| {
            let count = if let Answer::Reply(reply) = answer { reply.messages.len() } else { 1 };
            json!({
                "status": answer.status(), "text": answer.to_soap(),
                "operation": operation(answer), "count": count,
            })
        })
        .collect();
    let mut python = Command::new(PYTHON);
    let mut running = python.arg(JUDGE).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let asked = json!({ "item": item(), "answers": asked }).to_string();
    running.stdin.take().unwrap().write_all(asked.as_bytes()).unwrap();
    let output = running.wait_with_output().unwrap();
    assert!(output.status.success(), "the judge itself fails");
    let told: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let judged = told.into_iter().map(|one| Judged {
        items: one["items"].as_array().unwrap().clone(),
        request: one["request"].as_str().unwrap().to_owned(),
    });
    judged.collect()
}

/// What forestsim's own reader finds in an answer, in the words of the judge.
fn expected(answer: &Answer) -> Vec<Value> {
    let reply = match answer {
        Answer::Fault(fault) => return vec![json!({ "error": fault.code.as_str() })],
        Answer::Reply(reply) => reply,
    };
    let writes = ["CreateItem", "UpdateItem"].contains(&reply.operation.as_str());
    let told = reply.messages.iter().flat_map(|message| match message {
        Err(error) => vec![json!({ "error": error.code.as_str() })],
        Ok(Payload::Done) => vec![json!({})],
        Ok(Payload::Folders(all)) => all.iter().map(folder).collect(),
        // Of what it has written, exchangelib reads the ids alone.
        Ok(Payload::Items(all)) if writes => all
            .iter()
            .map(|item| json!({ "id": item.id.to_string(), "changekey": item.change_key.to_string() }))
            .collect(),
        Ok(Payload::Items(all)) => all.iter().map(shown).collect(),
        Ok(Payload::FreeBusy(view)) => vec![free_busy(view)],
    });
    told.collect()
}

fn texts<const N: usize>(all: [(&str, Option<String>); N]) -> Value {
    let told = all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::String(value?))));
    Value::Object(told.collect::<Map<_, _>>())
}

fn moment(time: forestsim::time::VirtualTime) -> String {
    time.to_string().replace('Z', "+00:00")
}

fn flag(value: bool) -> String {
    if value { "True" } else { "False" }.to_owned()
}

fn shown(item: &ItemView) -> Value {
    let class = |class| match class {
        ItemClass::Message => "IPM.Note".to_owned(),
        ItemClass::Appointment => "IPM.Appointment".to_owned(),
    };
    texts([
        ("id", Some(item.id.to_string())),
        ("changekey", Some(item.change_key.to_string())),
        ("item_class", item.item_class.map(class)),
        ("subject", item.subject.clone()),
        ("sensitivity", item.private.map(|private| if private { "Private" } else { "Normal" }.to_owned())),
        ("body", item.body.clone()),
        ("may_read", item.rights.map(|rights| flag(rights.read))),
        ("start", item.start.map(moment)),
        ("end", item.end.map(moment)),
        ("legacy_free_busy_status", item.busy.map(|busy| format!("{busy:?}"))),
        ("location", item.location.clone()),
    ])
}

fn folder(folder: &FolderView) -> Value {
    let class = match folder.class {
        FolderClass::Mail => "IPF.Note",
        FolderClass::Calendar => "IPF.Appointment",
    };
    texts([
        ("id", Some(folder.id.to_string())),
        ("changekey", Some(folder.change_key.to_string())),
        ("name", Some(folder.name.clone())),
        ("folder_class", Some(class.to_owned())),
        ("total_count", Some(folder.items.to_string())),
        ("may_read", Some(flag(folder.rights.read))),
    ])
}

fn free_busy(view: &FreeBusyView) -> Value {
    let kind = match view.kind {
        forestsim::mailbox::ViewKind::MergedOnly => "MergedOnly",
        forestsim::mailbox::ViewKind::FreeBusy => "FreeBusyMerged",
        forestsim::mailbox::ViewKind::Detailed => "DetailedMerged",
    };
    let event = |event: &forestsim::mailbox::CalendarEvent| {
        let what = event.details.as_ref().map(|(subject, place)| format!(" {subject}, {place}"));
        let (start, end) = (moment(event.start), moment(event.end));
        format!("{start} {end} {:?}{}", event.busy, what.unwrap_or_default())
    };
    let events: Vec<String> = view.events.iter().map(event).collect();
    texts([
        ("view_type", Some(kind.to_owned())),
        ("merged", Some(view.merged.clone())),
        ("events", (!events.is_empty()).then(|| events.join("; "))),
    ])
}

#[test]
fn exchangelib_reads_in_exported_answers_what_forestsim_reads() {
    if !installed() {
        return;
    }
    let answers: Vec<Answer> = SCENARIOS.iter().flat_map(|scenario| exported(scenario)).collect();
    let mut raised = BTreeSet::new();
    let mut operations = BTreeSet::new();
    for (answer, judged) in answers.iter().zip(judged(&answers)) {
        assert_eq!(judged.items, expected(answer), "{}", answer.to_soap());
        match answer.error() {
            Some(code) => drop(raised.insert(code.as_str())),
            None => drop(operations.insert(operation(answer))),
        }
    }
    for code in ["ErrorImpersonationDenied", "ErrorImpersonateUserDenied", "ErrorAccessDenied"] {
        assert!(raised.contains(code), "no run exports {code}");
    }
    assert!(raised.len() >= 15, "{raised:?}");
    let every = [
        "CreateFolder",
        "CreateItem",
        "DeleteItem",
        "FindFolder",
        "FindItem",
        "GetItem",
        "GetUserAvailability",
        "UpdateFolder",
        "UpdateItem",
    ];
    assert!(every.iter().all(|operation| operations.contains(operation)), "{operations:?}");
}

#[test]
fn exchangelib_has_an_exception_of_the_name_of_every_code() {
    if !installed() {
        return;
    }
    let codes: Vec<ResponseCode> = ResponseCode::ALL
        .iter()
        .copied()
        // It takes this one for a server of another version, and asks anew as an older client.
        .filter(|code| !matches!(code, ResponseCode::NoError | ResponseCode::ErrorInvalidRequest))
        .collect();
    let answer = |code: &ResponseCode| match code.shape() {
        Shape::Fault => Answer::Fault(Fault::new(*code)),
        Shape::Success | Shape::Message => {
            Answer::Reply(Reply { operation: "GetItem".to_owned(), messages: vec![Err((*code).into())] })
        }
    };
    let answers: Vec<Answer> = codes.iter().map(answer).collect();
    for (code, judged) in codes.iter().zip(judged(&answers)) {
        assert_eq!(judged.items, [json!({ "error": code.as_str() })]);
    }
}

#[test]
fn forestsim_reads_what_exchangelib_asks() {
    if !installed() {
        return;
    }
    let operations = [
        "GetFolder",
        "FindFolder",
        "FindItem",
        "GetItem",
        "CreateItem",
        "UpdateItem",
        "DeleteItem",
        "CreateFolder",
        "GetUserAvailability",
    ];
    let denied = || vec![Err(ResponseCode::ErrorAccessDenied.into())];
    let answers =
        operations.map(|name| Answer::Reply(Reply { operation: name.to_owned(), messages: denied() }));
    for (name, judged) in operations.iter().zip(judged(&answers)) {
        let request = read_request(&judged.request);
        let request = request.unwrap_or_else(|why| panic!("{name}: {why}\n{}", judged.request));
        assert_eq!(request.operation.name(), *name);
        if let Operation::GetItem { shape, .. } | Operation::FindItem { shape, .. } = &request.operation {
            assert_eq!(shape.base, BaseShape::Default);
            assert_eq!(shape.additional, [forestsim::mailbox::Field::Subject]);
        }
        // It asks of the availability service in nobody's name.
        let [AccessMode::ExchangeImpersonation(ids)] = request.header.access.as_slice() else {
            assert_eq!(*name, "GetUserAvailability");
            continue;
        };
        // It names its person three times: an error, unless the server is told to be lenient.
        assert_eq!(ids.len(), 3);
        assert!(Header::connecting_id(ids, false).is_err());
        let sid = ConnectingId::Sid("S-1-5-21-1-2-3-1104".to_owned());
        assert_eq!(Header::connecting_id(ids, true), Ok(&sid));
    }
}

/// An id and a change key, as a mailbox gives them.
fn item() -> [String; 2] {
    use forestsim::mailbox::{ChangeKey, ItemId, MailboxId};
    let mailbox = MailboxId("5b6f3a52-0000-4000-8000-000000000001".parse().unwrap());
    [ItemId { mailbox, number: 7 }.to_string(), ChangeKey(1).to_string()]
}
