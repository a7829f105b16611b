//! Server-to-server authorization over random rights, memberships and folder permissions: whole runs
//! against a reference that shares no code with the roles.

mod played;

use forestsim::run::Outcome;
use forestsim::trace::Happening;
use played::played;
use proptest::prelude::*;

const EXCHANGE: &str = "https://cas1.litware.example/EWS/Exchange.asmx";
const APPLICATION: &str = "https://app.litware.example/team";

/// Plays steps of which each must go as it says.
fn run(steps: &str) -> Outcome {
    let outcome = played("litware", steps);
    assert!(outcome.passed(), "{:?}\n{steps}", outcome.all_failures().collect::<Vec<_>>());
    outcome
}

/// What Exchange answers to `to`, in order: the titles and the texts.
fn answers(outcome: &Outcome, to: &str) -> Vec<(String, String)> {
    let sent = outcome.trace.events.iter().filter_map(|event| match &event.happening {
        Happening::Sent(sent) if sent.protocol == "EWS" && sent.to.as_str() == to => Some(sent),
        _ => None,
    });
    let envelope = |details: &[forestsim::trace::Detail]| {
        details.iter().find(|detail| detail.name == "envelope").map(|detail| detail.value.clone())
    };
    sent.map(|sent| (sent.title.to_string(), envelope(&sent.details).unwrap_or_default())).collect()
}

/// The conditions of the document, and what else stands in the way.
#[derive(Debug, Clone)]
struct Conditions {
    password: bool,
    impersonation: bool,
    administrator: bool,
    on_account: bool,
    on_database: bool,
    enabled: bool,
    reads_groups: bool,
    names: usize,
    /// Whether the one who is named has a mailbox: Ben has, Carl has not.
    mailbox: bool,
}

/// The names that a header gives, and how the reference calls them.
const NAMES: [(&str, &str); 7] = [
    ("[{ principal_name: ben@litware.example }]", "Ben"),
    ("[{ sid_of: 'LITWARE\\ben' }]", "Ben"),
    ("[{ primary_smtp_address: ben@litware.example }]", "Ben, by address"),
    ("[]", "none"),
    ("[{ principal_name: '' }]", "none"),
    ("[{ principal_name: ben@litware.example }, { primary_smtp_address: ben@litware.example }]", "two"),
    ("[{ principal_name: nobody@litware.example }]", "nobody"),
];

impl Conditions {
    /// What must come of it, straight from the document and the order of the checks.
    fn expected(&self) -> &'static str {
        let (_, named) = NAMES[self.names];
        if !self.password {
            return "401 that asks to authenticate by Negotiate or Basic";
        }
        if named == "none" || named == "two" {
            return "500 ErrorInvalidExchangeImpersonationHeaderData";
        }
        if !self.impersonation || self.administrator {
            return "500 ErrorImpersonationDenied";
        }
        if named == "nobody" {
            return "500 ErrorInvalidUserPrincipalName";
        }
        if named == "Ben, by address" && !self.mailbox {
            return "500 ErrorNonExistentMailbox";
        }
        if !self.enabled {
            return "500 ErrorAccountDisabled";
        }
        if !(self.on_account || self.on_database && self.mailbox) {
            return "500 ErrorImpersonateUserDenied";
        }
        if !self.reads_groups {
            return "500 ErrorImpersonationFailed";
        }
        if !self.mailbox {
            return "200 FindItem: ErrorMissingEmailAddress";
        }
        "200 FindItem: no item"
    }

    fn steps(&self) -> String {
        let right = |verb: &str, right: &str, on: &str| {
            format!(
                "  - change: {{ permission: {{ exchange: litware.example, {verb}: [{{ to: 'LITWARE\\svc-app', right: {right}, on: {on} }}] }} }}\n"
            )
        };
        let account = |user: &str, set: &str| {
            format!("  - change: {{ account: {{ user: 'LITWARE\\{user}', set: [{set}] }} }}\n")
        };
        let mut steps = String::new();
        let named = if self.mailbox { "ben" } else { "carl" };
        if !self.mailbox && self.on_account {
            steps += &right("grant", "ms-Exch-EPI-May-Impersonate", "'LITWARE\\carl'");
        }
        if !self.impersonation {
            steps += &right("revoke", "ms-Exch-EPI-Impersonation", "cas1");
        }
        if !self.on_account {
            steps += &right("revoke", "ms-Exch-EPI-May-Impersonate", "'LITWARE\\ben'");
        }
        if self.on_database {
            steps += &right("grant", "ms-Exch-EPI-May-Impersonate", "DB1");
        }
        if self.administrator {
            steps += &account("svc-app", "{ member_of: 'LITWARE\\Domain Admins' }");
        }
        if !self.enabled {
            steps += &account(named, "disabled");
        }
        if !self.reads_groups {
            let group = "{ not_member_of: 'LITWARE\\Windows Authorization Access Group' }";
            steps += &account("cas1$", group);
        }
        let password = if self.password { "" } else { ", password: guessed" };
        let names = NAMES[self.names].0.replace("ben", named);
        let expect = match self.expected() {
            "200 FindItem: no item" => "granted: {}".to_owned(),
            _ => format!("refused: {{ rule: {} }}, never_visits: [mbx1]", self.rule()),
        };
        steps
            + &format!(
                "  - mailbox:\n      client: xaver-pc\n      at: {EXCHANGE}\n      authenticates_by: basic\n      credentials: {{ user: svc-app@litware.example{password} }}\n      acting_as: {names}\n      do: {{ find_item: {{ folder: inbox }} }}\n    expect: {{ {expect} }}\n"
            )
    }

    /// The rule that decides, by the same reference.
    fn rule(&self) -> &'static str {
        match self.expected() {
            "401 that asks to authenticate by Negotiate or Basic" => "account.password-matches",
            "500 ErrorInvalidExchangeImpersonationHeaderData" => "s2s.client-identifier",
            "500 ErrorImpersonationDenied" => "s2s.calling-server-may-impersonate",
            "500 ErrorInvalidUserPrincipalName" | "500 ErrorNonExistentMailbox" => "s2s.client-resolves",
            "500 ErrorAccountDisabled" => "s2s.client-account-usable",
            "500 ErrorImpersonateUserDenied" => "s2s.may-impersonate-client",
            "200 FindItem: ErrorMissingEmailAddress" => "s2s.client-has-mailbox",
            _ => "s2s.client-token",
        }
    }
}

fn mostly() -> impl Strategy<Value = bool> {
    prop_oneof![4 => Just(true), 1 => Just(false)]
}

fn conditions() -> impl Strategy<Value = Conditions> {
    let rest = (mostly(), mostly(), any::<bool>(), prop_oneof![4 => 0usize..3, 1 => 3usize..7], mostly());
    (mostly(), mostly(), mostly(), mostly(), rest).prop_map(
        |(
            password,
            impersonation,
            ordinary,
            on_account,
            (enabled, reads_groups, on_database, names, mailbox),
        )| {
            let administrator = !ordinary;
            Conditions {
                password,
                impersonation,
                administrator,
                on_account,
                on_database,
                enabled,
                reads_groups,
                names,
                mailbox,
            }
        },
    )
}

/// Every condition met, so that each can be taken away.
const ALL_MET: Conditions = Conditions {
    password: true,
    impersonation: true,
    administrator: false,
    on_account: true,
    on_database: false,
    enabled: true,
    reads_groups: true,
    names: 0,
    mailbox: true,
};

fn check(conditions: &Conditions) {
    let outcome = run(&conditions.steps());
    let answered: Vec<String> = answers(&outcome, "xaver-pc").into_iter().map(|(title, _)| title).collect();
    let refused = conditions.expected().starts_with("401");
    let wanted = if refused { Vec::new() } else { vec![conditions.expected().to_owned()] };
    assert_eq!(answered, wanted, "{conditions:?}");
    names_the_client_alone(&outcome, conditions.expected().starts_with("200"));
}

/// The log of Exchange never names the service account; the ground truth does wherever it acted.
fn names_the_client_alone(outcome: &Outcome, acted: bool) {
    let mut told = false;
    for event in &outcome.trace.events {
        match &event.happening {
            Happening::Log(entry) if entry.log == "Exchange Web Services" => {
                assert!(!entry.text.contains("svc-app"), "{}", entry.text);
            }
            Happening::Truth(truth) => {
                told |= truth.text.starts_with("svc-app@") && truth.text.contains(" acted as ");
            }
            _ => {}
        }
    }
    assert_eq!(told, acted);
}

#[test]
fn each_condition_that_is_taken_away_has_its_own_error() {
    let without = [
        ALL_MET,
        Conditions { password: false, ..ALL_MET },
        Conditions { impersonation: false, ..ALL_MET },
        Conditions { administrator: true, ..ALL_MET },
        Conditions { on_account: false, ..ALL_MET },
        Conditions { enabled: false, ..ALL_MET },
        Conditions { reads_groups: false, ..ALL_MET },
        Conditions { mailbox: false, ..ALL_MET },
        Conditions { names: 3, ..ALL_MET },
        Conditions { names: 5, ..ALL_MET },
        Conditions { names: 6, ..ALL_MET },
    ];
    without.iter().for_each(check);
}

/// A step in which Alice's mail is asked for; it must end as `expect` says.
fn asks(at: &str, more: &str, expect: &str) -> String {
    format!(
        "  - mailbox: {{ client: alice-pc, at: \"{at}\", authenticates_by: basic, {more}do: {{ find_item: {{ folder: inbox }} }} }}\n    expect: {{ {expect} }}\n"
    )
}

#[test]
fn without_the_first_sign_in_or_without_the_trust_nothing_is_asked_of_exchange() {
    const EXCHANGE: &str = "https://cas-r.res.example/EWS/Exchange.asmx";
    let application = |more: &str, expect: &str| asks("https://app1.user1.example/mail", more, expect);
    let as_service = |expect: &str| {
        let more = "credentials: { user: svc-app@user1.example }, acting_as: [{ principal_name: alice@user1.example }], ";
        asks(EXCHANGE, more, expect)
    };
    let removed = "  - change: { trust: { trust: res-user1, set: removed } }\n";
    let steps = [
        application("", "granted: {}"),
        // The client has not authenticated with the application server.
        application(
            "credentials: { user: alice@user1.example, password: guessed }, ",
            "refused: { rule: account.password-matches, at: dc-1 }, never_visits: [cas-r]",
        ),
        as_service("granted: {}"),
        // No trust leads from the caller to Exchange: 401, and no SOAP.
        removed.to_owned(),
        as_service(
            "refused: { rule: kerberos.service-known, at: dc-1 }, messages: [{ from: cas-r, says: \"401\" }]",
        ),
    ];
    let outcome = played("proseware", &steps.concat());
    assert!(outcome.passed(), "{:?}", outcome.all_failures().collect::<Vec<_>>());
    let served = answers(&outcome, "alice-pc").into_iter().map(|(title, _)| title).collect::<Vec<_>>();
    assert_eq!(served, ["200 FindItem: no item"; 2]);
    names_the_client_alone(&outcome, true);
}

const LEVELS: [&str; 9] = [
    "None",
    "Owner",
    "PublishingEditor",
    "Editor",
    "PublishingAuthor",
    "Author",
    "NoneditingAuthor",
    "Reviewer",
    "Contributor",
];

/// What the team may see of Anna's calendar.
const CALENDAR_LEVELS: [&str; 5] =
    ["None", "FreeBusyTimeOnly", "FreeBusyTimeAndSubjectAndLocation", "Reviewer", "Editor"];

/// What Ben tries in Anna's mailbox, in this order.
const TASKS: [&str; 12] = [
    "find_folder: { of: anna@litware.example }",
    "get_folder: { folder: TeamWork, of: anna@litware.example }",
    "find_item: { folder: TeamWork, of: anna@litware.example }",
    "get_item: { item: Plan }",
    "create_item: { folder: TeamWork, of: anna@litware.example, subject: Idea }",
    "update_item: { item: Plan, set: [{ body: changed }] }",
    "create_folder: { name: Drawer, folder: TeamWork, of: anna@litware.example }",
    "delete_item: { item: Plan }",
    "find_item: { folder: inbox, of: anna@litware.example }",
    "find_item: { folder: calendar, of: anna@litware.example }",
    "get_user_availability: { of: [anna@litware.example], from: 2008-03-04T08:00:00Z, to: 2008-03-04T12:00:00Z, view: detailed }",
    "update_folder: { folder: TeamWork, of: anna@litware.example, permissions: [{ user: Default, level: None }] }",
];

fn work(at: &str, permissions: &str, calendar: &str) -> Outcome {
    let step = |client: &str, at: &str, task: &str, more: &str| {
        format!(
            "  - mailbox: {{ client: {client}-pc, at: \"{at}\", do: {{ {task} }}{more} }}\n    expect: {{ granted: {{}} }}\n"
        )
    };
    let mut steps = step("anna", EXCHANGE, "create_folder: { name: TeamWork, folder: inbox }", "");
    steps += &step("anna", EXCHANGE, "create_item: { folder: TeamWork, subject: Plan, body: draft }", "");
    let set = format!("update_folder: {{ folder: TeamWork, permissions: [{permissions}] }}");
    steps += &step("anna", EXCHANGE, &set, "");
    let dentist = "create_item: { folder: calendar, subject: Dentist, appointment: { start: 2008-03-04T09:00:00Z, end: 2008-03-04T10:30:00Z } }";
    steps += &step("anna", EXCHANGE, dentist, "");
    let set = format!(
        "update_folder: {{ folder: calendar, permissions: [{{ user: 'LITWARE\\Team', level: {calendar} }}] }}"
    );
    steps += &step("anna", EXCHANGE, &set, "");
    for task in TASKS {
        steps += &step("ben", at, task, ", told_by: anna-pc");
    }
    played("litware", &steps)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_decision_is_that_of_the_reference(conditions in conditions()) {
        check(&conditions);
    }

    #[test]
    fn an_intermediary_gets_what_its_client_gets_alone(
        team in 0..LEVELS.len(), everybody in 0..LEVELS.len(), own in proptest::option::of(0..LEVELS.len()),
        calendar in 0..CALENDAR_LEVELS.len(),
    ) {
        let calendar = CALENDAR_LEVELS[calendar];
        let mut permissions = format!(
            "{{ user: 'LITWARE\\Team', level: {} }}, {{ user: Default, level: {} }}", LEVELS[team], LEVELS[everybody]
        );
        if let Some(own) = own {
            permissions += &format!(", {{ user: ben@litware.example, level: {} }}", LEVELS[own]);
        }
        let impersonated = work(APPLICATION, &permissions, calendar);
        let alone = work(EXCHANGE, &permissions, calendar);
        let (impersonated_answers, own_answers) = (answers(&impersonated, "ben-pc"), answers(&alone, "ben-pc"));
        prop_assert!(own_answers.len() >= TASKS.len());
        prop_assert_eq!(impersonated_answers, own_answers);
        names_the_client_alone(&impersonated, true);
    }
}
