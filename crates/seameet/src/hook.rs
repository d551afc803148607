//! Hooks decide; events inform.
//!
//! A hook is a plain async closure. It receives ids and data, never a handle to the server it runs in, and returns a
//! decision. The builder takes `Fn(..) -> impl Future`, which lets the compiler infer the types of a closure's
//! arguments; `AsyncFn` cannot promise a `Send` future on stable Rust.
//!
//! Every call is guarded: a hook that panics or takes too long gives no answer, and no answer is a refusal.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use seameet_core::{Denial, Grant, ParticipantId, RoomId};
use tokio::time::timeout;

use crate::Token;
use crate::connection::{Connection, DefaultHandler};

/// The answer to a join: what the participant may do, or why it may not join.
pub type Verdict = Result<Grant, Denial>;

/// Lets participants in.
pub(crate) type AuthenticateHook = Hook<(ParticipantId, RoomId, Option<Token>), Verdict>;
/// Slows talkers down.
pub(crate) type RateCheckHook = Hook<ParticipantId, bool>;
/// Sees every connection.
pub(crate) type ConnectionHook = Hook<(Connection, DefaultHandler), ()>;

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A stored closure from a question to a decision.
pub(crate) struct Hook<Q, A> {
    closure: Arc<dyn Fn(Q) -> BoxFuture<A> + Send + Sync>,
}

/// Why a hook gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HookFailure {
    /// It took longer than the hook timeout.
    #[error("the hook did not answer within {0:?}")]
    TimedOut(Duration),
    /// It panicked.
    #[error("the hook panicked")]
    Panicked,
}

impl<Q, A> Hook<Q, A> {
    pub(crate) fn new<F, Fut>(closure: F) -> Self
    where
        F: Fn(Q) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = A> + Send + 'static,
    {
        Self {
            closure: Arc::new(move |question| Box::pin(closure(question))),
        }
    }

    /// Awaits the decision for at most `limit`.
    pub(crate) async fn ask(&self, limit: Duration, question: Q) -> Result<A, HookFailure> {
        timeout(limit, self.run(question))
            .await
            .unwrap_or(Err(HookFailure::TimedOut(limit)))
    }

    /// Awaits the decision. A closure that panics before it returns its future is caught as well.
    pub(crate) async fn run(&self, question: Q) -> Result<A, HookFailure> {
        let asked = async { (self.closure)(question).await };
        AssertUnwindSafe(asked)
            .catch_unwind()
            .await
            .map_err(|_panic| HookFailure::Panicked)
    }
}

impl<Q, A> Clone for Hook<Q, A> {
    fn clone(&self) -> Self {
        Self {
            closure: Arc::clone(&self.closure),
        }
    }
}

impl<Q, A> fmt::Debug for Hook<Q, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(5);

    #[tokio::test]
    async fn a_closure_with_captured_state_decides() {
        let secret = String::from("open sesame");
        let hook = Hook::new(move |token: Token| {
            let known = token.matches(&secret);
            async move { known }
        });
        assert_eq!(hook.ask(LIMIT, Token::new("open sesame")).await, Ok(true));
        assert_eq!(hook.ask(LIMIT, Token::new("mellon")).await, Ok(false));
    }

    #[tokio::test(start_paused = true)]
    async fn a_hook_that_never_answers_is_given_up() {
        let hook = Hook::new(|()| std::future::pending::<bool>());
        assert_eq!(hook.ask(LIMIT, ()).await, Err(HookFailure::TimedOut(LIMIT)));
    }

    #[tokio::test]
    async fn a_panic_inside_the_future_is_caught() {
        let hook = Hook::new(|()| async { panic!("bug in the hook") });
        let answer: Result<bool, _> = hook.ask(LIMIT, ()).await;
        assert_eq!(answer, Err(HookFailure::Panicked));
    }

    #[tokio::test]
    async fn a_panic_before_the_future_is_caught() {
        let hook = Hook::new(|token: Option<Token>| {
            let token = token.unwrap();
            async move { token.matches("x") }
        });
        assert_eq!(hook.ask(LIMIT, None).await, Err(HookFailure::Panicked));
    }
}
