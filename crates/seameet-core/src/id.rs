//! Identifiers. All but room and display names are minted by the server.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Longest room name in bytes.
pub const MAX_ROOM_ID_BYTES: usize = 64;
/// Longest display name in characters (Unicode scalar values).
pub const MAX_DISPLAY_NAME_CHARS: usize = 64;
/// Longest media line id in bytes (RFC 8843 leaves it open; the engine stores sixteen).
pub const MAX_MID_BYTES: usize = 16;
/// Longest name of a simulcast encoding in bytes: what the WebRTC engine can hold.
pub const MAX_RID_BYTES: usize = 8;

/// A text that is not a valid identifier of the named kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a valid {kind}: {rule}")]
pub struct ParseIdError {
    /// What was expected.
    pub kind: &'static str,
    /// The offending text, cut to 80 characters.
    pub text: String,
    /// The rule it breaks.
    pub rule: &'static str,
}

impl ParseIdError {
    fn new(kind: &'static str, text: &str, rule: &'static str) -> Self {
        Self {
            kind,
            text: text.chars().take(80).collect(),
            rule,
        }
    }
}

/// A member of a room. Minted by the server from 64 random bits; survives reconnects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParticipantId(u64);

impl ParticipantId {
    /// Wraps random bits drawn by a driver.
    pub const fn from_random(bits: u64) -> Self {
        Self(bits)
    }
}

impl fmt::Display for ParticipantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p_{:016x}", self.0)
    }
}

impl FromStr for ParticipantId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.strip_prefix("p_")
            .and_then(|hex| u64::from_str_radix(hex, 16).ok())
            .map(Self)
            // Only the form that was given out is an id: no sign, no capitals, no missing zeros.
            .filter(|id| id.to_string() == text)
            .ok_or_else(|| {
                ParseIdError::new("participant id", text, "p_ and 16 hexadecimal digits")
            })
    }
}

/// A published track, unique within its room for the room's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrackId(u32);

impl TrackId {
    /// Wraps a number that the room counted.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }
}

impl fmt::Display for TrackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "t_{}", self.0)
    }
}

impl FromStr for TrackId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.strip_prefix("t_")
            .and_then(|number| number.parse().ok())
            .map(Self)
            .filter(|id| id.to_string() == text)
            .ok_or_else(|| ParseIdError::new("track id", text, "t_ and a number"))
    }
}

/// One signaling connection. Numbered by the process; a participant may pass through several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(u64);

impl ConnectionId {
    /// Wraps a number that the process counted.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c_{}", self.0)
    }
}

/// A room's name: 1 to 64 bytes of `[A-Za-z0-9_.:-]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomId(Arc<str>);

impl RoomId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RoomId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte);
        if (1..=MAX_ROOM_ID_BYTES).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.into()))
        } else {
            Err(ParseIdError::new(
                "room id",
                text,
                "1 to 64 characters of A-Z a-z 0-9 _ . : -",
            ))
        }
    }
}

impl fmt::Display for RoomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a participant wants to be called: at most 64 characters, trimmed, no control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DisplayName(Arc<str>);

impl DisplayName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DisplayName {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.trim();
        let length = name.chars().count();
        if (1..=MAX_DISPLAY_NAME_CHARS).contains(&length) && !name.chars().any(char::is_control) {
            Ok(Self(name.into()))
        } else {
            Err(ParseIdError::new(
                "display name",
                text,
                "1 to 64 characters, no control characters",
            ))
        }
    }
}

impl fmt::Display for DisplayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A short text that is copied instead of shared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Inline<const MOST: usize> {
    length: u8,
    bytes: [u8; MOST],
}

impl<const MOST: usize> Inline<MOST> {
    /// `None` when the text is empty, too long, or has a byte that is not allowed.
    fn new(text: &str, is_allowed: fn(u8) -> bool) -> Option<Self> {
        if text.is_empty() || !text.bytes().all(is_allowed) {
            return None;
        }
        let mut bytes = [0; MOST];
        bytes
            .get_mut(..text.len())?
            .copy_from_slice(text.as_bytes());
        let length = u8::try_from(text.len()).ok()?;
        Some(Self { length, bytes })
    }

    fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..usize::from(self.length));
        std::str::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
    }
}

/// A media line's id within one session description (RFC 8843, section 15).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mid(Inline<MAX_MID_BYTES>);

impl Mid {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for Mid {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = Inline::new(text, |byte| byte.is_ascii_graphic());
        name.map(Self)
            .ok_or_else(|| ParseIdError::new("mid", text, "1 to 16 visible ASCII characters"))
    }
}

impl fmt::Display for Mid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Mid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mid({})", self.as_str())
    }
}

/// The name of one simulcast encoding within a media line (RFC 8851, section 10). Says nothing about its quality.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rid(Inline<MAX_RID_BYTES>);

impl Rid {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for Rid {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = Inline::new(text, |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
        });
        name.map(Self)
            .ok_or_else(|| ParseIdError::new("rid", text, "1 to 8 characters of A-Z a-z 0-9 _ -"))
    }
}

impl fmt::Display for Rid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Rid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rid({})", self.as_str())
    }
}

/// The secret with which a participant returns after its connection broke: 128 random bits.
///
/// It prints nothing of itself. Compare with [`ResumeToken::matches`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ResumeToken([u8; 16]);

impl ResumeToken {
    /// Wraps random bytes drawn by a driver.
    pub const fn from_random(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The form that travels to the client: 32 hexadecimal digits.
    pub fn reveal(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.0))
    }

    /// Compares without telling by its duration where the first difference is.
    pub fn matches(&self, other: &Self) -> bool {
        self.0
            .iter()
            .zip(other.0)
            .fold(0, |difference, (a, b)| difference | (a ^ b))
            == 0
    }
}

impl FromStr for ResumeToken {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || ParseIdError::new("resume token", "", "32 hexadecimal digits");
        // The number's parser would take a sign.
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(refuse());
        }
        let number = u128::from_str_radix(text, 16).map_err(|_| refuse())?;
        Ok(Self(number.to_be_bytes()))
    }
}

impl fmt::Debug for ResumeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResumeToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_they_are_written_and_in_no_other_form() {
        let participant = ParticipantId::from_random(0xab);
        assert_eq!(participant.to_string(), "p_00000000000000ab");
        assert_eq!("p_00000000000000ab".parse(), Ok(participant));
        assert_eq!("t_7".parse(), Ok(TrackId::new(7)));
        for text in [
            "p_00000000000000AB",
            "p_+0000000000000ab",
            "p_ab",
            "00000000000000ab",
            "p_",
        ] {
            assert!(text.parse::<ParticipantId>().is_err(), "{text}");
        }
        for text in ["t_07", "t_+7", "t_", "7", "t_4294967296", "t_-1"] {
            assert!(text.parse::<TrackId>().is_err(), "{text}");
        }
    }

    #[test]
    fn resume_tokens_travel_and_do_not_print() {
        let token = ResumeToken::from_random([0xa7; 16]);
        assert_eq!(token.reveal().parse(), Ok(token.clone()));
        assert_eq!(format!("{token:?}"), "ResumeToken(..)");
        assert!(token.matches(&token.clone()));
        assert!(!token.matches(&ResumeToken::from_random([0xa6; 16])));
        let signed = "+".to_owned() + &"1".repeat(31);
        for text in ["", "a7", signed.as_str(), &"é".repeat(16), &"1".repeat(33)] {
            assert!(text.parse::<ResumeToken>().is_err(), "{text}");
        }
    }

    #[test]
    fn names_count_characters_not_bytes() {
        assert!("漢".repeat(64).parse::<DisplayName>().is_ok());
        assert!("漢".repeat(65).parse::<DisplayName>().is_err());
        assert_eq!(
            " Zoë ".parse::<DisplayName>().map(|name| name.to_string()),
            Ok("Zoë".into())
        );
        assert!("a\u{7}b".parse::<DisplayName>().is_err());
        assert!("é".repeat(9).parse::<Mid>().is_err());
        assert!("a".repeat(17).parse::<Mid>().is_err());
        assert!("a".repeat(9).parse::<Rid>().is_err());
        for text in ["", "a.b", "é"] {
            assert!(text.parse::<Rid>().is_err(), "{text}");
        }
        assert_eq!(
            "q_1-".parse::<Rid>().map(|rid| rid.to_string()),
            Ok("q_1-".into())
        );
        assert_eq!(
            "0123456789abcdef".parse::<Mid>().map(|mid| mid.to_string()),
            Ok("0123456789abcdef".into())
        );
    }
}
