//! Addresses of STUN and TURN servers.

/// A text that is not the address of a STUN or TURN server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{url}` is not the address of a STUN or TURN server: expected stun:host[:port], stuns:host[:port], or \
     turn:host[:port] or turns:host[:port] with or without ?transport=udp or ?transport=tcp"
)]
pub struct InvalidIceUrl {
    url: String,
}

/// Whether browsers can read the address (RFC 7064, RFC 7065). They refuse a whole list with one that they cannot.
///
/// ```
/// # use seameet::check_ice_url;
/// assert!(check_ice_url("turns:turn.example.org:5349?transport=tcp").is_ok());
/// assert!(check_ice_url("turn.example.org").is_err());
/// ```
///
/// # Errors
///
/// [`InvalidIceUrl`] repeats the address; it holds no secret.
pub fn check_ice_url(url: &str) -> Result<(), InvalidIceUrl> {
    if is_ice_url(url) {
        return Ok(());
    }
    let url = url.chars().take(200).collect();
    Err(InvalidIceUrl { url })
}

fn is_ice_url(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once(':') else {
        return false;
    };
    let (address, transport) = match rest.split_once("?transport=") {
        Some((address, transport)) => (address, Some(transport)),
        None => (rest, None),
    };
    let transport_fits = match scheme {
        "stun" | "stuns" => transport.is_none(),
        "turn" | "turns" => matches!(transport, None | Some("udp" | "tcp")),
        _ => false,
    };
    transport_fits && is_address(address)
}

fn is_address(address: &str) -> bool {
    let (host, port) = match address.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((host, port)) if host.parse::<std::net::Ipv6Addr>().is_ok() => (
                host,
                port.strip_prefix(':').or((!port.is_empty()).then_some("")),
            ),
            _ => return false,
        },
        None => match address.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (address, None),
        },
    };
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
    !host.is_empty()
        && host.bytes().all(in_name)
        && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_take_is_taken() {
        for url in [
            "stun:stun.example.org",
            "stuns:192.0.2.1:5349",
            "turn:turn.example.org:3478?transport=udp",
            "turns:turn.example.org?transport=tcp",
            "turn:[2001:db8::1]:3478",
            "turn:[2001:db8::1]",
        ] {
            assert_eq!(check_ice_url(url), Ok(()), "{url}");
        }
    }

    #[test]
    fn what_they_refuse_is_refused() {
        for url in [
            "",
            "turn.example.org:3478",
            "turn:",
            "turn://turn.example.org",
            "turn:turn.example.org:port",
            "turn:turn.example.org:0",
            "turn:turn.example.org?transport=sctp",
            "stun:stun.example.org?transport=udp",
            "turn:[2001:db8::1",
            "turn:[2001:db8::1]3478",
            "turn:2001:db8::1",
            "turn:user@turn.example.org",
            "https://turn.example.org",
        ] {
            assert!(check_ice_url(url).is_err(), "{url}");
        }
    }
}
