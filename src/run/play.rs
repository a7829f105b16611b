//! Plays a scenario: each step becomes a stimulus to a host, a fault, or an administrator's act, and
//! the simulated world runs until it is at rest.

use super::deploy::{DeployError, Deployed, deploy};
use super::expect::{self, Check};
use super::export;
use super::options::RunOptions;
use super::{administer, attacks, edge_sync, faults};
use crate::protocol::http;
use crate::protocol::url::Url;
use crate::protocol::wsfed::sign_out_url;
use crate::role::browser::{Alteration, Answers, Errand};
use crate::role::desktop::{Operation, Request};
use crate::scenario::ask::{Bind, Ticket};
use crate::scenario::browser::{self, Browse, CloseBrowser, Repost, SignOut};
use crate::scenario::{Action, Scenario};
use crate::sim::{self, SimError};
use crate::trace::outcome::{Outcome, StepOutcome};
use crate::trace::{Event, Fingerprint, Trace};

/// Deliveries after which a step that has not come to rest is given up.
const DELIVERY_LIMIT: u64 = 1_000_000;

/// Why a fault that should touch something fails the run.
const UNTOUCHED: &str = "the fault touched nothing by the end of the run; mark it `optional: true` if that \
                         is as it should be";

/// Why a scenario could not be played to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The topology cannot be deployed.
    #[error(transparent)]
    Deploy(#[from] DeployError),
    /// The simulated world refuses a step, or does not come to rest.
    #[error("step `{step}`: {why}")]
    Step {
        /// The step.
        step: String,
        /// What is wrong.
        why: String,
    },
}

/// Plays a scenario from its first step to its last.
///
/// The same scenario, options and version of forestsim give the same outcome, byte for byte.
///
/// # Errors
/// Where the topology cannot be deployed, or a step does not come to rest. A step that goes another
/// way than expected is no error: the outcome says so.
///
/// ```
/// use forestsim::{run, scenario};
/// let scenario = scenario::load("scenarios/federation/traveling-salesman.yaml".as_ref()).unwrap();
/// let outcome = run::play(&scenario, &run::RunOptions::default()).unwrap();
/// assert!(outcome.passed());
/// ```
pub fn play(scenario: &Scenario, options: &RunOptions) -> Result<Outcome, RunError> {
    sim::block_on(play_all(scenario, options))
}

async fn play_all(scenario: &Scenario, options: &RunOptions) -> Result<Outcome, RunError> {
    let mut world = deploy(scenario, options)?;
    let started = async {
        world.simulation.boot().await;
        world.simulation.run_until_quiet(DELIVERY_LIMIT).await
    };
    started.await.map_err(|why| stopped("the hosts start", why))?;
    let mut unplayed = Vec::new();
    for (index, step) in (0..).zip(&scenario.steps) {
        world.simulation.begin_step(index, &step.name, step.action.to_string());
        unplayed.extend(act(&mut world, scenario, index).await.err().map(|why| (index, why)));
        let rest = world.simulation.run_until_quiet(DELIVERY_LIMIT).await;
        rest.map_err(|why| stopped(&step.name, why))?;
    }
    Ok(conclude(world, scenario, options, &unplayed))
}

/// Does what one step asks for.
async fn act(world: &mut Deployed, scenario: &Scenario, index: u32) -> Result<(), String> {
    let step = &scenario.steps[index as usize];
    let done = match &step.action {
        Action::Browse(browse) => {
            let errand = browse_errand(world, browse);
            world.simulation.stimulate(&browse.client, errand.stimulus()).await
        }
        Action::SignOut(SignOut { client, url }) => {
            let url: Url = url.as_str().parse().expect("the file's check has read the address");
            let errand = Errand::Browse {
                url: sign_out_url(&url),
                method: http::Method::Get,
                answers: Answers::default(),
                alterations: Vec::new(),
                cookies: Vec::new(),
            };
            world.simulation.stimulate(client, errand.stimulus()).await
        }
        Action::CloseBrowser(CloseBrowser { client }) => {
            world.simulation.stimulate(client, Errand::Close.stimulus()).await
        }
        Action::Repost(repost) => match repost_errand(world, repost) {
            Some(errand) => world.simulation.stimulate(&repost.client, errand.stimulus()).await,
            None => {
                return Err(format!(
                    "nothing has been posted to {} yet; repeat a post that has been made",
                    repost.captured.value
                ));
            }
        },
        Action::Steal(steal) => {
            let errand = attacks::steal(world, steal);
            world.simulation.stimulate(&steal.client, errand.stimulus()).await
        }
        Action::Forge(forge) => {
            let errand = attacks::forge(world, forge)?;
            world.simulation.stimulate(&forge.client, errand.stimulus()).await
        }
        Action::AskAsProxy(ask) => {
            let errand = attacks::ask_as_proxy(world, ask)?;
            world.simulation.stimulate(&ask.client, errand.stimulus()).await
        }
        Action::Ticket(Ticket { client, credentials, service }) => {
            let request =
                Request::Ticket { credentials: world.typed(credentials), service: service.value.clone() };
            world.simulation.stimulate(client, request.stimulus()).await
        }
        Action::Bind(Bind { client, directory, credentials, read, write }) => {
            let read = read.as_ref().map(|read| Operation::Read {
                entry: read.entry.0.clone(),
                attribute: read.attribute.clone(),
            });
            let write = write.as_ref().map(|write| Operation::Write {
                entry: write.entry.0.clone(),
                attribute: write.attribute.clone(),
                value: write.value.value.clone(),
            });
            let request = Request::Bind {
                credentials: world.typed(credentials),
                directory: directory.value.clone(),
                then: read.or(write),
            };
            world.simulation.stimulate(client, request.stimulus()).await
        }
        Action::Mailbox(step) => {
            let errand = super::mailbox::errand(world, step)?;
            world.simulation.stimulate(&step.client, errand.stimulus()).await
        }
        Action::Fault { fault, lasts, optional } => {
            world.simulation.inject(faults::declare(&scenario.topology, &step.name, fault, *lasts, *optional))
        }
        Action::Heal(name) => world.simulation.heal(name),
        Action::Wait(span) => world.simulation.run_for(*span).await,
        Action::EdgeSync(act) => return edge_sync::act(world, scenario, act).await,
        Action::Change(change) => return administer::change(world, &scenario.topology, change).await,
    };
    done.map_err(|why| why.to_string())
}

fn browse_errand(world: &Deployed, browse: &Browse) -> Errand {
    let alteration = |written: &browser::Alteration| Alteration {
        posting_to: written.posting_to.value.to_string(),
        field: written.field.clone(),
        replace: written.replace.clone(),
        with: written.with.clone(),
        wrapping: written.signed_goes.map(attacks::wrapping),
    };
    Errand::Browse {
        url: browse.url.as_str().parse().expect("the file's check has read the address"),
        method: match browse.method {
            browser::Method::Get => http::Method::Get,
            browser::Method::Post => http::Method::Post,
            browser::Method::Delete => http::Method::Delete,
        },
        answers: Answers {
            credentials: world.typed(&browse.credentials),
            discovers: browse.discovers.as_ref().map(|title| title.value.clone()),
            certificate: browse.certificate.as_ref().map(|name| world.keys.thumbprint(name)),
        },
        alterations: browse.alter.iter().map(|written| alteration(written)).collect(),
        cookies: attacks::cookie_edits(world, browse),
    }
}

/// The form that a browser posted to an address once, to be posted again. Whoever carries it from
/// one browser to another does so outside the simulated network.
fn repost_errand(world: &Deployed, repost: &Repost) -> Option<Errand> {
    let holder = repost.captured_by.as_ref().unwrap_or(&repost.client);
    let (url, fields) = world.browsers.get(&holder.value)?.posted(repost.captured.as_str())?;
    let to = repost.to.as_ref().map(|to| to.as_str().parse().expect("the file's check has read the address"));
    Some(Errand::Post { url: to.unwrap_or(url), fields })
}

/// Draws the outcome from the trace; `unplayed` are the steps that could not be played, and why.
fn conclude(
    world: Deployed,
    scenario: &Scenario,
    options: &RunOptions,
    unplayed: &[(u32, String)],
) -> Outcome {
    let exports = export::edge_sync(&world);
    let Deployed { simulation, keys, topology, .. } = world;
    let untouched = simulation.untouched_faults();
    let (events, random) = simulation.finish();
    let trace = Trace {
        scenario: scenario.title.clone(),
        seed: options.seed,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        start: scenario.start,
        topology,
        events,
        random,
    };
    let mut steps = Vec::new();
    for (index, step) in (0..).zip(&scenario.steps) {
        let events: Vec<&Event> = trace.step(index).collect();
        let asked = expect::asked(&events);
        let end = trace.events.partition_point(|event| event.step.is_none_or(|step| step <= index));
        let so_far = &trace.events[..end];
        let check = Check { events: &events, so_far, asked: asked.as_ref(), scenario };
        let mut expectations = check.all(&step.expect);
        let tacit = |what: &str, why: String| expect::expectation(scenario, step.spot, what, Err(why));
        let impossible = unplayed.iter().filter(|(of, _)| *of == index);
        expectations
            .extend(impossible.map(|(_, why)| {
                tacit("the step can be played", format!("the step cannot be played: {why}"))
            }));
        let idle = expect::idle_alterations(&events).into_iter();
        expectations.extend(idle.map(|why| tacit("every alteration alters something", why)));
        if let Action::Fault { optional: false, .. } = &step.action {
            let touched = if untouched.contains(&step.name) { Err(UNTOUCHED.to_owned()) } else { Ok(()) };
            expectations.push(expect::expectation(
                scenario,
                step.spot,
                "the fault touches something",
                touched,
            ));
        }
        steps.push(StepOutcome {
            index,
            name: step.name.clone(),
            action: step.action.to_string(),
            asked,
            expectations,
        });
    }
    Outcome {
        scenario: scenario.title.clone(),
        document: scenario.document.clone(),
        file: scenario.file.clone(),
        seed: options.seed,
        without: options.without.iter().cloned().collect(),
        fingerprint: Fingerprint::of(&trace),
        exports: export::all(&trace, &keys).into_iter().chain(exports).collect(),
        trace,
        steps,
        failures: Vec::new(),
    }
}

fn stopped(step: &str, why: SimError) -> RunError {
    RunError::Step { step: step.to_owned(), why: why.to_string() }
}
