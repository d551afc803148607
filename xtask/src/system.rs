//! The operating system, as far as it decides how a missing package is installed.

use std::process::Command;

use anyhow::{Result, bail};

use crate::process;

/// A family of systems that share a package manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum System {
    Debian,
    Fedora,
    Arch,
    Alpine,
    Suse,
    MacOs,
    Windows,
    Unknown,
}

impl System {
    /// The system this program runs on.
    pub(crate) fn detect() -> Self {
        match std::env::consts::OS {
            "macos" => Self::MacOs,
            "windows" => Self::Windows,
            _ => std::fs::read_to_string("/etc/os-release")
                .map_or(Self::Unknown, |text| Self::from_os_release(&text)),
        }
    }

    /// Reads `ID` and `ID_LIKE` of an `os-release` file (freedesktop.org's format).
    fn from_os_release(text: &str) -> Self {
        let mut names = text
            .lines()
            .filter_map(|line| {
                line.strip_prefix("ID=")
                    .or_else(|| line.strip_prefix("ID_LIKE="))
            })
            .flat_map(|value| value.trim_matches('"').split_whitespace());
        names
            .find_map(|name| match name {
                "debian" | "ubuntu" => Some(Self::Debian),
                "fedora" | "rhel" | "centos" => Some(Self::Fedora),
                "arch" => Some(Self::Arch),
                "alpine" => Some(Self::Alpine),
                "suse" | "opensuse" => Some(Self::Suse),
                _ => None,
            })
            .unwrap_or(Self::Unknown)
    }
}

/// Installs Debian packages when this program may: as root, or through `sudo` without a password.
///
/// # Errors
///
/// Fails when the system is not Debian, when the rights are missing, or when `apt-get` fails. The caller adds what to
/// install by hand.
pub(crate) fn install_debian_packages(names: &[&str]) -> Result<()> {
    if System::detect() != System::Debian {
        bail!("this is not a Debian system, so nothing is installed automatically");
    }
    let become_root: &[&str] = if is_root() {
        &[]
    } else if process::succeeds(Command::new("sudo").args(["-n", "true"])) {
        &["sudo", "-n"]
    } else {
        bail!("installing packages needs root or `sudo` without a password");
    };
    process::run(&mut apt_get(become_root, &["update"]))?;
    let mut install = apt_get(become_root, &["install", "-y", "--no-install-recommends"]);
    process::run(install.args(names))
}

/// Whether this process may make a network namespace, as tests of bad networks do.
pub(crate) fn may_make_networks() -> bool {
    let name = format!("seameet-probe-{}", std::process::id());
    let netns = |verb| process::succeeds(Command::new("ip").args(["netns", verb, &name]));
    netns("add") && netns("delete")
}

fn apt_get(prefix: &[&str], arguments: &[&str]) -> Command {
    // `env` sets the variable behind `sudo` too, which drops the environment of its caller.
    let words = prefix
        .iter()
        .chain(&["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    let mut words = words.chain(arguments);
    let mut command = Command::new(words.next().unwrap_or(&"env"));
    command.args(words);
    command
}

fn is_root() -> bool {
    process::capture(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_derivative_is_recognised_by_the_family_it_names() {
        let mint = "NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n";
        assert_eq!(System::from_os_release(mint), System::Debian);
        let rocky = "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n";
        assert_eq!(System::from_os_release(rocky), System::Fedora);
    }

    #[test]
    fn version_ids_are_not_taken_for_names() {
        assert_eq!(
            System::from_os_release("VERSION_ID=\"debian\"\n"),
            System::Unknown
        );
    }

    #[test]
    fn sudo_stands_before_the_environment() {
        let command = apt_get(&["sudo", "-n"], &["update"]);
        assert_eq!(command.get_program(), "sudo");
        let arguments: Vec<_> = command.get_args().collect();
        assert_eq!(
            arguments,
            [
                "-n",
                "env",
                "DEBIAN_FRONTEND=noninteractive",
                "apt-get",
                "update"
            ]
        );
    }
}
