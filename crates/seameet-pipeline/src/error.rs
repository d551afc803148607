//! What can go wrong with a peer connection.

/// The engine gave up on this connection; drop it.
#[derive(Debug, thiserror::Error)]
#[error("the peer connection failed: {0}")]
pub struct PeerError(#[source] pub(crate) Box<dyn std::error::Error + Send + Sync>);

impl From<str0m::RtcError> for PeerError {
    fn from(error: str0m::RtcError) -> Self {
        Self(Box::new(error))
    }
}

/// Why an offer cannot be answered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OfferError {
    /// The text is not a session description. The connection is unharmed.
    #[error("not a valid session description: {reason}")]
    Parse {
        /// What the parser says.
        reason: String,
    },
    /// The description has more media lines than allowed. The connection is unharmed.
    #[error("{lines} media lines, at most {limit}")]
    TooManyLines {
        /// Lines offered.
        lines: usize,
        /// Lines allowed.
        limit: usize,
    },
    /// The description has more lines of text than allowed. The connection is unharmed.
    #[error("{lines} lines of text, at most {limit}")]
    TooLong {
        /// Lines of text.
        lines: usize,
        /// Lines allowed.
        limit: usize,
    },
    /// The description is valid but cannot be applied. The connection is unusable afterwards.
    #[error("the offer cannot be applied: {reason}")]
    Apply {
        /// What the engine says.
        reason: String,
    },
    /// A local address cannot be a candidate.
    #[error("the local address {address} cannot be an ICE candidate")]
    Candidate {
        /// The address.
        address: std::net::SocketAddr,
    },
}

/// Why an answer cannot be accepted.
#[derive(Debug, thiserror::Error)]
#[error("the answer cannot be applied: {reason}")]
pub struct AnswerError {
    /// What the engine says.
    pub reason: String,
}
