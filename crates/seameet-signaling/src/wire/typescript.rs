//! The wire types as TypeScript.

use std::collections::BTreeMap;

use seameet_core::ErrorCode;
use ts_rs::{Config, TS, TypeVisitor};

use super::{ClientMessage, PROTOCOL_VERSION, ServerMessage};

const HEAD: &str = "\
// The messages of the signaling protocol, generated from the Rust types by `cargo xtask codegen`.
// Do not edit; `cargo xtask codegen --check` compares.
";

/// One TypeScript module with every message and its parts. The same types give the same text.
pub fn typescript() -> String {
    let mut declarations = Declarations::default();
    declarations.visit::<ClientMessage>();
    declarations.visit::<ServerMessage>();
    let mut module = format!(
        "{HEAD}\n/** The protocol version that these types describe. */\n\
         export const PROTOCOL_VERSION = {PROTOCOL_VERSION};\n\n{}",
        error_codes()
    );
    for declaration in declarations.by_name.values() {
        module.push('\n');
        module.push_str(declaration);
    }
    module
}

/// The union of the codes, and the codes as values.
fn error_codes() -> String {
    let codes = ErrorCode::ALL.iter().fold(String::new(), |list, code| {
        list + "  \"" + code.as_str() + "\",\n"
    });
    format!(
        "/** Every error code, in the order of the documentation. */\n\
         export const ERROR_CODES = [\n{codes}] as const;\n\n\
         /** Why a request was refused. */\n\
         export type ErrorCode = (typeof ERROR_CODES)[number];\n"
    )
}

/// Declarations of types and of all that they are made of, sorted by name.
#[derive(Default)]
struct Declarations {
    config: Config,
    by_name: BTreeMap<String, String>,
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Only types of our own have a path to be written to.
        if T::output_path().is_none() {
            return;
        }
        let name = T::ident(&self.config);
        if self.by_name.contains_key(&name) {
            return;
        }
        let docs = T::docs().unwrap_or_default();
        let declaration = format!(
            "{}export {}\n",
            short_docs(&docs),
            lay_out(&T::decl(&self.config))
        );
        self.by_name.insert(name, declaration);
        T::visit_dependencies(self);
    }
}

/// Gives each field and each alternative a line of its own. `ts-rs` writes them in one.
fn lay_out(text: &str) -> String {
    let text = short_docs(text)
        .replace(", };", ",\n};")
        .replace(", } & (", ",\n} & (\n| ")
        .replace(" = { \"type\"", " =\n| { \"type\"")
        .replace(" | { \"type\"", "\n| { \"type\"")
        .replace(" | RoomEvent;", "\n| RoomEvent;")
        .replace(");", "\n);");
    let indent = |line: &str| match line.get(..1) {
        Some("}" | ")") | None => line.trim_end().to_owned(),
        Some(_) => format!("  {}", line.trim_end()),
    };
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default().trim_end().to_owned();
    lines.fold(first, |text, line| text + "\n" + &indent(line))
}

/// Puts comments on one line where they have only one.
fn short_docs(text: &str) -> String {
    text.replace("/**\n * ", "/** ").replace("\n */\n", " */\n")
}
