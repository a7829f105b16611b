use super::*;
use crate::view::page::Look;
use crate::view::story;

#[test]
fn every_lesson_plays_as_its_scenario_expects_and_each_question_has_its_answer_in_the_run() {
    assert!(shelf::LESSONS.len() >= 6);
    for (name, _) in shelf::LESSONS {
        let lesson = Lesson::find(name).unwrap();
        let scenario = scenario::load_from(shelf::SCENARIOS, lesson.scenario.as_ref())
            .unwrap_or_else(|error| panic!("{name}: {}", error.report(false)));
        let outcome = run::play(&scenario, &RunOptions::default()).unwrap();
        assert!(outcome.passed(), "{name}");
        let stops: Vec<&str> = lesson.steps.iter().map(|stop| stop.step.as_str()).collect();
        let met: Vec<&str> = outcome.steps.iter().map(|step| step.name.as_str()).collect();
        let met: Vec<&str> = met.into_iter().filter(|step| stops.contains(step)).collect();
        assert_eq!(stops, met, "{name}: these steps are not in {} in this order", lesson.scenario);
        for step in outcome.steps.iter() {
            let Some(stop) = lesson.stop(&step.name) else { continue };
            let mut page = Page::new(Look::PLAIN);
            let answered = story::answer(&mut page, &outcome, step.index, stop.verdict_of.as_ref());
            assert!(answered, "{name}: the run does not answer at “{}”", step.name);
            let asked = format!("{} {}", stop.look_for, stop.question);
            let answer = page.finish();
            let rule = rule_in(&answer);
            assert!(!asked.contains(rule), "{name}: the question names {rule}, which is its answer");
        }
    }
}

/// The first word of an answer that is a rule.
fn rule_in(answer: &str) -> &str {
    let mut words = answer.split([' ', ',', '\n']);
    words.find(|word| crate::rule::find(word).is_some()).expect("an answer names a rule")
}
