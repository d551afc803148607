//! From text to values, one function per kind of value.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use seameet::{Codec, IceServer};

/// What was expected in place of the text.
pub(super) type Expected = &'static str;

pub(super) fn address(text: &str) -> Result<SocketAddr, Expected> {
    text.trim()
        .parse()
        .map_err(|_| "an address with a port, such as 0.0.0.0:8080 or [::]:3001")
}

pub(super) fn port(text: &str) -> Result<u16, Expected> {
    text.trim().parse().map_err(|_| "a port from 0 to 65535")
}

pub(super) fn optional_port(text: &str) -> Result<Option<u16>, Expected> {
    match text.trim() {
        "" => Ok(None),
        text => port(text).map(Some),
    }
}

pub(super) fn count(text: &str) -> Result<usize, Expected> {
    text.trim().parse().map_err(|_| "a whole number")
}

pub(super) fn at_least_one(text: &str) -> Result<usize, Expected> {
    match text.trim().parse() {
        Ok(0) | Err(_) => Err("a whole number of at least 1"),
        Ok(number) => Ok(number),
    }
}

pub(super) fn rate(text: &str) -> Result<u32, Expected> {
    match text.trim().parse() {
        Ok(0) | Err(_) => Err("a whole number from 1 to 4294967295"),
        Ok(number) => Ok(number),
    }
}

pub(super) fn ip_addresses(text: &str) -> Result<Vec<IpAddr>, Expected> {
    list(text)
        .map(|item| IpAddr::from_str(item).map_err(|_| "IPv4 or IPv6 addresses without a port"))
        .collect()
}

pub(super) fn codecs(text: &str) -> Result<Vec<Codec>, Expected> {
    const KNOWN: [Codec; 4] = [Codec::Vp8, Codec::Vp9, Codec::H264, Codec::Av1];
    let expected = "some of vp8, vp9, h264, av1";
    let codecs: Vec<Codec> = list(text)
        .map(|item| {
            let matches = |codec: &Codec| codec.name().eq_ignore_ascii_case(item);
            KNOWN.into_iter().find(matches).ok_or(expected)
        })
        .collect::<Result<_, _>>()?;
    if codecs.is_empty() {
        return Err(expected);
    }
    Ok(codecs)
}

pub(super) fn ice_servers(text: &str) -> Result<Vec<IceServer>, Expected> {
    serde_json::from_str(text).map_err(|_| {
        "a list such as [{\"urls\": [\"turn:turn.example.org\"], \"username\": \"..\", \"credential\": \"..\"}]"
    })
}

/// The parts between commas.
pub(super) fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
}
