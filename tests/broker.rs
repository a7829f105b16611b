//! A broker over random requests: whole runs against a reference that shares no code with the role.

mod played;

use forestsim::trace::Happening;
use played::played;
use proptest::prelude::*;

/// What an arranger asks of the broker.
#[derive(Debug, Clone)]
struct Arrangement {
    who: &'static str,
    item: &'static str,
    /// Which of [`SETTINGS`].
    settings: Vec<usize>,
    updates: bool,
}

const SETTINGS: [&str; 5] = [
    "location: Hall 9",
    "start: 2008-03-05T08:00:00Z",
    "end: 2008-03-05T16:00:00Z",
    "subject: other",
    "body: other",
];

impl Arrangement {
    /// The reference: the table of the conference's topology, as its reader would sum it up.
    fn is_allowed(&self) -> bool {
        let arranges = matches!((self.who, self.item), ("fay", "Keynote") | ("finn", "Workshop"));
        arranges && self.updates && self.settings.iter().all(|setting| *setting < 3)
    }

    fn steps(&self) -> String {
        let own = |client: &str, subject: &str| {
            format!(
                "  - mailbox: {{ client: {client}-pc, at: \"https://cas1.conf.example/EWS/Exchange.asmx\", do: {{ create_item: {{ folder: calendar, subject: {subject}, appointment: {{ start: 2008-03-05T09:00:00Z, end: 2008-03-05T10:00:00Z }} }} }} }}\n    expect: {{ granted: {{}} }}\n"
            )
        };
        let enter = |talk: &str, item: &str, client: &str| {
            format!(
                "  - change: {{ talk: {{ broker: brk, talk: {talk}, item: {item}, told_by: {client}-pc }} }}\n"
            )
        };
        let settings: Vec<String> =
            self.settings.iter().map(|setting| format!("{{ {} }}", SETTINGS[*setting])).collect();
        let task = match self.updates {
            true => format!("update_item: {{ item: {}, set: [{}] }}", self.item, settings.join(", ")),
            false => format!("get_item: {{ item: {} }}", self.item),
        };
        let owner = if self.item == "Workshop" { "paul" } else { "pia" };
        let asks = format!(
            "  - mailbox: {{ client: {}-pc, at: \"https://brk.conf.example/talks\", told_by: {owner}-pc, do: {{ {task} }} }}\n    expect: {{ granted: {{}} }}\n",
            self.who
        );
        own("pia", "Keynote")
            + &own("pia", "Dentist")
            + &own("paul", "Workshop")
            + &enter("keynote", "Keynote", "pia")
            + &enter("workshop", "Workshop", "paul")
            + &asks
    }
}

fn arrangement() -> impl Strategy<Value = Arrangement> {
    let who = prop_oneof![Just("fay"), Just("finn")];
    let item = prop_oneof![2 => Just("Keynote"), 2 => Just("Workshop"), 1 => Just("Dentist")];
    // Mostly what may be changed.
    let setting = prop_oneof![8 => 0usize..3, 1 => 3usize..5];
    let settings = proptest::collection::btree_set(setting, 1..4);
    (who, item, settings, prop_oneof![5 => Just(true), 1 => Just(false)]).prop_map(
        |(who, item, settings, updates)| Arrangement {
            who,
            item,
            settings: settings.into_iter().collect(),
            updates,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_broker_lets_through_what_its_table_says(arrangement in arrangement()) {
        let outcome = played("conference", &arrangement.steps());
        let last = outcome.steps.last().and_then(|step| step.asked.as_ref()).unwrap();
        prop_assert_eq!(last.granted, arrangement.is_allowed(), "{:?}", last);
        let told = outcome.trace.events.iter().any(|event| matches!(
            &event.happening,
            Happening::Truth(truth) if truth.text.contains("had svc-brk@conf.example act as")
        ));
        prop_assert_eq!(told, arrangement.is_allowed(), "Exchange hears of what is allowed, and of nothing else");
    }
}
