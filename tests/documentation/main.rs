//! What the readme and the guide show is what happens: every command in them is run, and what it prints
//! is compared with what is shown.
//!
//! What changed for a good reason is rewritten by `INSTA_UPDATE=always cargo test --test documentation`,
//! the switch that accepts the stories in `snapshots/` too.
//!
//! - [`page`]: a Markdown file, its blocks, and what is to be done with each
//! - [`fit`]: what is shown, perhaps with lines left out, against what was printed

mod fit;
mod page;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};
use page::Page;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const PROGRAM: &str = env!("CARGO_BIN_EXE_forestsim");
const REFRESH: &str = "INSTA_UPDATE=always cargo test --test documentation";

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = vec![
        Trial::test("the_readme_names_every_command", readme_names_every_command),
        Trial::test("the_readme_draws_each_flow", readme_draws_each_flow),
        Trial::test("an_excerpt_is_found_again_or_not_at_all", fit::finds_excerpts_again),
    ];
    for file in files() {
        let name = file.strip_prefix(ROOT).unwrap_or(&file).display().to_string();
        let (shown, linked) = (file.clone(), file);
        trials.push(Trial::test(format!("shown/{name}"), move || is_as_shown(&shown)));
        trials.push(Trial::test(format!("linked/{name}"), move || links_lead_somewhere(&linked)));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// The readme, and the chapters of the guide.
fn files() -> Vec<PathBuf> {
    let root = Path::new(ROOT);
    let chapters = fs::read_dir(root.join("docs")).expect("the guide is in docs/");
    let mut files: Vec<PathBuf> = chapters.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    assert!(files.len() > 8, "the guide has eight chapters and a contents page: {files:?}");
    files.push(root.join("README.md"));
    files.sort();
    files
}

/// Runs every command of a file, in its order and in a folder of its own that holds the scenarios.
fn is_as_shown(file: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(file)?;
    let mut page = Page::read(&text);
    let folder = tempfile::tempdir()?;
    for shared in ["scenarios", "docs"] {
        std::os::unix::fs::symlink(Path::new(ROOT).join(shared), folder.path().join(shared))?;
    }
    let differences = page.run(folder.path())?;
    if differences.is_empty() {
        return Ok(());
    }
    let update = std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always");
    if !update || differences.iter().any(|difference| !difference.mended) {
        let told: Vec<String> = differences.iter().map(|one| one.why.clone()).collect();
        return Err(format!("{}\nto show what is printed now: {REFRESH}", told.join("\n")).into());
    }
    fs::write(file, page.text())?;
    Ok(())
}

/// Every link to a file of the repository leads to one.
fn links_lead_somewhere(file: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(file)?;
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    for target in targets.filter(|target| !target.is_empty() && !target.contains("://")) {
        let path = file.parent().unwrap_or(Path::new(ROOT)).join(target);
        if !path.exists() {
            return Err(format!("{} links to {target}, which is not there", file.display()).into());
        }
    }
    Ok(())
}

fn readme() -> String {
    fs::read_to_string(Path::new(ROOT).join("README.md")).expect("there is a readme")
}

fn printed(arguments: &[&str]) -> String {
    let output = Command::new(PROGRAM).args(arguments).output().expect("the program runs");
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

/// The table of the readme names every command there is, and no flag that there is not.
fn readme_names_every_command() -> Result<(), Failed> {
    let readme = readme();
    let code = readme.split('`').skip(1).step_by(2);
    let named: Vec<&str> = code.filter_map(|code| code.strip_prefix("forestsim ")).collect();
    let help = printed(&["--help"]);
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands =
        commands.take_while(|line| !line.is_empty()).filter_map(|line| line.split_whitespace().next());
    for command in commands.filter(|command| *command != "help") {
        if !named.iter().any(|line| line.split_whitespace().next() == Some(command)) {
            return Err(format!("README.md does not name `forestsim {command}`").into());
        }
    }
    for line in named {
        let words: Vec<&str> = line.split_whitespace().collect();
        let help = printed(&[words[0], "--help"]);
        if let Some(flag) = words.iter().find(|word| word.starts_with("--") && !help.contains(**word)) {
            return Err(format!("README.md shows `forestsim {line}`, but there is no {flag}").into());
        }
    }
    Ok(())
}

/// The readme draws one flow of each system; that the drawings are the latest its own test says.
fn readme_draws_each_flow() -> Result<(), Failed> {
    let readme = readme();
    for flow in ["traveling-salesman", "warehouse-manager", "web-portal", "subscribe"] {
        let drawn = readme.lines().any(|line| {
            line.starts_with(page::OUTPUT_OF) && line.contains(&format!("/{flow}.yaml --format mermaid"))
        });
        if !drawn {
            return Err(format!("README.md does not draw {flow}").into());
        }
    }
    Ok(())
}
