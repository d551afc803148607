//! Which web pages may open a connection.
//!
//! A browser lets any page open a WebSocket to any server and sends the page's origin along (RFC 6455, section 10.2).
//! Without this check a page on another site could join rooms with what the visitor's browser knows.

use axum::http::{HeaderMap, header};

/// The pages that may connect. Pages served from the same host and port always may, and so may programs that are not
/// browsers and send no `Origin`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AllowedOrigins {
    any: bool,
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
    AllowedOrigins::parse(&[text.to_owned()]).map(|_| ())
}

impl AllowedOrigins {
    /// Reads a list of origins; `*` allows every page.
    pub(crate) fn parse(list: &[String]) -> Result<Self, InvalidOrigin> {
        let mut allowed = Self::default();
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
    pub(crate) fn allow(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else {
            return true;
        };
        if self.any {
            return true;
        }
        let Some(origin) = origin.to_str().ok().and_then(|text| normalise(text).ok()) else {
            return false;
        };
        self.origins.contains(&origin) || is_same_host(&origin, headers)
    }
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
        let list: Vec<String> = list.iter().map(ToString::to_string).collect();
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        AllowedOrigins::parse(&list).unwrap().allow(&headers)
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
            let error = AllowedOrigins::parse(&[text.to_string()]).unwrap_err();
            assert_eq!(error.text, text);
        }
    }
}
