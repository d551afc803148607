//! From what a client says to what a room is asked.

use seameet_core::id::ParseIdError;
use seameet_core::media::{self as core_media, View as CoreView};
use seameet_core::room::{self, OfferRequest, RoomCommand};
use seameet_core::{ErrorCode, Mid, ParticipantId, RequestError, TrackId};

use crate::wire::{ClientBody, Offer, OfferedTrack, SetTrack, SlotWish, TrackSource, View};

impl ClientBody {
    /// What the room is asked; `None` for messages that never reach the room: `join`, `ping`, and
    /// `ice_candidate`, because the server learns a client's address from its connectivity checks
    /// (ICE-lite, RFC 8445 section 2.5).
    pub fn into_command(self) -> Result<Option<RoomCommand>, RequestError> {
        let mute = |source, muted| RoomCommand::SetSourceMuted { source, muted };
        Ok(Some(match self {
            Self::Join(_) | Self::IceCandidate(_) | Self::Ping => {
                return Ok(None);
            }
            Self::Leave => RoomCommand::Leave,
            Self::Offer(offer) => RoomCommand::Offer(offer.try_into()?),
            Self::MuteAudio => mute(core_media::TrackSource::Microphone, true),
            Self::UnmuteAudio => mute(core_media::TrackSource::Microphone, false),
            Self::MuteVideo => mute(core_media::TrackSource::Camera, true),
            Self::UnmuteVideo => mute(core_media::TrackSource::Camera, false),
            Self::SetTrack(change) => change.try_into()?,
            Self::Unpublish(message) => RoomCommand::Unpublish {
                track: track_id(&message.track)?,
            },
            Self::View(view) => RoomCommand::SetView(view.try_into()?),
            Self::RequestKeyframe(message) => RoomCommand::RequestKeyframe {
                track: track_id(&message.track)?,
            },
            Self::ChatMessage(message) => RoomCommand::Chat {
                text: message.text,
                to: receiver(message.to.as_deref())?,
            },
            Self::Data(message) => RoomCommand::Data {
                topic: message.topic,
                to: receiver(message.to.as_deref())?,
                body: message.body,
            },
            Self::RaiseHand => RoomCommand::SetHand { raised: true },
            Self::LowerHand => RoomCommand::SetHand { raised: false },
            Self::Reaction(message) => RoomCommand::React {
                reaction: message.reaction,
            },
        }))
    }
}

impl TryFrom<Offer> for OfferRequest {
    type Error = RequestError;

    fn try_from(offer: Offer) -> Result<Self, RequestError> {
        let tracks = offer
            .tracks
            .into_iter()
            .map(room::OfferedTrack::try_from)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            sdp: offer.sdp,
            tracks,
        })
    }
}

impl TryFrom<OfferedTrack> for room::OfferedTrack {
    type Error = RequestError;

    fn try_from(track: OfferedTrack) -> Result<Self, RequestError> {
        Ok(Self {
            mid: mid(&track.mid)?,
            source: track.source.into(),
            muted: track.muted.unwrap_or(false),
            encrypted: track.encrypted.unwrap_or(false),
        })
    }
}

impl TryFrom<SetTrack> for RoomCommand {
    type Error = RequestError;

    fn try_from(change: SetTrack) -> Result<Self, RequestError> {
        let size = match (change.width, change.height) {
            (Some(width), Some(height)) => Some((width, height)),
            (None, None) => None,
            _ => {
                return Err(RequestError::new(
                    ErrorCode::BadMessage,
                    "set_track: width and height come together",
                ));
            }
        };
        Ok(Self::SetTrack {
            track: track_id(&change.track)?,
            muted: change.muted,
            size,
            fps: change.fps,
        })
    }
}

impl TryFrom<View> for CoreView {
    type Error = RequestError;

    fn try_from(view: View) -> Result<Self, RequestError> {
        match (view.slots, view.auto) {
            (Some(slots), None) => slots
                .into_iter()
                .map(core_media::SlotWish::try_from)
                .collect::<Result<_, _>>()
                .map(Self::Slots),
            (None, Some(auto)) => Ok(Self::Auto {
                max_video: usize::try_from(auto.max_video).unwrap_or(usize::MAX),
            }),
            _ => Err(RequestError::new(
                ErrorCode::BadMessage,
                "view: exactly one of slots and auto is needed",
            )),
        }
    }
}

impl TryFrom<SlotWish> for core_media::SlotWish {
    type Error = RequestError;

    fn try_from(wish: SlotWish) -> Result<Self, RequestError> {
        Ok(Self {
            mid: mid(&wish.mid)?,
            track: wish.track.as_deref().map(track_id).transpose()?,
            max_height: wish.max_height,
            max_fps: wish.max_fps,
            min_height: wish.min_height,
            priority: wish.priority.unwrap_or(0),
            pinned: wish.pinned.unwrap_or(false),
        })
    }
}

fn mid(text: &str) -> Result<Mid, RequestError> {
    text.parse()
        .map_err(|error| refuse(ErrorCode::BadTrack, &error))
}

fn track_id(text: &str) -> Result<TrackId, RequestError> {
    text.parse()
        .map_err(|error| refuse(ErrorCode::UnknownTrack, &error))
}

fn receiver(text: Option<&str>) -> Result<Option<ParticipantId>, RequestError> {
    text.map(str::parse)
        .transpose()
        .map_err(|error| refuse(ErrorCode::UnknownParticipant, &error))
}

fn refuse(code: ErrorCode, error: &ParseIdError) -> RequestError {
    RequestError::new(code, error.to_string())
}

twin!(TrackSource => core_media::TrackSource { Microphone, Camera, Screen, ScreenAudio });
