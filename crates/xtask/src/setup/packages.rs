//! System packages: which are missing for a task, and how they are installed.

use std::io::{IsTerminal, stdin};
use std::process::Command;

use super::python;
use super::system::{System, browser, on_path};
use crate::error::{Error, Result};
use crate::process;

/// What a package is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// To build and run the command line.
    Build,
    /// To build and open the desktop window.
    Window,
    /// To drive the window and a browser in tests.
    Test,
}

/// How to tell that a package is not needed because what it brings is there already.
#[derive(Debug, Clone, Copy)]
enum Brings {
    /// A Python 3 that has pip.
    Pip,
    /// A program on the PATH.
    Program(&'static str),
    /// A browser of Chromium's family.
    Browser,
    /// Headers and a library, as pkg-config knows them.
    Library(&'static str),
    /// Something only the package manager can tell.
    Files,
}

/// One need and its package names; an empty name: that system brings it itself or cannot have it.
struct Package {
    group: Group,
    brings: Brings,
    debian: &'static str,
    fedora: &'static str,
    arch: &'static str,
    brew: &'static str,
    winget: &'static str,
}

const fn linux(
    group: Group,
    brings: Brings,
    debian: &'static str,
    fedora: &'static str,
    arch: &'static str,
) -> Package {
    Package {
        group,
        brings,
        debian,
        fedora,
        arch,
        brew: "",
        winget: "",
    }
}

#[rustfmt::skip]
const PACKAGES: &[Package] = &[
    // pip is how the native libraries are fetched
    Package { brew: "python", winget: "Python.Python.3.13", ..linux(Group::Build, Brings::Pip, "python3-pip", "python3-pip", "python-pip") },
    // OpenMP, which the LightGBM library is linked with
    Package { brew: "libomp", ..linux(Group::Build, Brings::Files, "libgomp1", "libgomp", "gcc-libs") },
    linux(Group::Window, Brings::Program("pkg-config"), "pkg-config", "pkgconf-pkg-config", "pkgconf"),
    linux(Group::Window, Brings::Library("webkit2gtk-4.1"), "libwebkit2gtk-4.1-dev", "webkit2gtk4.1-devel", "webkit2gtk-4.1"),
    linux(Group::Window, Brings::Library("gtk+-3.0"), "libgtk-3-dev", "gtk3-devel", "gtk3"),
    // loaded by name when the native plot window opens
    linux(Group::Window, Brings::Files, "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    linux(Group::Window, Brings::Files, "libgl1-mesa-dri", "mesa-dri-drivers", "mesa"),
    linux(Group::Test, Brings::Program("xvfb-run"), "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb"),
    linux(Group::Test, Brings::Program("xauth"), "xauth", "xorg-x11-xauth", "xorg-xauth"),
    linux(Group::Test, Brings::Program("WebKitWebDriver"), "webkit2gtk-driver", "/usr/bin/WebKitWebDriver", "webkit2gtk-4.1"),
    Package { brew: "chromium", ..linux(Group::Test, Brings::Browser, "chromium", "chromium", "chromium") },
];

/// Installs what the groups need and this computer lacks, where that can be done without asking for a
/// password in the middle of a script; else stops with the line to type.
pub fn install(groups: &[Group]) -> Result<()> {
    let system = System::here();
    let names = missing(system, groups, |package| is_there(system, package));
    if names.is_empty() {
        return Ok(());
    }
    let Some(apt) = apt_prefix(system) else {
        return Err(Error::MissingPackages {
            missing: names.join(", "),
            line: system.install_line(&names),
        });
    };
    println!("setup: installing {}", names.join(" "));
    process::run(&mut apt_get(apt, &["update", "-q"]))?;
    let install = ["install", "-y", "-q", "--no-install-recommends"];
    process::run(apt_get(apt, &install).args(&names))
}

fn missing(
    system: System,
    groups: &[Group],
    there: impl Fn(&Package) -> bool,
) -> Vec<&'static str> {
    PACKAGES
        .iter()
        .filter(|package| groups.contains(&package.group))
        .filter(|package| !package.name(system).is_empty() && !there(package))
        .map(|package| package.name(system))
        .collect()
}

impl Package {
    fn name(&self, system: System) -> &'static str {
        match (system, self.debian) {
            (System::Ubuntu, "chromium") => "chromium-browser",
            (System::Debian | System::Ubuntu | System::Other, name) => name,
            (System::Fedora, _) => self.fedora,
            (System::Arch, _) => self.arch,
            (System::MacOs, _) => self.brew,
            (System::Windows, _) => self.winget,
        }
    }
}

fn is_there(system: System, package: &Package) -> bool {
    match package.brings {
        Brings::Pip => python::with_pip().is_some(),
        Brings::Program(name) => on_path(name).is_some(),
        Brings::Browser => browser().is_some(),
        Brings::Library(name) => {
            process::succeeds(Command::new("pkg-config").args(["--exists", name]))
        }
        Brings::Files => system.has_package(package.name(system)),
    }
}

/// What stands before `apt-get`: nothing for root, `sudo` where it needs no password or a person can type it;
/// `None` where this cannot install.
fn apt_prefix(system: System) -> Option<&'static [&'static str]> {
    if !matches!(system, System::Debian | System::Ubuntu) {
        return None;
    }
    let user = process::printed(Command::new("id").arg("-u"))?;
    if user.trim() == "0" {
        return Some(&[]);
    }
    on_path("sudo")?;
    if process::succeeds(Command::new("sudo").args(["-n", "true"])) {
        return Some(&["sudo", "-n"]);
    }
    stdin().is_terminal().then_some(&["sudo"])
}

fn apt_get(prefix: &[&str], arguments: &[&str]) -> Command {
    // sudo drops the environment, therefore env after it
    let words = prefix
        .iter()
        .chain(&["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"])
        .chain(&["-o", "DPkg::Lock::Timeout=300"])
        .chain(arguments);
    let mut words = words.copied();
    let mut command = Command::new(words.next().unwrap_or("env"));
    command.args(words);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_task_needs_is_missing_on_an_empty_machine() {
        let nothing = |_: &Package| false;
        let build = missing(System::Debian, &[Group::Build], nothing);
        assert_eq!(build, ["python3-pip", "libgomp1"]);
        let all = [Group::Build, Group::Window, Group::Test];
        for (system, count, browser) in [
            (System::Debian, 11, "chromium"),
            (System::Ubuntu, 11, "chromium-browser"),
            (System::Fedora, 11, "chromium"),
            (System::Arch, 11, "chromium"),
            (System::MacOs, 3, "chromium"),
            (System::Windows, 1, "Python.Python.3.13"),
        ] {
            let names = missing(system, &all, nothing);
            assert_eq!(names.len(), count, "{system:?}");
            assert_eq!(names.last(), Some(&browser), "{system:?}");
        }
        assert!(missing(System::Debian, &all, |_| true).is_empty());
    }

    #[test]
    fn apt_runs_without_questions() {
        let command = apt_get(&["sudo", "-n"], &["update"]);
        assert_eq!(
            process::shown(&command),
            "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 update"
        );
    }
}
