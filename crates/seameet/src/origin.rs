//! Which web pages may open a connection.
//!
//! A browser lets any page open a WebSocket to any server and sends the page's origin along (RFC 6455, section 10.2).
//! Without this check a page on another site could join rooms with what the visitor's browser knows.
//!
//! That a page comes from the host which the request names proves little on a server without a lock: whoever owns a
//! domain can point it at this server's address (DNS rebinding), and then both name that domain. Addresses and
//! `localhost` cannot be pointed elsewhere; any other name must be listed, unless a token is asked for.

use std::net::IpAddr;

use axum::http::{HeaderMap, Uri, header};

/// The pages that may connect. Pages served from the same host and port may when that proves something, and programs
/// that are not browsers and send no `Origin` always.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AllowedOrigins {
    any: bool,
    /// Joins present a token, which a page of a stranger does not have.
    locked: bool,
    origins: Vec<String>,
}

/// A text that is not an origin such as `https://meet.example.org`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an origin; write scheme://host[:port] without a path, or * for any page")]
pub struct InvalidOrigin {
    /// What was given.
    pub text: String,
}

/// Whether a text can be given to [`allowed_origins`](crate::SeaMeetServerBuilder::allowed_origins).
///
/// # Errors
///
/// [`InvalidOrigin`] says what an origin looks like.
pub fn check_origin(text: &str) -> Result<(), InvalidOrigin> {
    AllowedOrigins::parse(&[text.to_owned()], false).map(|_| ())
}

/// Why a page may not connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OriginRefused {
    /// It is a page of another host.
    Foreign,
    /// It is a page of the host that the request names, but anybody could have given this server that name.
    UnlistedName,
}

impl AllowedOrigins {
    /// Reads a list of origins; `*` allows every page. `locked` tells that joins are authenticated.
    pub(crate) fn parse(list: &[String], locked: bool) -> Result<Self, InvalidOrigin> {
        let mut allowed = Self {
            locked,
            ..Self::default()
        };
        for text in list {
            if text == "*" {
                allowed.any = true;
            } else {
                allowed.origins.push(normalise(text)?);
            }
        }
        Ok(allowed)
    }

    /// Whether a request with these headers may open a connection.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<(), OriginRefused> {
        let Some(origin) = headers.get(header::ORIGIN) else {
            return Ok(());
        };
        if self.any {
            return Ok(());
        }
        let origin = origin.to_str().ok().and_then(|text| normalise(text).ok());
        let origin = origin.ok_or(OriginRefused::Foreign)?;
        if self.origins.contains(&origin) {
            return Ok(());
        }
        if !is_same_host(&origin, headers) {
            return Err(OriginRefused::Foreign);
        }
        if self.locked || cannot_be_rebound(&origin) {
            return Ok(());
        }
        Err(OriginRefused::UnlistedName)
    }
}

/// Whether the host of an origin is an address or a name that always means this machine (RFC 6761, section 6.3).
fn cannot_be_rebound(origin: &str) -> bool {
    let Ok(uri) = origin.parse::<Uri>() else {
        return false;
    };
    let host = uri.host().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_local = host == "localhost" || host.ends_with(".localhost");
    is_local || bare.parse::<IpAddr>().is_ok()
}

fn is_same_host(origin: &str, headers: &HeaderMap) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let (Some((scheme, authority)), Some(host)) = (origin.split_once("://"), host) else {
        return false;
    };
    // Behind a proxy that ends TLS the server does not know its own scheme, so only the authority counts.
    without_default_port(scheme, &host.to_ascii_lowercase()) == authority
}

fn normalise(text: &str) -> Result<String, InvalidOrigin> {
    let refuse = || InvalidOrigin { text: text.into() };
    let lower = text.to_ascii_lowercase();
    let (scheme, authority) = lower.split_once("://").ok_or_else(refuse)?;
    let authority = authority.strip_suffix('/').unwrap_or(authority);
    let plain = |c: char| c.is_ascii_graphic() && !"/?#@\\".contains(c);
    if scheme.is_empty() || authority.is_empty() || !authority.chars().all(plain) {
        return Err(refuse());
    }
    Ok(format!(
        "{scheme}://{}",
        without_default_port(scheme, authority)
    ))
}

fn without_default_port<'a>(scheme: &str, authority: &'a str) -> &'a str {
    let default = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return authority,
    };
    authority.strip_suffix(default).unwrap_or(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(list: &[&str], origin: Option<&str>, host: &str) -> bool {
        check(list, true, origin, host).is_ok()
    }

    fn check(
        list: &[&str],
        locked: bool,
        origin: Option<&str>,
        host: &str,
    ) -> Result<(), OriginRefused> {
        let list: Vec<String> = list.iter().map(ToString::to_string).collect();
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        AllowedOrigins::parse(&list, locked)
            .unwrap()
            .check(&headers)
    }

    #[test]
    fn a_program_without_an_origin_may_connect() {
        assert!(allows(&[], None, "meet.example.org"));
    }

    #[test]
    fn a_page_of_the_same_host_may_connect() {
        assert!(allows(
            &[],
            Some("https://meet.example.org"),
            "meet.example.org"
        ));
        assert!(allows(&[], Some("http://localhost:3001"), "localhost:3001"));
        assert!(allows(
            &[],
            Some("https://Meet.Example.org"),
            "meet.example.org:443"
        ));
        assert!(allows(&[], Some("http://[::1]:3001"), "[::1]:3001"));
    }

    /// Whoever owns a domain can point it here, and then page and request name the same host.
    #[test]
    fn without_a_token_a_name_must_be_listed_and_an_address_need_not() {
        let open = |list: &[&str], host: &str| {
            let origin = format!("http://{host}");
            check(list, false, Some(&origin), host)
        };
        for host in [
            "rebound.example:8080",
            "rebound.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:8080",
            "notlocalhost",
        ] {
            assert_eq!(open(&[], host), Err(OriginRefused::UnlistedName), "{host}");
        }
        for host in [
            "localhost:8080",
            "LOCALHOST",
            "a.localhost:1",
            "192.0.2.1:8080",
            "127.0.0.1",
            "[::1]:8080",
            "[2001:db8::1]",
        ] {
            assert_eq!(open(&[], host), Ok(()), "{host}");
        }
        let listed = "meet.example.org";
        assert_eq!(open(&["http://meet.example.org"], listed), Ok(()));
        let foreign = check(&[], false, Some("http://localhost:1"), "localhost:2");
        assert_eq!(foreign, Err(OriginRefused::Foreign));
    }

    #[test]
    fn a_page_of_another_host_or_port_may_not() {
        assert!(!allows(
            &[],
            Some("https://evil.example"),
            "meet.example.org"
        ));
        assert!(!allows(
            &[],
            Some("http://localhost:3002"),
            "localhost:3001"
        ));
        assert!(!allows(
            &[],
            Some("https://meet.example.org.evil.example"),
            "meet.example.org"
        ));
        assert!(!allows(&[], Some("null"), "meet.example.org"));
        assert!(!allows(
            &[],
            Some("https://evil.example/meet.example.org"),
            "meet.example.org"
        ));
    }

    #[test]
    fn listed_pages_may_connect_and_nothing_near_them() {
        let list = ["https://app.example.org"];
        assert!(allows(
            &list,
            Some("https://app.example.org"),
            "sfu.example.org"
        ));
        assert!(allows(
            &list,
            Some("https://app.example.org:443"),
            "sfu.example.org"
        ));
        assert!(!allows(
            &list,
            Some("http://app.example.org"),
            "sfu.example.org"
        ));
        assert!(!allows(
            &list,
            Some("https://app.example.org:8443"),
            "sfu.example.org"
        ));
    }

    #[test]
    fn a_star_allows_every_page() {
        assert!(allows(
            &["*"],
            Some("https://anything.example"),
            "meet.example.org"
        ));
        assert!(allows(&["*"], Some("null"), "meet.example.org"));
    }

    #[test]
    fn what_is_not_an_origin_is_refused_by_name() {
        for text in [
            "example.org",
            "https://example.org/path",
            "https://",
            "https://user@host",
        ] {
            let error = AllowedOrigins::parse(&[text.to_string()], true).unwrap_err();
            assert_eq!(error.text, text);
        }
    }
}
