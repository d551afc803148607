//! The dependency graph as `cargo metadata` tells it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::workspace;

/// When a dependency is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Normal,
    Build,
    Development,
}

/// A dependency as a manifest declares it, optional ones included.
#[derive(Debug)]
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// A crate of the workspace.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: String,
    /// Its `Cargo.toml`, from the root of the repository.
    pub(super) manifest: String,
    pub(super) declared: Vec<Declared>,
    id: String,
}

/// The workspace's crates and the resolved edges between all packages.
#[derive(Debug)]
pub(super) struct Graph {
    pub(super) members: Vec<Member>,
    names: BTreeMap<String, String>,
    edges: BTreeMap<String, Vec<(String, Kind)>>,
}

impl Graph {
    /// Reads the output of `cargo metadata --format-version 1`.
    pub(super) fn read(metadata: &Value) -> Result<Self> {
        let ours: BTreeSet<&str> = array(&metadata["workspace_members"])
            .filter_map(Value::as_str)
            .collect();
        let mut names = BTreeMap::new();
        let mut members = Vec::new();
        for package in array(&metadata["packages"]) {
            let id = text(package, "id")?;
            names.insert(id.clone(), text(package, "name")?);
            if ours.contains(id.as_str()) {
                members.push(member(package, id)?);
            }
        }
        let nodes = array(&metadata["resolve"]["nodes"]);
        let edges = nodes
            .map(|node| Ok((text(node, "id")?, edges_of(node)?)))
            .collect::<Result<_>>()?;
        Ok(Self {
            members,
            names,
            edges,
        })
    }

    /// Every package that `start` reaches, each with the way to it as `start → … → package`.
    ///
    /// Development dependencies count for `start` itself if `with_tests` is set; those of others never do, as cargo
    /// does not build them.
    pub(super) fn reach(&self, start: &Member, with_tests: bool) -> BTreeMap<String, String> {
        let mut ways = BTreeMap::from([(start.id.clone(), start.name.clone())]);
        let mut open = vec![start.id.clone()];
        while let Some(from) = open.pop() {
            let tests_count = with_tests && from == start.id;
            for (to, kind) in self.edges.get(&from).into_iter().flatten() {
                let follows = tests_count || *kind != Kind::Development;
                if follows && !ways.contains_key(to) {
                    let way = format!("{} → {}", ways[&from], self.name(to));
                    ways.insert(to.clone(), way);
                    open.push(to.clone());
                }
            }
        }
        ways.remove(&start.id);
        ways.into_iter()
            .map(|(id, way)| (self.name(&id).to_owned(), way))
            .collect()
    }

    fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.names.get(id).map_or(id, String::as_str)
    }
}

fn member(package: &Value, id: String) -> Result<Member> {
    let manifest = text(package, "manifest_path")?;
    let root = workspace::root();
    let relative = std::path::Path::new(&manifest)
        .strip_prefix(root)
        .map_or(manifest.clone(), |path| {
            path.to_string_lossy().replace('\\', "/")
        });
    let declared = array(&package["dependencies"])
        .map(|dependency| {
            Ok(Declared {
                name: text(dependency, "name")?,
                kind: kind(&dependency["kind"]),
            })
        })
        .collect::<Result<_>>()?;
    Ok(Member {
        name: text(package, "name")?,
        manifest: relative,
        declared,
        id,
    })
}

fn edges_of(node: &Value) -> Result<Vec<(String, Kind)>> {
    let mut edges = Vec::new();
    for dependency in array(&node["deps"]) {
        let to = text(dependency, "pkg")?;
        // One edge per kind: a crate may be a normal and a development dependency at once.
        edges.extend(
            array(&dependency["dep_kinds"]).map(|entry| (to.clone(), kind(&entry["kind"]))),
        );
    }
    Ok(edges)
}

fn kind(value: &Value) -> Kind {
    match value.as_str() {
        Some("dev") => Kind::Development,
        Some("build") => Kind::Build,
        _ => Kind::Normal,
    }
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value, key: &str) -> Result<String> {
    let found = value[key]
        .as_str()
        .with_context(|| format!("`cargo metadata` lacks `{key}`"))?;
    Ok(found.to_owned())
}
