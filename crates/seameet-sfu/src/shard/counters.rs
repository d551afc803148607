//! What a shard counts.

use crate::shard::deliver::Delivered;

/// Why a packet went no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Drop {
    /// From an address that no peer owns and that names none.
    UnknownAddress,
    /// A connectivity check that its peer did not authenticate.
    NotAuthenticated,
    /// A connectivity check of a peer that has shown too many addresses.
    TooManyAddresses,
    /// Larger than a datagram of an ordinary path.
    Oversize,
    /// On a line that carries no published track.
    NoTrack,
    /// Of a muted track.
    Muted,
    /// Of a stream that its sender gave up, or of more encodings than a track may have.
    UnusedEncoding,
    /// Older than anything that could still be placed.
    TooLate,
    /// Waited too long to be sent to a subscriber.
    Stale,
    /// The receiver negotiated no matching format.
    NoFormat,
    /// More datagrams in one step than the send queue holds.
    SendQueueFull,
    /// The kernel's send buffer was full.
    SocketFull,
    /// The kernel refused to send.
    SocketError,
    /// The queue of a TCP connection was full.
    TcpFull,
    /// Waited too long in the queue of a TCP connection.
    TcpLate,
    /// For a TCP connection that is not open any more.
    TcpGone,
}

impl Drop {
    /// Every cause with its stable name.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::UnknownAddress, "unknown_address"),
        (Self::NotAuthenticated, "not_authenticated"),
        (Self::TooManyAddresses, "too_many_addresses"),
        (Self::Oversize, "oversize"),
        (Self::NoTrack, "no_track"),
        (Self::Muted, "muted"),
        (Self::UnusedEncoding, "unused_encoding"),
        (Self::TooLate, "too_late"),
        (Self::Stale, "stale"),
        (Self::NoFormat, "no_format"),
        (Self::SendQueueFull, "send_queue_full"),
        (Self::SocketFull, "socket_full"),
        (Self::SocketError, "socket_error"),
        (Self::TcpFull, "tcp_full"),
        (Self::TcpLate, "tcp_late"),
        (Self::TcpGone, "tcp_gone"),
    ];
}

/// Totals since the start, and a few gauges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Peer connections now.
    pub peers: u64,
    /// Rooms now.
    pub rooms: u64,
    /// Datagrams received.
    pub packets_in: u64,
    /// Bytes received.
    pub bytes_in: u64,
    /// TCP connections that carry media now.
    pub tcp_connections: u64,
    /// TCP connections that ever did.
    pub tcp_accepted: u64,
    /// Datagrams received over TCP; part of all received.
    pub tcp_frames_in: u64,
    /// Datagrams sent over TCP; part of all sent.
    pub tcp_frames_out: u64,
    /// Datagrams handed to the socket.
    pub packets_out: u64,
    /// Bytes handed to the socket.
    pub bytes_out: u64,
    /// RTP packets forwarded to a subscriber.
    pub packets_forwarded: u64,
    /// Keyframe requests from subscribers.
    pub keyframe_requests_received: u64,
    /// Keyframe requests to publishers, after merging.
    pub keyframe_requests_sent: u64,
    /// Times that a subscriber's picture became better by a switch of layers.
    pub layers_up: u64,
    /// Times that a subscriber's picture became worse by a switch of layers.
    pub layers_down: u64,
    /// Times that a subscriber was given a picture out of a cache.
    pub cache_replays: u64,
    /// RTP packets that a subscriber did not get because they are of layers beyond its target.
    pub packets_left_out: u64,
    /// Peers that were dropped because their state machine panicked.
    pub peers_failed: u64,
    drops: [u64; Drop::ALL.len()],
}

impl Counters {
    /// Counts a dropped packet.
    pub fn drop(&mut self, cause: Drop) {
        self.drop_many(cause, 1);
    }

    /// Counts dropped packets.
    pub fn drop_many(&mut self, cause: Drop, packets: u64) {
        if let Some(count) = self.drops.get_mut(cause as usize) {
            *count += packets;
        }
    }

    /// Counts what delivering did.
    pub(super) fn note(&mut self, delivered: &Delivered) {
        self.packets_forwarded += delivered.written;
        self.packets_left_out += delivered.left_out;
        self.cache_replays += delivered.replays;
        self.drop_many(Drop::TooLate, delivered.too_late);
        self.drop_many(Drop::NoFormat, delivered.unsendable);
    }

    /// Dropped packets by cause.
    pub fn drops(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        Drop::ALL
            .iter()
            .zip(self.drops)
            .map(|((_, name), count)| (*name, count))
    }

    /// How many packets were dropped for this cause.
    pub fn dropped(&self, cause: Drop) -> u64 {
        self.drops.get(cause as usize).copied().unwrap_or(0)
    }

    /// Adds another shard's counters.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        self.peers += other.peers;
        self.rooms += other.rooms;
        self.packets_in += other.packets_in;
        self.bytes_in += other.bytes_in;
        self.tcp_connections += other.tcp_connections;
        self.tcp_accepted += other.tcp_accepted;
        self.tcp_frames_in += other.tcp_frames_in;
        self.tcp_frames_out += other.tcp_frames_out;
        self.packets_out += other.packets_out;
        self.bytes_out += other.bytes_out;
        self.packets_forwarded += other.packets_forwarded;
        self.keyframe_requests_received += other.keyframe_requests_received;
        self.keyframe_requests_sent += other.keyframe_requests_sent;
        self.layers_up += other.layers_up;
        self.layers_down += other.layers_down;
        self.cache_replays += other.cache_replays;
        self.packets_left_out += other.packets_left_out;
        self.peers_failed += other.peers_failed;
        for (sum, count) in self.drops.iter_mut().zip(other.drops) {
            *sum += count;
        }
        self
    }
}
