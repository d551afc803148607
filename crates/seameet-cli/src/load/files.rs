//! How many sockets the generator may have: each participant has two.

/// Raises what the system allows this process at first to what it allows at most. What is missing then shows as
/// participants without a socket.
#[cfg(target_os = "linux")]
pub(crate) fn allow_many() {
    use rustix::process::{Resource, getrlimit, setrlimit};

    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::debug!(%error, "the number of open files cannot be raised");
    }
}

/// Other systems have limits of their own.
#[cfg(not(target_os = "linux"))]
pub(crate) fn allow_many() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    //! A test of the system's limit.

    use rustix::process::{Resource, getrlimit};

    #[test]
    fn as_many_as_the_system_allows_at_most() {
        super::allow_many();
        let limit = getrlimit(Resource::Nofile);
        assert_eq!(limit.current, limit.maximum);
    }
}
