//! What a participant may do, as decided by the authentication hook.

use crate::media::TrackSource;

/// What a participant may do. The room checks it for every message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a right of its own; a set of flags would hide them from the reader"
)]
pub struct Grant {
    /// May publish a microphone.
    pub publish_microphone: bool,
    /// May publish a camera.
    pub publish_camera: bool,
    /// May publish a screen and its sound.
    pub publish_screen: bool,
    /// May receive others' tracks.
    pub subscribe: bool,
    /// May send chat messages, reactions and raise a hand.
    pub chat: bool,
    /// May send control data.
    pub data: bool,
}

impl Grant {
    /// Everything a member of an ordinary call needs.
    pub const fn full() -> Self {
        Self {
            publish_microphone: true,
            publish_camera: true,
            publish_screen: true,
            subscribe: true,
            chat: true,
            data: true,
        }
    }

    /// Sees and hears, sends nothing.
    pub const fn viewer() -> Self {
        Self {
            publish_microphone: false,
            publish_camera: false,
            publish_screen: false,
            subscribe: true,
            chat: false,
            data: false,
        }
    }

    /// Whether tracks of this source may be published.
    pub const fn allows(self, source: TrackSource) -> bool {
        match source {
            TrackSource::Microphone => self.publish_microphone,
            TrackSource::Camera => self.publish_camera,
            TrackSource::Screen | TrackSource::ScreenAudio => self.publish_screen,
        }
    }
}

/// Why a join is refused. The reason reaches the client and the server's events, so it holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Denial {
    /// One sentence for the person who tried to join.
    pub reason: String,
}

impl Denial {
    /// A refusal with its reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
        }
    }
}
