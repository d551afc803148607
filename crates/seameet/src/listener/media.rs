//! Connections that carry media, between the listener and the media plane.

use std::net::IpAddr;
use std::sync::Arc;

use seameet_sfu::{MediaPlane, TcpRefusal};
use tokio::net::TcpStream;

use super::limits::ConnectionLimits;

/// Connections on which nobody authenticated himself yet, in all. Honest ones are such for a moment.
const MAX_NEWCOMERS: usize = 256;
/// The same from one address.
const MAX_NEWCOMERS_PER_ADDRESS: usize = 32;

/// The way of connections to the media plane.
#[derive(Debug, Clone)]
pub(crate) struct MediaDoor {
    plane: Arc<MediaPlane>,
    newcomers: ConnectionLimits,
}

impl MediaDoor {
    pub(crate) fn new(plane: Arc<MediaPlane>) -> Self {
        Self {
            plane,
            newcomers: ConnectionLimits::new(MAX_NEWCOMERS, MAX_NEWCOMERS_PER_ADDRESS),
        }
    }

    /// Brings a connection to the peer that its first check names. `keeper` is dropped when the connection ends.
    pub(crate) async fn take(
        &self,
        stream: TcpStream,
        address: IpAddr,
        keeper: impl Send + 'static,
    ) -> Result<(), TcpRefusal> {
        let Ok(_newcomer) = self.newcomers.acquire(address) else {
            self.plane.count_refusal(TcpRefusal::Busy);
            return Err(TcpRefusal::Busy);
        };
        self.plane.adopt(stream, keeper).await
    }
}
