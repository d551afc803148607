//! Tests of reading connectivity checks.

use proptest::prelude::*;

use super::*;

/// A request with these attributes, each padded to four bytes.
fn request(attributes: &[([u8; 2], &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (kind, value) in attributes {
        body.extend_from_slice(kind);
        body.extend_from_slice(&u16::try_from(value.len()).unwrap().to_be_bytes());
        body.extend_from_slice(value);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    let mut bytes = BINDING_REQUEST.to_vec();
    bytes.extend_from_slice(&u16::try_from(body.len()).unwrap().to_be_bytes());
    bytes.extend_from_slice(&MAGIC_COOKIE);
    bytes.extend_from_slice(&[7; 12]);
    bytes.extend_from_slice(&body);
    bytes
}

#[test]
fn a_request_names_its_server_and_its_wish() {
    let bytes = request(&[(USERNAME, b"server:client"), (USE_CANDIDATE, b"")]);
    let expected = BindingRequest {
        transaction: [7; 12],
        server_ufrag: "server",
        nominates: true,
    };
    assert_eq!(BindingRequest::read(&bytes), Some(expected));
    let bytes = request(&[([0x80, 0x22], b"agent"), (USERNAME, b"a+/9:b")]);
    let read = BindingRequest::read(&bytes).unwrap();
    assert_eq!((read.server_ufrag, read.nominates), ("a+/9", false));
}

#[test]
fn what_stands_behind_the_integrity_check_is_not_read() {
    let bytes = request(&[
        (USERNAME, b"server:client"),
        (MESSAGE_INTEGRITY, &[0; 20]),
        (USE_CANDIDATE, b""),
    ]);
    assert!(!BindingRequest::read(&bytes).unwrap().nominates);
}

#[test]
fn anything_else_is_not_a_request() {
    let good = request(&[(USERNAME, b"server:client")]);
    assert!(BindingRequest::read(&good).is_some());
    for length in 0..good.len() {
        assert_eq!(
            BindingRequest::read(&good[..length]),
            None,
            "cut to {length}"
        );
    }
    for (index, what) in [(0, "type"), (1, "type"), (3, "length"), (4, "cookie")] {
        let mut bad = good.clone();
        bad[index] ^= 0x10;
        assert_eq!(BindingRequest::read(&bad), None, "wrong {what}");
    }
    let longer = [good.as_slice(), &[0; 4]].concat();
    assert_eq!(BindingRequest::read(&longer), None);
    for name in [&b"no colon"[..], b"\xFF\xFE:client", b""] {
        assert_eq!(BindingRequest::read(&request(&[(USERNAME, name)])), None);
    }
    assert_eq!(BindingRequest::read(&request(&[])), None);
}

#[test]
fn an_answer_belongs_to_one_request() {
    let bytes = request(&[(USERNAME, b"server:client")]);
    let asked = BindingRequest::read(&bytes).unwrap();
    let mut answer = request(&[]);
    answer[..2].copy_from_slice(&BINDING_SUCCESS);
    assert!(asked.is_answered_by(&answer));
    answer[19] ^= 1;
    assert!(!asked.is_answered_by(&answer));
    assert!(!asked.is_answered_by(&bytes));
}

/// Bytes that look more like a request than chance would give.
fn almost_requests() -> impl Strategy<Value = Vec<u8>> {
    (
        any::<u16>(),
        proptest::collection::vec(any::<u8>(), 0..200),
        any::<bool>(),
    )
        .prop_map(|(length, tail, honest)| {
            let length = if honest {
                u16::try_from(tail.len().saturating_sub(12)).unwrap()
            } else {
                length
            };
            let mut bytes = BINDING_REQUEST.to_vec();
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(&MAGIC_COOKIE);
            bytes.extend_from_slice(&tail);
            bytes
        })
}

proptest! {
    #[test]
    fn garbage_is_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = BindingRequest::read(&bytes);
        let _ = is_stun(&bytes);
    }

    #[test]
    fn almost_requests_are_read_without_panic(bytes in almost_requests()) {
        let _ = BindingRequest::read(&bytes);
    }

    #[test]
    fn any_name_is_found_whatever_stands_around_it(
        name in "[a-zA-Z0-9+/]{1,256}",
        before in proptest::collection::vec(any::<u8>(), 0..40),
        after in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let username = format!("{name}:client");
        let bytes = request(&[
            ([0x80, 0x22], &before),
            (USERNAME, username.as_bytes()),
            ([0x80, 0x2A], &after),
        ]);
        let read = BindingRequest::read(&bytes).expect("it is a request");
        prop_assert_eq!(read.server_ufrag, name);
    }
}
