//! Why participants did not get in, and when they try again.

use std::time::Duration;

use seameet_client::{EndReason, JoinError};

/// Milliseconds before the second, third, … attempt, as the browsers' client waits; the last one stays.
const DELAYS: [u64; 5] = [300, 1_000, 2_000, 4_000, 8_000];
/// Share by which a delay is stretched or shrunk, in thousandths.
const JITTER: u64 = 300;

/// Why an attempt failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The server's stable code, or what stood in the way.
    pub(crate) code: String,
    /// Whether a client would try again.
    pub(crate) is_passing: bool,
}

impl Refusal {
    /// The attempt ended before it was in.
    pub(crate) fn of_end(reason: &EndReason) -> Self {
        match reason {
            EndReason::Refused { code, .. } => Self {
                code: code.to_string(),
                is_passing: code.is_retryable(),
            },
            EndReason::SignalingLost => Self::passing("signaling_lost"),
            EndReason::MediaLost => Self::passing("media_lost"),
            EndReason::Protocol { reason } => Self::lasting(reason),
            EndReason::RoomClosed => Self::lasting("room_closed"),
            _ => Self::lasting("failed"),
        }
    }

    /// The server could not be reached.
    pub(crate) fn of_join(error: &JoinError) -> Self {
        match (error.status(), error) {
            (Some(status @ (429 | 503)), _) => Self::passing(&format!("http_{status}")),
            (Some(status), _) => Self::lasting(&format!("http_{status}")),
            (None, JoinError::Connect { .. }) => Self::passing("unreachable"),
            (None, _) => Self::lasting("no_socket"),
        }
    }

    fn passing(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            is_passing: true,
        }
    }

    fn lasting(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            is_passing: false,
        }
    }

    /// How long to wait after an attempt, counted from 1, before the next. Participants' numbers spread them, so that a
    /// thousand do not return in the same instant, and the same run does the same again.
    pub(crate) fn pause(attempt: u32, participant: u32) -> Duration {
        let place = usize::try_from(attempt.max(1) - 1).unwrap_or(usize::MAX);
        let delay = DELAYS[place.min(DELAYS.len() - 1)];
        let mixed = (participant.wrapping_mul(31) ^ attempt).wrapping_mul(0x9E37_79B9) >> 16;
        let share = 1_000 - JITTER + 2 * JITTER * u64::from(mixed) / 0xFFFF;
        Duration::from_micros(delay * share)
    }
}

/// The setting of a seameet server that lifts a refusal.
pub(crate) fn remedy(code: &str) -> Option<&'static str> {
    match code {
        "rate_limited" => Some("--joins-per-second and --join-burst"),
        "room_full" => Some("--max-room-members"),
        "too_many_rooms" => Some("--max-rooms and --max-rooms-per-address"),
        "http_429" => Some("--max-connections-per-address"),
        "http_503" => Some("--max-connections"),
        "auth_rejected" => Some("a --token here that the server believes"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    //! Tests of refusals.

    use super::*;

    #[test]
    fn pauses_grow_and_differ_between_participants() {
        let pauses: Vec<_> = (1..=7).map(|attempt| Refusal::pause(attempt, 4)).collect();
        assert!(
            pauses[..4].windows(2).all(|pair| pair[0] < pair[1]),
            "{pauses:?}"
        );
        for (attempt, delay) in (1..).zip(DELAYS) {
            for participant in 0..100 {
                let pause = Refusal::pause(attempt, participant).as_micros();
                let range = u128::from(delay * 700)..=u128::from(delay * 1_300);
                assert!(range.contains(&pause), "{pause} of {delay}");
            }
        }
        assert_ne!(Refusal::pause(1, 1), Refusal::pause(1, 2));
    }

    #[test]
    fn what_the_protocol_calls_passing_is_tried_again() {
        use seameet_client::ErrorCode;
        let refused = |code| {
            Refusal::of_end(&EndReason::Refused {
                code,
                message: String::new(),
            })
        };
        assert!(refused(ErrorCode::RateLimited).is_passing);
        assert!(!refused(ErrorCode::AuthRejected).is_passing);
        let full = refused(ErrorCode::RoomFull);
        assert_eq!(remedy(&full.code), Some("--max-room-members"));
    }
}
