//! Which system this is, and how packages are asked for and installed on it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process;

/// The systems whose package names are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    Debian,
    /// Debian's packages, except that Chromium goes by another name.
    Ubuntu,
    Fedora,
    Arch,
    MacOs,
    Windows,
    /// A Linux with none of the package managers above.
    Other,
}

impl System {
    pub fn here() -> System {
        if cfg!(target_os = "macos") {
            System::MacOs
        } else if cfg!(windows) {
            System::Windows
        } else if on_path("apt-get").is_some() {
            let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
            if release.lines().any(|line| line == "ID=ubuntu") {
                System::Ubuntu
            } else {
                System::Debian
            }
        } else if on_path("dnf").is_some() {
            System::Fedora
        } else if on_path("pacman").is_some() {
            System::Arch
        } else {
            System::Other
        }
    }

    /// The line that installs `names`, as the user would type it.
    pub fn install_line(self, names: &[&str]) -> String {
        let names = names.join(" ");
        match self {
            System::Debian | System::Ubuntu => {
                format!(
                    "sudo apt-get update && sudo apt-get install -y --no-install-recommends {names}"
                )
            }
            System::Fedora => format!("sudo dnf install -y {names}"),
            System::Arch => format!("sudo pacman -S --needed {names}"),
            System::MacOs => format!("brew install {names}"),
            System::Windows => format!("winget install {names}"),
            System::Other => format!("(your package manager) {names}"),
        }
    }

    /// Whether the package manager knows `name` as installed; where there is no asking, it is taken to be there.
    pub fn has_package(self, name: &str) -> bool {
        match self {
            System::Debian | System::Ubuntu => process::printed(Command::new("dpkg-query").args([
                "-W",
                "-f",
                "${db:Status-Status}",
                name,
            ]))
            .is_some_and(|status| status == "installed"),
            System::Fedora => {
                process::succeeds(Command::new("rpm").args(["-q", "--whatprovides", name]))
            }
            System::Arch => process::succeeds(Command::new("pacman").args(["-Q", name])),
            System::MacOs | System::Windows | System::Other => true,
        }
    }
}

/// A Chromium that tests can drive.
pub fn browser() -> Option<PathBuf> {
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome-stable",
        "google-chrome",
    ];
    let fixed = [
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
    ];
    names
        .into_iter()
        .find_map(on_path)
        .or_else(|| fixed.iter().map(PathBuf::from).find(|path| path.is_file()))
}

/// Whether a window can be opened here.
pub fn has_display() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(target_os = "macos", windows)) || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// The program `name` in one of the folders of PATH.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder: PathBuf| {
            Path::new(&folder).join(format!("{name}{}", env::consts::EXE_SUFFIX))
        })
        .find(|program| program.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_system_has_a_line_that_names_the_packages() {
        for (system, expected) in [
            (
                System::Debian,
                "sudo apt-get update && sudo apt-get install -y --no-install-recommends a b",
            ),
            (System::Fedora, "sudo dnf install -y a b"),
            (System::Arch, "sudo pacman -S --needed a b"),
            (System::MacOs, "brew install a b"),
            (System::Windows, "winget install a b"),
            (System::Other, "(your package manager) a b"),
        ] {
            assert_eq!(system.install_line(&["a", "b"]), expected);
        }
    }

    #[test]
    fn programs_are_found_on_the_path() {
        assert!(on_path("cargo").is_some());
        assert!(on_path("assay-no-such-program").is_none());
    }
}
