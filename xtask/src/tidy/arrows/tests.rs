//! Small made-up workspaces that break one arrow each.

use serde_json::{Value, json};

use super::*;

/// A crate and what it depends on, each with cargo's word for the kind.
type Row<'a> = (&'a str, &'a [(&'a str, Option<&'a str>)]);

/// A workspace of `(crate, [(dependency, kind)])`; names without a row are foreign packages.
fn workspace(rows: &[Row<'_>]) -> Value {
    let mut names: Vec<&str> = rows
        .iter()
        .flat_map(|(name, edges)| edges.iter().map(|(to, _)| *to).chain([*name]))
        .collect();
    names.sort_unstable();
    names.dedup();
    let edges = |name: &str| {
        let row = rows.iter().find(|(found, _)| *found == name);
        row.map_or(&[] as &[_], |(_, edges)| *edges)
    };
    let packages = names.iter().map(|name| {
        let declared = edges(name)
            .iter()
            .map(|(to, kind)| json!({ "name": to, "kind": kind }));
        json!({
            "id": name, "name": name, "manifest_path": format!("crates/{name}/Cargo.toml"),
            "dependencies": declared.collect::<Vec<_>>(),
        })
    });
    let nodes = names.iter().map(|name| {
        let deps = edges(name)
            .iter()
            .map(|(to, kind)| json!({ "pkg": to, "dep_kinds": [{ "kind": kind }] }));
        json!({ "id": name, "deps": deps.collect::<Vec<_>>() })
    });
    let ours = names
        .iter()
        .filter(|name| name.starts_with("seameet") || name.starts_with("my-"));
    json!({
        "packages": packages.collect::<Vec<_>>(),
        "workspace_members": ours.collect::<Vec<_>>(),
        "resolve": { "nodes": nodes.collect::<Vec<_>>() },
    })
}

fn complaints(rows: &[Row<'_>]) -> Vec<String> {
    let graph = Graph::read(&workspace(rows)).unwrap();
    check(&graph)
        .into_iter()
        .map(|complaint| complaint.advice)
        .collect()
}

#[test]
fn the_arrows_of_the_table_pass() {
    let found = complaints(&[
        ("seameet-rtp", &[("seameet-core", None)]),
        (
            "seameet-sfu",
            &[
                ("seameet-rtp", None),
                ("seameet-testkit", Some("dev")),
                ("tokio", None),
            ],
        ),
    ]);
    assert_eq!(found, [""; 0]);
}

#[test]
fn an_upward_arrow_is_forbidden_in_tests_too() {
    let found = complaints(&[("seameet-core", &[("seameet-sfu", Some("dev"))])]);
    assert!(
        found[0].starts_with("seameet-core may not depend on seameet-sfu"),
        "{found:?}"
    );
}

#[test]
fn the_testkit_serves_tests_only() {
    let found = complaints(&[("seameet-sfu", &[("seameet-testkit", None)])]);
    assert!(
        found[0].starts_with("seameet-sfu may not depend on seameet-testkit"),
        "{found:?}"
    );
}

#[test]
fn a_crate_may_test_itself_with_a_feature_on() {
    let rows = [(
        "seameet-signaling",
        &[("seameet-signaling", Some("dev"))] as &[_],
    )];
    assert_eq!(complaints(&rows), [""; 0]);
}

#[test]
fn a_crate_without_a_row_is_asked_for_one() {
    let found = complaints(&[("my-new-crate", &[])]);
    assert!(found[0].contains("not in the table"), "{found:?}");
}

#[test]
fn the_engine_belongs_to_one_crate() {
    assert!(complaints(&[("seameet-pipeline", &[("str0m", None)])]).is_empty());
    let found = complaints(&[("seameet-testkit", &[("str0m", Some("dev"))])]);
    assert!(found[0].contains("only seameet-pipeline may"), "{found:?}");
}

#[test]
fn a_hidden_way_to_an_executor_is_spelled_out() {
    let found = complaints(&[
        ("seameet-rtp", &[("helper", None)]),
        ("helper", &[("tokio", None)]),
    ]);
    assert!(
        found[0].starts_with("seameet-rtp → helper → tokio"),
        "{found:?}"
    );
}

#[test]
fn the_media_plane_reaches_no_codec_not_even_in_tests() {
    let found = complaints(&[
        ("seameet-sfu", &[("seameet-testkit", Some("dev"))]),
        ("seameet-testkit", &[("seameet-codec", None)]),
    ]);
    assert!(
        found[0].starts_with("seameet-sfu → seameet-testkit → seameet-codec"),
        "{found:?}"
    );
}

#[test]
fn development_dependencies_of_others_are_not_followed() {
    let found = complaints(&[
        ("seameet-rtp", &[("helper", None)]),
        ("helper", &[("tokio", Some("dev"))]),
    ]);
    assert_eq!(found, [""; 0]);
}
