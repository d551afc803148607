//! The proof that a client presents when it joins.

use std::fmt;

use subtle::ConstantTimeEq;

/// What a client sent as its `token`. It prints nothing of itself, so it cannot slip into a log.
///
/// ```
/// # use seameet::Token;
/// let token = Token::new("open sesame");
/// assert!(token.matches("open sesame"));
/// assert_eq!(format!("{token:?}"), "Token(..)");
/// ```
///
/// It cannot be compared by `==`, whose duration would tell where the first difference is:
///
/// ```compile_fail,E0369
/// # use seameet::Token;
/// let known = Token::new("mellon") == Token::new("open sesame");
/// ```
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Wraps a secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The text itself, for hooks that parse it, such as a JSON Web Token.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Compares with a shared secret without telling by its duration where the first difference is. The
    /// lengths are not hidden.
    pub fn matches(&self, secret: &str) -> bool {
        self.0.as_bytes().ct_eq(secret.as_bytes()).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

impl From<String> for Token {
    fn from(secret: String) -> Self {
        Self(secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_text_matches() {
        let token = Token::new("open sesame");
        assert!(token.matches("open sesame"));
        assert!(!token.matches("open sesam"));
        assert!(!token.matches("Open sesame"));
        assert!(!token.matches(""));
    }

    #[test]
    fn debug_output_holds_no_secret() {
        assert!(!format!("{:?}", Some(Token::new("hunter2"))).contains("hunter2"));
    }
}
