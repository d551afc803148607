//! From text to messages: size, then JSON, then the message, each with a precise error.

use seameet_core::{ErrorCode, RequestError};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::json::{self, JsonBounds, quote};
use super::{ClientBody, ClientMessage, ServerMessage};

/// Longest request id in characters.
pub const MAX_REQUEST_ID_CHARS: usize = 64;
/// Longest explanation that comes from the parser, in characters.
const REASON_CHARS: usize = 200;

/// How large a message may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecodeLimits {
    /// Longest message in bytes, offers excepted.
    pub message_bytes: usize,
    /// Longest `offer` in bytes: a session description is large by nature.
    pub offer_bytes: usize,
    /// What the JSON may contain.
    pub json: JsonBounds,
}

impl DecodeLimits {
    /// For what a server reads.
    pub const fn server_side() -> Self {
        Self {
            message_bytes: 64 * 1024,
            offer_bytes: 320 * 1024,
            json: JsonBounds {
                depth: 8,
                values: 4096,
            },
        }
    }

    /// For what a client reads: `ready` holds a whole room and its chat history.
    pub const fn client_side() -> Self {
        Self {
            message_bytes: 8 * 1024 * 1024,
            offer_bytes: 8 * 1024 * 1024,
            json: JsonBounds {
                depth: 12,
                values: 1 << 18,
            },
        }
    }

    /// The longest text that can be a message at all; a transport need not read further.
    pub fn longest(&self) -> usize {
        self.message_bytes.max(self.offer_bytes)
    }
}

impl Default for DecodeLimits {
    fn default() -> Self {
        Self::server_side()
    }
}

/// Why a text is not a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// It is too long.
    #[error("the message has {bytes} bytes, at most {limit} are allowed")]
    TooLarge {
        /// Its length.
        bytes: usize,
        /// The limit for its type.
        limit: usize,
    },
    /// It is not JSON, has a key twice, or is nested or populated beyond the bounds.
    #[error("not acceptable JSON: {reason}")]
    Json {
        /// What and where.
        reason: String,
    },
    /// It is JSON, but not an object with a text `type`.
    #[error("a message is an object with a text field `type`")]
    NoType,
    /// Its `id` cannot be repeated in the reply.
    #[error("`id` must be a text of 1 to {MAX_REQUEST_ID_CHARS} characters")]
    BadRequestId,
    /// There is no message of this type.
    #[error("there is no message type {kind}")]
    UnknownType {
        /// The type, quoted and cut.
        kind: String,
    },
    /// A field is missing or wrong.
    #[error("{kind}: {reason}")]
    Field {
        /// The message's type.
        kind: String,
        /// Where and what.
        reason: String,
    },
}

impl DecodeError {
    /// The code that tells it to the client.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::TooLarge { .. } => ErrorCode::TooLarge,
            Self::UnknownType { .. } => ErrorCode::UnknownType,
            Self::Json { .. } | Self::NoType | Self::BadRequestId | Self::Field { .. } => {
                ErrorCode::BadMessage
            }
        }
    }
}

impl From<DecodeError> for RequestError {
    fn from(error: DecodeError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

/// A text that is not a message, and the request id that it carried all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Rejected {
    /// The request id, when it could be read.
    pub id: Option<String>,
    /// What is wrong.
    pub error: DecodeError,
}

/// Reads a client's message. Unknown fields are ignored.
pub fn decode_client(text: &str, limits: &DecodeLimits) -> Result<ClientMessage, Rejected> {
    let envelope = Envelope::open(text, limits)?;
    let id = envelope.id.clone();
    match envelope.client_body(text.len(), limits) {
        Ok(body) => Ok(ClientMessage { id, body }),
        Err(error) => Err(Rejected { id, error }),
    }
}

/// Reads a server's message. A client ignores the ones that it gets [`DecodeError::UnknownType`] for.
pub fn decode_server(text: &str, limits: &DecodeLimits) -> Result<ServerMessage, Rejected> {
    let envelope = Envelope::open(text, limits)?;
    let id = envelope.id.clone();
    envelope
        .server_message()
        .map_err(|error| Rejected { id, error })
}

/// An object with a type, its fields not yet looked at.
struct Envelope {
    kind: String,
    id: Option<String>,
    fields: Map<String, Value>,
}

impl Envelope {
    fn open(text: &str, limits: &DecodeLimits) -> Result<Self, Rejected> {
        let anonymous = |error| Rejected { id: None, error };
        if text.len() > limits.longest() {
            return Err(anonymous(DecodeError::TooLarge {
                bytes: text.len(),
                limit: limits.longest(),
            }));
        }
        let value = json::parse(text, limits.json).map_err(|error| {
            anonymous(DecodeError::Json {
                reason: cut(&error.to_string()),
            })
        })?;
        let Value::Object(mut fields) = value else {
            return Err(anonymous(DecodeError::NoType));
        };
        // A server's chat message has an id as well, which stays among its fields.
        let id = request_id(fields.get("id")).map_err(anonymous)?;
        match fields.remove("type") {
            Some(Value::String(kind)) => Ok(Self { kind, id, fields }),
            _ => Err(Rejected {
                id,
                error: DecodeError::NoType,
            }),
        }
    }

    fn client_body(self, bytes: usize, limits: &DecodeLimits) -> Result<ClientBody, DecodeError> {
        let limit = match self.kind.as_str() {
            "offer" => limits.offer_bytes,
            _ => limits.message_bytes,
        };
        if bytes > limit {
            return Err(DecodeError::TooLarge { bytes, limit });
        }
        Ok(match self.kind.as_str() {
            "join" => ClientBody::Join(self.fields()?),
            "leave" => ClientBody::Leave,
            "offer" => ClientBody::Offer(self.fields()?),
            "ice_candidate" => ClientBody::IceCandidate(self.fields()?),
            "mute_audio" => ClientBody::MuteAudio,
            "unmute_audio" => ClientBody::UnmuteAudio,
            "mute_video" => ClientBody::MuteVideo,
            "unmute_video" => ClientBody::UnmuteVideo,
            "set_track" => ClientBody::SetTrack(self.fields()?),
            "unpublish" => ClientBody::Unpublish(self.fields()?),
            "view" => ClientBody::View(self.fields()?),
            "request_keyframe" => ClientBody::RequestKeyframe(self.fields()?),
            "chat_message" => ClientBody::ChatMessage(self.fields()?),
            "data" => ClientBody::Data(self.fields()?),
            "raise_hand" => ClientBody::RaiseHand,
            "lower_hand" => ClientBody::LowerHand,
            "reaction" => ClientBody::Reaction(self.fields()?),
            "ping" => ClientBody::Ping,
            _ => return Err(self.unknown()),
        })
    }

    fn server_message(mut self) -> Result<ServerMessage, DecodeError> {
        Ok(match self.kind.as_str() {
            "ready" => ServerMessage::Ready(self.fields()?),
            "answer" => ServerMessage::Answer(self.fields()?),
            "slots" => ServerMessage::Slots(self.fields()?),
            "request_renegotiation" => ServerMessage::RequestRenegotiation(self.fields()?),
            "active_speakers" => ServerMessage::ActiveSpeakers(self.fields()?),
            "quality" => ServerMessage::Quality(self.fields()?),
            "publisher_demand" => ServerMessage::PublisherDemand(self.fields()?),
            "media_lost" => ServerMessage::MediaLost(self.fields()?),
            "left" => ServerMessage::Left(self.fields()?),
            "room_closing" => ServerMessage::RoomClosing(self.fields()?),
            "error" => ServerMessage::Error(self.fields()?),
            "pong" => ServerMessage::Pong(self.fields()?),
            "participant_joined"
            | "participant_updated"
            | "participant_left"
            | "track_published"
            | "track_updated"
            | "track_unpublished"
            | "chat_message"
            | "data"
            | "reaction" => {
                // Room events also appear inside `ready` and so read their own tag.
                let tag = Value::String(self.kind.clone());
                self.fields.insert("type".to_owned(), tag);
                ServerMessage::Event(self.fields()?)
            }
            _ => return Err(self.unknown()),
        })
    }

    fn fields<T: DeserializeOwned>(self) -> Result<T, DecodeError> {
        serde_path_to_error::deserialize(Value::Object(self.fields)).map_err(|error| {
            let path = error.path().to_string();
            let reason = match path.as_str() {
                "." => error.inner().to_string(),
                path => format!("{path}: {}", error.inner()),
            };
            DecodeError::Field {
                kind: self.kind,
                reason: cut(&reason),
            }
        })
    }

    fn unknown(&self) -> DecodeError {
        DecodeError::UnknownType {
            kind: quote(&self.kind),
        }
    }
}

fn request_id(value: Option<&Value>) -> Result<Option<String>, DecodeError> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(id))
            if (1..=MAX_REQUEST_ID_CHARS).contains(&id.chars().take(65).count()) =>
        {
            Ok(Some(id.clone()))
        }
        Some(_) => Err(DecodeError::BadRequestId),
    }
}

/// Keeps explanations short: the parser repeats the peer's own text in them.
fn cut(reason: &str) -> String {
    reason.chars().take(REASON_CHARS).collect()
}
