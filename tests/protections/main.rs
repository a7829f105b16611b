//! What each protection protects from: an attack that is refused as shipped, and succeeds once the
//! rules that stand in its way are taken out.
//!
//! For each row of [`attacks::attacks`] the scenario is played
//! - as shipped: the step must be refused by the rule that is named, at the server that is named;
//! - without the rules of the row: the attacker must get what they want, as the person they want to
//!   be, and each of the rules must have stood in the way;
//! - with any one of the rules put back: the attack must fail again.
//!
//! So no rule of a row is superfluous, and none is missing. A row with several rules is defence in
//! depth: whoever gets past one is stopped by the next.
//!
//! [`attacks::withheld`] holds what a rule leaves out of an answer that is given all the same.
//! [`attacks::beyond_rules`] holds the refusals that no suspended rule turns into a success, because a
//! key is missing. [`attacks::no_protection`] holds the rules that protect nothing by themselves.

mod attacks;

use std::collections::BTreeSet;

use attacks::{Attack, Beyond, Withheld, attacks, beyond_rules, no_protection, withheld};
use forestsim::rule::{self, Rule};
use forestsim::run::{Asked, Outcome, RunOptions, play};
use forestsim::scenario;
use forestsim::trace::{Happening, Ruling};

fn play_without(name: &str, without: &[&Rule]) -> Outcome {
    let path = format!("scenarios/{name}.yaml");
    let scenario = scenario::load(path.as_ref()).unwrap_or_else(|error| panic!("{error}"));
    let without = without.iter().map(|rule| rule.id()).collect();
    play(&scenario, &RunOptions { without, ..RunOptions::default() })
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn asked<'o>(outcome: &'o Outcome, step: &str) -> (&'o Asked, u32) {
    let found = outcome.steps.iter().find(|one| one.name == step);
    let found = found.unwrap_or_else(|| panic!("{} has no step `{step}`", outcome.file));
    (found.asked.as_ref().unwrap_or_else(|| panic!("nobody asks for anything in `{step}`")), found.index)
}

/// The rules that stood in the way and were not applied, in all that led to the end of the step.
fn suspended(outcome: &Outcome, until: u32) -> BTreeSet<&str> {
    let so_far = outcome.trace.events.iter().filter(|event| event.step.is_none_or(|step| step <= until));
    let verdicts = so_far.filter_map(|event| match &event.happening {
        Happening::Verdict(verdict) if verdict.ruling == Ruling::Suspended => Some(verdict.rule.as_str()),
        _ => None,
    });
    verdicts.collect()
}

fn ids(rules: &[&'static Rule]) -> BTreeSet<&'static str> {
    rules.iter().map(|rule| rule.id).collect()
}

impl Attack {
    /// What is not as the row says.
    fn defects(&self) -> Vec<String> {
        let mut defects = Vec::new();
        let shipped = play_without(self.scenario, &[]);
        let (answer, _) = asked(&shipped, self.step);
        let (rule, at) = self.refused;
        let refused_as_told = answer.rule.as_ref() == Some(&rule.id())
            && answer.at.as_ref().is_some_and(|host| host.as_str() == at);
        if answer.granted || !refused_as_told {
            defects.push(format!("as shipped, not refused by {} at {at}: {answer:?}", rule.id));
        }

        let open = play_without(self.scenario, self.without);
        let (answer, index) = asked(&open, self.step);
        if !answer.granted || answer.identity.as_deref() != Some(self.gains) {
            defects.push(format!("without the rules, not granted as {}: {answer:?}", self.gains));
        }
        let idle: Vec<_> = ids(self.without).difference(&suspended(&open, index)).copied().collect();
        if !idle.is_empty() {
            defects.push(format!("these never stood in the way: {}", idle.join(", ")));
        }

        for back in self.without {
            let others: Vec<&Rule> = self.without.iter().copied().filter(|rule| rule != back).collect();
            let almost = play_without(self.scenario, &others);
            let (answer, _) = asked(&almost, self.step);
            if answer.granted {
                defects.push(format!("with {} back, still granted as {:?}", back.id, answer.identity));
            }
        }
        defects
    }
}

#[test]
fn each_protection_is_needed_and_together_they_are_all_there_is() {
    let defects: Vec<String> = attacks()
        .flat_map(|attack| {
            let place = format!("{}, `{}`", attack.scenario, attack.step);
            attack.defects().into_iter().map(move |defect| format!("{place}: {defect}"))
        })
        .collect();
    assert!(defects.is_empty(), "{}", defects.join("\n"));
}

#[test]
fn where_a_key_is_missing_no_rule_is_needed() {
    for Beyond { scenario, step, rule } in beyond_rules() {
        let shipped = play_without(scenario, &[]);
        let refused = asked(&shipped, step).0;
        assert_eq!(
            (refused.granted, refused.rule.as_ref()),
            (false, Some(&rule.id())),
            "{scenario}, `{step}`"
        );
        let open = play_without(scenario, &[rule]);
        let (answer, index) = asked(&open, step);
        assert!(!answer.granted, "{scenario}, `{step}`: granted without {}", rule.id);
        assert!(
            suspended(&open, index).contains(rule.id),
            "{scenario}, `{step}`: {} was not suspended",
            rule.id
        );
    }
}

#[test]
fn what_is_left_out_of_an_answer_is_told_without_the_rule() {
    for Withheld { scenario, step, rule, tells } in withheld() {
        let told = |outcome: &Outcome| {
            let (answer, index) = asked(outcome, step);
            assert!(answer.granted, "{scenario}, `{step}`: not granted");
            let of_step = outcome.trace.events.iter().filter(|event| event.step == Some(index));
            let mut shown = of_step.filter_map(|event| match &event.happening {
                Happening::Conclusion(conclusion) => Some(format!("{conclusion:?}")),
                _ => None,
            });
            shown.any(|shown| shown.contains(tells))
        };
        assert!(!told(&play_without(scenario, &[])), "{scenario}, `{step}`: told as shipped");
        assert!(told(&play_without(scenario, &[rule])), "{scenario}, `{step}`: not told without {}", rule.id);
    }
}

#[test]
fn every_rule_has_its_place_in_these_tables() {
    let in_the_way = attacks().flat_map(|attack| attack.without.iter().copied());
    let beyond = beyond_rules().map(|beyond| beyond.rule);
    let left_out = withheld().map(|withheld| withheld.rule);
    let placed: BTreeSet<&str> =
        in_the_way.chain(beyond).chain(left_out).chain(no_protection()).map(|rule| rule.id).collect();
    let missing: Vec<&str> = rule::all().map(|rule| rule.id).filter(|id| !placed.contains(id)).collect();
    assert!(missing.is_empty(), "no attack shows what these protect from: {}", missing.join(", "));
}
