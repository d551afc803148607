//! From text to values, one function per kind of value.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use seameet::{Codec, IceServer, Token, check_ice_url};

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
    let expected = "a list such as [{\"urls\": [\"turn:turn.example.org\"], \"username\": \"..\", \"credential\": \"..\"}]";
    let servers: Vec<IceServer> = serde_json::from_str(text).map_err(|_| expected)?;
    let is_good = |server: &IceServer| {
        !server.urls.is_empty() && server.urls.iter().all(|url| check_ice_url(url).is_ok())
    };
    if servers.iter().all(is_good) {
        Ok(servers)
    } else {
        Err(expected)
    }
}

pub(super) fn ice_urls(text: &str) -> Result<Vec<String>, Expected> {
    list(text)
        .map(|item| match check_ice_url(item) {
            Ok(()) => Ok(item.to_owned()),
            Err(_) => Err("addresses such as turn:turn.example.org:3478?transport=udp"),
        })
        .collect()
}

pub(super) fn seconds(text: &str) -> Result<Duration, Expected> {
    match text.trim().parse() {
        Ok(seconds @ 1..=86_400) => Ok(Duration::from_secs(seconds)),
        _ => Err("seconds from 1 to 86400"),
    }
}

pub(super) fn admin_token(text: &str) -> Result<Option<Token>, Expected> {
    match text.len() {
        0 => Ok(None),
        1..16 => Err("at least 16 bytes, for example those of `openssl rand -hex 16`"),
        _ => Ok(Some(Token::new(text))),
    }
}

/// The parts between commas.
pub(super) fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
}
