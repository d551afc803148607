//! What must stand on the machine before anything builds, and what to type when it does not.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::process;
use crate::system::{self, System};

/// The oldest Node that the frontend's tools accept, as (major, minor).
const OLDEST_NODE: (u32, u32) = (20, 19);

/// Where Chromium or Chrome usually stands on Linux.
const BROWSERS: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Where Firefox usually stands on Linux.
const FIREFOXES: &[&str] = &["firefox-esr", "firefox"];

/// Programs that make bad networks, and the Debian packages that bring them.
const NETWORK_TOOLS: &[(&str, &str)] = &[
    ("ip", "iproute2"),
    ("tc", "iproute2"),
    ("iptables", "iptables"),
    ("turnserver", "coturn"),
];

/// Something a task needs and does not bring along.
#[derive(Clone, Copy, Debug)]
enum Need {
    Node,
    CCompiler,
    Chromium,
    Firefox,
}

/// Checks Node and npm.
pub(crate) fn node() -> Result<()> {
    let Ok(text) = process::capture(Command::new("node").arg("--version")) else {
        bail!(
            "Node is missing: it builds the web page.\n{}",
            hint(Need::Node, System::detect())
        );
    };
    let version = text.trim();
    if parse_version(version).is_none_or(|found| found < OLDEST_NODE) {
        let (major, minor) = OLDEST_NODE;
        bail!(
            "Node {version} is too old, {major}.{minor} or newer is needed.\n{}",
            hint(Need::Node, System::detect())
        );
    }
    if !process::succeeds(npm().arg("--version")) {
        bail!(
            "Node is there but npm is missing.\n{}",
            hint(Need::Node, System::detect())
        );
    }
    Ok(())
}

/// Checks the C compiler that the crypto library is built with.
pub(crate) fn c_compiler() -> Result<()> {
    let named = std::env::var_os("CC");
    let compilers = named
        .iter()
        .map(PathBuf::from)
        .chain(["cc", "clang", "gcc"].map(PathBuf::from));
    if compilers
        .into_iter()
        .any(|name| process::succeeds(Command::new(name).arg("--version")))
    {
        return Ok(());
    }
    bail!(
        "a C compiler is missing: the crypto library (aws-lc) is built with it.\n{}",
        hint(Need::CCompiler, System::detect())
    );
}

/// A Chromium for the browser tests, installed if that is allowed.
pub(crate) fn chromium() -> Result<PathBuf> {
    browser(Need::Chromium, "CHROMIUM", BROWSERS, "chromium")
}

/// A Firefox for the browser tests, installed if that is allowed.
pub(crate) fn firefox() -> Result<PathBuf> {
    browser(Need::Firefox, "FIREFOX", FIREFOXES, "firefox-esr")
}

fn browser(need: Need, variable: &str, names: &[&str], package: &str) -> Result<PathBuf> {
    let find = || match std::env::var_os(variable) {
        Some(chosen) => Some(PathBuf::from(chosen)),
        None => find_program(names),
    };
    if let Some(found) = find() {
        return Ok(found);
    }
    println!("{need:?} is missing, trying to install it.");
    let installed = system::install_debian_packages(&[package]);
    match (installed, find()) {
        (_, Some(found)) => Ok(found),
        (Ok(()), None) => bail!("the package `{package}` was installed but brought no browser"),
        (Err(reason), None) => bail!("{reason}\n{}", hint(need, System::detect())),
    }
}

/// What the tests of bad networks and of TURN need, installed if that is allowed.
///
/// # Errors
///
/// Says which programs are missing and how to get them. The other browser tests run without them.
pub(crate) fn network_tools() -> Result<()> {
    if missing_tools().is_empty() {
        return Ok(());
    }
    let mut packages: Vec<&str> = missing_tools()
        .iter()
        .map(|(_, package)| *package)
        .collect();
    packages.dedup();
    let installed = system::install_debian_packages(&packages);
    let missing: Vec<&str> = missing_tools().iter().map(|(name, _)| *name).collect();
    match installed {
        _ if missing.is_empty() => Ok(()),
        Ok(()) => bail!("{} still missing", missing.join(", ")),
        Err(reason) => bail!(
            "{} missing: {reason}; install {}",
            missing.join(", "),
            packages.join(" ")
        ),
    }
}

fn missing_tools() -> Vec<(&'static str, &'static str)> {
    let tools = NETWORK_TOOLS.iter().copied();
    tools
        .filter(|(name, _)| find_program(&[name]).is_none())
        .collect()
}

/// npm, which is a script with its own name on Windows.
pub(crate) fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// The first of these names on the search path, or where system tools stand that ordinary users do not search.
fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.extend(["/usr/sbin", "/sbin"].map(PathBuf::from));
    let candidates = names
        .iter()
        .flat_map(|name| folders.iter().map(move |dir| dir.join(name)));
    candidates.into_iter().find(|candidate| candidate.is_file())
}

/// Reads `v20.19.2` as (20, 19).
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// The sentence that tells what to install, and how on this system.
fn hint(need: Need, system: System) -> String {
    let command = match (need, system) {
        (Need::Node, System::MacOs) => "brew install node",
        (Need::Node, System::Windows) => "winget install OpenJS.NodeJS.LTS",
        (Need::Node, System::Arch) => "sudo pacman -S nodejs npm",
        (Need::Node, System::Alpine) => "sudo apk add nodejs npm",
        (Need::Node, System::Fedora) => "sudo dnf install nodejs npm",
        (Need::Node, _) => return node_hint(),
        (Need::CCompiler, System::Debian) => "sudo apt-get install build-essential",
        (Need::CCompiler, System::Fedora) => "sudo dnf install gcc gcc-c++ make",
        (Need::CCompiler, System::Arch) => "sudo pacman -S base-devel",
        (Need::CCompiler, System::Alpine) => "sudo apk add build-base",
        (Need::CCompiler, System::Suse) => "sudo zypper install gcc gcc-c++ make",
        (Need::CCompiler, System::MacOs) => "xcode-select --install",
        (Need::CCompiler, System::Windows) => {
            "winget install Microsoft.VisualStudio.2022.BuildTools"
        }
        (Need::CCompiler, System::Unknown) => "the packages with `cc` and `make` of your system",
        (Need::Chromium, System::Debian) => "sudo apt-get install --no-install-recommends chromium",
        (Need::Chromium, System::Fedora) => "sudo dnf install chromium",
        (Need::Chromium, System::Arch) => "sudo pacman -S chromium",
        (Need::Chromium, System::Alpine) => "sudo apk add chromium",
        (Need::Chromium, _) => "Chromium or Chrome, and name its program in CHROMIUM",
        (Need::Firefox, System::Debian) => {
            "sudo apt-get install --no-install-recommends firefox-esr"
        }
        (Need::Firefox, System::Fedora) => "sudo dnf install firefox",
        (Need::Firefox, System::Arch) => "sudo pacman -S firefox",
        (Need::Firefox, System::Alpine) => "sudo apk add firefox-esr",
        (Need::Firefox, _) => "Firefox, and name its program in FIREFOX",
    };
    format!("Install it: {command}")
}

/// Distributions that are stable for years ship a Node that is too old, so the download page comes first.
fn node_hint() -> String {
    let (major, minor) = OLDEST_NODE;
    format!("Install Node {major}.{minor} or newer with npm: https://nodejs.org/en/download")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert_eq!(parse_version("v20.20.2"), Some((20, 20)));
        assert!(parse_version("v9.11.0").is_some_and(|old| old < OLDEST_NODE));
        assert!(parse_version("v22.1.0").is_some_and(|new| new > OLDEST_NODE));
        assert_eq!(parse_version("nonsense"), None);
    }

    #[test]
    fn the_hint_names_the_package_manager_of_the_system() {
        assert!(hint(Need::CCompiler, System::Debian).contains("apt-get install build-essential"));
        assert!(hint(Need::CCompiler, System::Fedora).contains("dnf"));
        assert!(hint(Need::Node, System::Debian).contains("nodejs.org"));
    }
}
