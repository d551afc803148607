//! Prints the TypeScript types of the wire messages.

#![expect(clippy::print_stdout, reason = "printing is what this program is for")]

fn main() {
    print!("{}", seameet_signaling::wire::typescript());
}
