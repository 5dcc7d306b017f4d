//! What a full test run consists of, in the order that finds common mistakes first.

use std::process::Command;

use super::counts::Runner;
use crate::error::Result;
use crate::gen_types;
use crate::places::Places;
use crate::process::{cargo, npm};
use crate::setup::{self, Scope, system};

/// Tests of the desktop window begin with this word: they need a display and run in a step of their own.
const WINDOW_TESTS: &str = "desktop_window";

pub struct Step {
    pub name: &'static str,
    pub action: Action,
}

pub enum Action {
    /// Part of this program.
    Own(fn(&Places) -> Result<()>),
    /// Another program, which has to succeed.
    Check(Command),
    /// Another program, which has to succeed and reports how many tests it ran.
    Tests(Command, Runner),
}

pub fn all(places: &Places) -> Vec<Step> {
    // Every cargo step names the whole workspace: features are then resolved once, and nothing is compiled twice.
    let mut clippy = cargo(places);
    clippy.args(["clippy", "--workspace", "--all-targets", "--quiet"]);
    clippy.args(["--", "--deny", "warnings"]);

    let mut rust_tests = cargo(places);
    rust_tests.args(["test", "--workspace", "--no-fail-fast"]);
    rust_tests.args(["--", "--skip", WINDOW_TESTS]);
    gen_types::writes_here(&mut rust_tests, places);

    let mut journeys = npm_script(places, "journeys");
    journeys.env("ASSAY_BIN", places.executable("debug", "assay"));
    journeys.env("ASSAY_ONNXRUNTIME", places.onnxruntime());
    journeys.env("ASSAY_LIGHTGBM", places.lightgbm());
    if let Some(browser) = system::browser() {
        journeys.env("CHROMIUM", browser);
    }

    let step = |name, action| Step { name, action };
    let mut steps = vec![
        step(
            "setup",
            Action::Own(|places| setup::run(places, Scope::Test)),
        ),
        step("formatting", Action::Check(format_check(places))),
        step("web types", Action::Check(npm_script(places, "check"))),
        step("web lint", Action::Check(npm_script(places, "lint"))),
        step(
            "web tests",
            Action::Tests(npm_script(places, "test"), Runner::Vitest),
        ),
        step("web build", Action::Own(setup::web::build)),
        step("clippy", Action::Check(clippy)),
        step("rust tests", Action::Tests(rust_tests, Runner::Cargo)),
        // The export is one of the Rust tests; here only its result is looked at.
        step("generated types", Action::Own(gen_types::refuse_changes)),
        step("browser journeys", Action::Tests(journeys, Runner::Vitest)),
    ];
    // The other systems' web views have no driver that comes with the system.
    if cfg!(target_os = "linux") {
        let tests = on_a_display(window_tests(places));
        steps.push(step("desktop window", Action::Tests(tests, Runner::Cargo)));
    }
    steps
}

fn format_check(places: &Places) -> Command {
    let mut command = cargo(places);
    command.args(["fmt", "--all", "--check"]);
    command
}

fn npm_script(places: &Places, name: &str) -> Command {
    let mut command = npm(places);
    command.args(["run", "--silent", name]);
    command
}

fn window_tests(places: &Places) -> Command {
    let mut command = cargo(places);
    command.args(["test", "--workspace", "--test", "window"]);
    command
}

/// With a display of its own, so that no window of the user's takes part in the test.
fn on_a_display(command: Command) -> Command {
    let mut wrapped = Command::new("xvfb-run");
    wrapped.args(["--auto-servernum", "--server-args=-screen 0 1600x1000x24"]);
    wrapped.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            wrapped.env(name, value);
        }
    }
    if let Some(folder) = command.get_current_dir() {
        wrapped.current_dir(folder);
    }
    wrapped.env_remove("WAYLAND_DISPLAY");
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::shown;

    #[test]
    fn every_step_has_a_name_of_its_own() {
        let steps = all(&Places::find());
        let mut names: Vec<_> = steps.iter().map(|step| step.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), steps.len());
        assert_eq!(steps[0].name, "setup");
    }

    #[test]
    fn window_tests_keep_their_environment_on_a_display_of_their_own() {
        let places = Places::find();
        let wrapped = on_a_display(window_tests(&places));
        let line = shown(&wrapped);
        assert!(line.starts_with("xvfb-run "), "{line}");
        assert!(line.ends_with("test --workspace --test window"), "{line}");
        let library = places.onnxruntime();
        assert!(
            wrapped
                .get_envs()
                .any(|(name, value)| name == "ASSAY_ONNXRUNTIME"
                    && value == Some(library.as_os_str()))
        );
        assert_eq!(wrapped.get_current_dir(), Some(places.root.as_path()));
    }
}
