//! What the log calls a room.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;

use seameet_core::RoomId;

/// Drawn anew for every process, so that a label neither tells the name nor can be compared with guessed names.
static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// Stands for a room in the log. Whoever knows a room's name can enter it where no token is asked for, so the name itself
/// is not for everybody who reads logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RoomLabel(u64);

/// The label of a room, the same for as long as the process lives.
pub(crate) fn room_label(room: &RoomId) -> RoomLabel {
    RoomLabel(KEY.hash_one(room.as_str()))
}

impl fmt::Display for RoomLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_steady_and_tells_rooms_apart_without_their_names() {
        let label = |name: &str| room_label(&name.parse().unwrap()).to_string();
        assert_eq!(label("lobby"), label("lobby"));
        assert_ne!(label("lobby"), label("lobbz"));
        assert!(!label("lobby").contains("lobby"));
    }
}
