//! Who may see the operator's view.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use super::{Refusal, refuse};
use crate::Token;
use crate::listener::subscriber;
use crate::shared::Shared;

/// Middleware: lets the operator in. Requests are counted before the token is looked at, so that it cannot be guessed
/// faster than it can be used.
pub(super) async fn guard(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(token) = &shared.admin_token else {
        return refuse(Refusal::NotEnabled);
    };
    if !shared.admin_requests.allows(&address(&request)) {
        return refuse(Refusal::RateLimited);
    }
    if !has_token(request.headers(), token) {
        return refuse(Refusal::Unauthorized);
    }
    next.run(request).await
}

/// Whom the request counts for. Where an embedding application tells no addresses, all count as one.
fn address(request: &Request) -> IpAddr {
    let info = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let unknown = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    info.map_or(unknown, |ConnectInfo(address)| subscriber(address.ip()))
}

/// Whether the request carries the token (RFC 6750, section 2.1). The scheme's case does not matter (RFC 9110,
/// section 11.1).
fn has_token(headers: &HeaderMap, token: &Token) -> bool {
    let value = headers.get(header::AUTHORIZATION);
    let given = value.and_then(|value| value.to_str().ok());
    given
        .and_then(|given| given.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .is_some_and(|(_, given)| token.matches(given.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bearer_with_the_whole_token_is_let_in() {
        let token = Token::new("0123456789abcdef");
        let lets_in = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            has_token(&headers, &token)
        };
        assert!(lets_in("Bearer 0123456789abcdef"));
        assert!(lets_in("bearer 0123456789abcdef"));
        for wrong in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer 0123456789abcde",
            "Bearer 0123456789abcdef0",
            "Bearer 0123456789ABCDEF",
            "Basic 0123456789abcdef",
            "0123456789abcdef",
        ] {
            assert!(!lets_in(wrong), "{wrong}");
        }
        assert!(!has_token(&HeaderMap::new(), &token));
    }
}
