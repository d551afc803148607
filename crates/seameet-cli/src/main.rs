//! The seameet program.

fn main() {}
