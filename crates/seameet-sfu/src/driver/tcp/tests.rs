//! What the tests of several modules build.

/// A connectivity check that nobody authenticated.
pub(super) fn check(ufrag: &str) -> Vec<u8> {
    let username = format!("{ufrag}:client");
    let padded = username.len().next_multiple_of(4);
    let mut message = vec![0, 1];
    message.extend(u16::try_from(4 + padded).unwrap().to_be_bytes());
    message.extend([0x21, 0x12, 0xA4, 0x42]);
    message.extend([7; 12]);
    message.extend([0, 6]);
    message.extend(u16::try_from(username.len()).unwrap().to_be_bytes());
    message.extend(username.as_bytes());
    message.resize(20 + 4 + padded, 0);
    message
}

pub(super) fn framed(datagram: &[u8]) -> Vec<u8> {
    let length = u16::try_from(datagram.len()).unwrap();
    [&length.to_be_bytes(), datagram].concat()
}
