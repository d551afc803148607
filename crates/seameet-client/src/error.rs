//! What goes wrong.

use seameet_core::ErrorCode;
use seameet_pipeline::{AnswerError, OfferError, PeerError};

/// Why a participant cannot even begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JoinError {
    /// Its endpoint cannot be set up.
    #[error("the media endpoint cannot be set up: {0}")]
    Endpoint(#[from] OfferError),
    /// The connection to the server failed.
    #[cfg(feature = "driver")]
    #[error("no connection to {url}: {source}")]
    Connect {
        /// Where to.
        url: String,
        /// What happened.
        source: Box<tokio_tungstenite::tungstenite::Error>,
    },
    /// A socket failed.
    #[error("a socket failed: {0}")]
    Socket(#[from] std::io::Error),
}

#[cfg(feature = "driver")]
impl JoinError {
    /// The HTTP status with which the server refused the WebSocket, if it did.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Connect { source, .. } => match source.as_ref() {
                tokio_tungstenite::tungstenite::Error::Http(answer) => {
                    Some(answer.status().as_u16())
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// Why a participant is not in its room any more.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EndReason {
    /// It left.
    #[error("it left")]
    Left,
    /// The server refused something that it cannot do without.
    #[error("the server refused: {code}: {message}")]
    Refused {
        /// The stable code.
        code: ErrorCode,
        /// What was wrong.
        message: String,
    },
    /// The server said something that makes no sense.
    #[error("the server's message cannot be read: {reason}")]
    Protocol {
        /// What is wrong with it.
        reason: String,
    },
    /// The answer does not fit the offer.
    #[error("the answer does not fit: {0}")]
    Answer(#[from] AnswerError),
    /// No offer could be made.
    #[error("no offer can be made: {0}")]
    Offer(#[from] OfferError),
    /// The media endpoint is beyond repair.
    #[error("the media endpoint failed: {0}")]
    Media(#[from] PeerError),
    /// The media connection ended.
    #[error("the media connection ended")]
    MediaLost,
    /// The server closes the room or shuts down.
    #[error("the room closes")]
    RoomClosed,
    /// The signaling connection ended.
    #[error("the signaling connection ended")]
    SignalingLost,
}
