//! The same bots for servers of different languages.

use std::net::SocketAddr;
use std::time::Instant;

use seameet_client::media::TrackSource;
use seameet_client::{JoinError, Machine, Participant, ParticipantPlan, Publication, Token};

use super::bot::Bot;
use super::layout::Layout;
use super::media::Stream;
use super::{Plan, Sinks};

/// A participant in the language of some server.
pub(crate) trait Adapter: Machine + Sized {
    /// Somebody whose media comes from this address and who begins to join.
    fn enter(bot: &Bot, plan: &Plan, address: SocketAddr) -> Result<Self, JoinError>;

    /// Asks for what it wants to see. Servers that cannot be asked are not.
    fn arrange(&mut self, _layout: Layout) {}
}

impl Adapter for Participant {
    fn enter(bot: &Bot, plan: &Plan, address: SocketAddr) -> Result<Self, JoinError> {
        let now = Instant::now();
        let mut described = ParticipantPlan::new(bot.room.clone(), address);
        described.display_name = Some(format!("Bot {}", bot.number));
        described.token = plan.token.clone().map(Token::new);
        described.video_slots = plan.video_slots;
        described.audio_slots = plan.audio_slots;
        described.light = plan.sinks == Sinks::Light;
        if bot.publishes {
            let sound = plan
                .audio
                .then(|| Publication::new(TrackSource::Microphone));
            let camera = plan.video.map(|shape| Publication {
                encodings: Stream::camera(shape, now)
                    .iter()
                    .filter_map(|stream| stream.rid)
                    .collect(),
                ..Publication::new(TrackSource::Camera)
            });
            described.publications = sound.into_iter().chain(camera).collect();
            described.video_codecs = plan.video.map(|shape| shape.codec).into_iter().collect();
        }
        Self::new(described, now)
    }

    fn arrange(&mut self, layout: Layout) {
        if let Some(view) = layout.view(self.scene()) {
            self.watch(view);
        }
    }
}
