//! Time-limited TURN credentials by coturn's REST scheme (draft-uberti-behave-turn-rest-00, section 2.2).
//!
//! The user name is the end of its validity in seconds since 1970, a colon, and the participant; the password is the
//! Base64 of the HMAC-SHA1 (RFC 2104) over the user name, keyed with a secret that the TURN server has too. So nothing
//! needs to be stored on either side, and a credential that leaks from a page is of use for a few hours. Both clocks
//! must agree to within the time that credentials last.

use std::time::Duration;

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use seameet_core::ParticipantId;
use sha1::Sha1;

use crate::wire::{IceServer, Secret};

/// TURN servers that know one secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnServer {
    /// Their addresses, as `turn:host:port?transport=udp` (RFC 7065).
    pub urls: Vec<String>,
    /// What coturn calls `static-auth-secret`. It never leaves this server.
    pub secret: Secret,
    /// How long a credential lasts. It must outlast a call: a browser that restarts ICE later uses the one that it
    /// has.
    pub ttl: Duration,
}

impl TurnServer {
    /// The form that a browser takes, for this participant, with a credential made at `at_ms` (milliseconds since
    /// 1970).
    pub fn ice_server(&self, participant: ParticipantId, at_ms: f64) -> IceServer {
        let until = Duration::try_from_secs_f64(at_ms / 1000.0)
            .unwrap_or_default()
            .saturating_add(self.ttl);
        let username = format!("{}:{participant}", until.as_secs());
        let credential = credential(self.secret.reveal(), &username);
        IceServer {
            urls: self.urls.clone(),
            username: Some(username),
            credential: Some(Secret::new(credential)),
        }
    }
}

fn credential(secret: &str, username: &str) -> String {
    // HMAC takes keys of every length (RFC 2104, section 2), so this cannot fail; a password that no server accepts
    // is what remains of a failure.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(username.as_bytes());
    BASE64.encode(&mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hexadecimal digest of a test vector as Base64.
    fn base64_of(digest: &str) -> String {
        BASE64.encode(&data_encoding::HEXLOWER.decode(digest.as_bytes()).unwrap())
    }

    #[test]
    fn credentials_are_those_of_the_published_vectors() {
        // RFC 2202, section 3, test cases 1 and 2.
        for (secret, text, digest) in [
            (
                "\u{b}".repeat(20),
                "Hi There",
                "b617318655057264e28bc0b6fb378c8ef146be00",
            ),
            (
                "Jefe".to_owned(),
                "what do ya want for nothing?",
                "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
            ),
        ] {
            assert_eq!(credential(&secret, text), base64_of(digest));
        }
    }

    #[test]
    fn the_name_says_until_when_and_for_whom() {
        let server = TurnServer {
            urls: vec!["turn:turn.example.org".to_owned()],
            secret: Secret::new("north"),
            ttl: Duration::from_secs(3600),
        };
        let participant = ParticipantId::from_random(7);
        let made = server.ice_server(participant, 1_767_225_600_999.0);
        let name = "1767229200:p_0000000000000007";
        assert_eq!(made.username.as_deref(), Some(name));
        assert_eq!(made.urls, ["turn:turn.example.org"]);
        let password = made.credential.unwrap();
        assert_eq!(password.reveal(), credential("north", name));
        assert_ne!(password.reveal(), credential("south", name));
    }

    #[test]
    fn a_clock_that_is_not_set_makes_a_name_all_the_same() {
        let server = TurnServer {
            urls: Vec::new(),
            secret: Secret::new("north"),
            ttl: Duration::from_secs(5),
        };
        let made = server.ice_server(ParticipantId::from_random(7), f64::NAN);
        assert_eq!(made.username.as_deref(), Some("5:p_0000000000000007"));
    }

    #[test]
    fn the_secret_is_not_printed() {
        let server = TurnServer {
            urls: Vec::new(),
            secret: Secret::new("hunter2"),
            ttl: Duration::ZERO,
        };
        assert!(!format!("{server:?}").contains("hunter2"));
    }
}
