//! How many connections the process may have files for.

/// `max_connections`, or less where the process may not open as many files: a quarter of those is
/// left to the program.
#[cfg(unix)]
pub(super) fn capped(max_connections: usize) -> usize {
    use rustix::process::{Resource, getrlimit};

    let Some(files) = getrlimit(Resource::Nofile).current else {
        return max_connections;
    };
    let most = usize::try_from(files / 4 * 3).unwrap_or(usize::MAX).max(1);
    if most < max_connections {
        tracing::info!(
            max_connections,
            served = most,
            open_files = files,
            "max_connections is more than three quarters of the files this process may open, and \
             is lowered to that; raise the limit (ulimit -n, LimitNOFILE of systemd) to have it all"
        );
    }
    most.min(max_connections)
}

/// `max_connections`: there is no limit of open files that could be asked for.
#[cfg(not(unix))]
pub(super) fn capped(max_connections: usize) -> usize {
    max_connections
}
