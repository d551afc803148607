//! Handing what comes over to a [`LightReceiver`].

use std::time::Instant;

use seameet_core::Codec;
use str0m::rtp::Extension;

use crate::convert;
use crate::light::{Agreed, Kind, LightReceiver};
use crate::peer::PeerConnection;

impl PeerConnection {
    /// Who receives from now on what comes; this endpoint is to get no RTP packets any more. `None` before it is
    /// connected, and without [`PeerConfig::light`](crate::PeerConfig::light).
    pub fn receive_lightly(&self, now: Instant) -> Option<LightReceiver> {
        LightReceiver::new(self.agreed_lightly(), self.secrets.as_ref()?, now)
    }

    /// Tells a light receiver of this endpoint what was agreed on since.
    pub fn agree_lightly(&self, receiver: &mut LightReceiver) {
        receiver.agree(self.agreed_lightly());
    }

    fn agreed_lightly(&self) -> Agreed {
        let mut kinds = [Kind::Unknown; 128];
        let mut note = |payload_type: u8, kind| {
            if let Some(place) = kinds.get_mut(usize::from(payload_type)) {
                *place = kind;
            }
        };
        for params in self.rtc.codec_config().params() {
            for (payload_type, format) in convert::formats(params) {
                let is_sound = format.codec == Codec::Opus;
                note(
                    *payload_type,
                    if is_sound { Kind::Sound } else { Kind::Picture },
                );
            }
            if let Some(repairs) = params.resend() {
                note(*repairs, Kind::Repair);
            }
        }
        Agreed {
            kinds,
            transport_extension: self.transport_extension(),
        }
    }

    /// The extension that counts packets, which has one number in all lines of a description (RFC 8843, section 7.1.3).
    fn transport_extension(&self) -> Option<u8> {
        let lines = self.lines().into_iter();
        lines
            .filter_map(|line| self.rtc.media(convert::engine_mid(line.mid)))
            .find_map(|media| {
                let mut extensions = media.remote_extmap().iter();
                extensions.find_map(|(id, extension)| {
                    (*extension == Extension::TransportSequenceNumber).then_some(id)
                })
            })
    }
}
