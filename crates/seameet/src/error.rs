//! Why a server cannot be built or cannot run.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::ice::InvalidIceUrl;
use crate::origin::InvalidOrigin;

/// Why [`build`](crate::SeaMeetServerBuilder::build) failed. The text says what to change.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Nothing decides who may join.
    #[error(
        "nothing decides who may join: add `.on_authenticate(|participant, room, token| async move {{ .. }})` to the \
         builder, or `.allow_unauthenticated_joins()` for a server that lets everybody in"
    )]
    MissingAuthentication,
    /// Nothing bounds how fast clients may talk.
    #[error(
        "nothing limits how fast clients may send messages: add \
         `.on_rate_check(seameet::rate::per_participant(Default::default()))` or a hook of your own to the builder, or \
         `.allow_unlimited_rates()` for a server that takes everything"
    )]
    MissingRateCheck,
    /// A number that must be at least one is zero.
    #[error("`{setting}` must be at least 1")]
    Zero {
        /// The builder's method.
        setting: &'static str,
    },
    /// A time that no server can work with.
    #[error("`{setting}` is {value:?}; it must be {}, and at most a day", at_least(*.may_be_zero))]
    Duration {
        /// The builder's method.
        setting: &'static str,
        /// What was given.
        value: Duration,
        /// Whether none at all is allowed.
        may_be_zero: bool,
    },
    /// No video codec is left.
    #[error("`video_codecs` needs at least one video codec and takes no audio codec")]
    VideoCodecs,
    /// An entry of `allowed_origins` is not an origin.
    #[error(transparent)]
    Origin(#[from] InvalidOrigin),
    /// An address of a STUN or TURN server is not one.
    #[error(transparent)]
    IceUrl(#[from] InvalidIceUrl),
    /// A STUN or TURN server without an address.
    #[error("a STUN or TURN server needs at least one address in `urls`")]
    IceServerWithoutUrl,
    /// A TURN server's secret is empty.
    #[error("`turn_server` needs the secret that the TURN server has as its static-auth-secret")]
    TurnSecret,
    /// The operator's token can be guessed.
    #[error("`admin_token` needs at least 16 bytes, for example those of `openssl rand -hex 16`")]
    AdminToken,
    /// The folder given to `static_dir` holds no web application.
    #[error("{} holds no index.html; build the web application or correct `static_dir`", .path.display())]
    StaticDir {
        /// The folder.
        path: PathBuf,
    },
    /// The signaling address cannot be used.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address given to `ws_addr`.
        address: SocketAddr,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The media plane cannot be started.
    #[error("cannot start the media plane")]
    Media(#[from] seameet_sfu::BindError),
}

/// Why [`run`](crate::SeaMeetServer::run) ended other than by its shutdown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The signaling socket cannot be driven by this runtime.
    #[error("cannot drive the signaling socket")]
    Listener(#[source] io::Error),
}

const fn at_least(may_be_zero: bool) -> &'static str {
    if may_be_zero {
        "zero or more"
    } else {
        "longer than zero"
    }
}
