//! How a connection is let go: which moment is chosen, and what is said.

use std::{future::poll_fn, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::watch,
    time::{Instant, timeout},
};

use super::{
    Phase,
    connection::{Ended, Served},
};

/// How long no call has come on a connection that is let go: a client of a broker that connects or
/// publishes causes several, each when the one before is answered.
const QUIET_TIME: Duration = Duration::from_millis(10);
/// How long such a moment is waited for.
const QUIET_PATIENCE: Duration = Duration::from_secs(1);
/// How long a peer may take to go when it was told to and no call is under way.
pub(super) const GOODBYE_TIMEOUT: Duration = Duration::from_millis(500);

/// Serves a connection up to a moment when no call is under way, tells its peer to go, and serves
/// what comes until it has. From the phase of closing on, that moment is not waited for.
pub(super) async fn depart<S>(served: &mut Served<S>, mut phases: watch::Receiver<Phase>) -> Ended
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    // EMQX up to 5.8.8 gives up the calls that are under way when it is told to go.
    let ended = tokio::select! {
        ended = serve_until_quiet(served) => ended,
        _ = phases.wait_for(|phase| *phase >= Phase::Closing) => None,
    };
    if let Some(ended) = ended {
        return ended;
    }
    served.say_goodbye();
    loop {
        let leaving = poll_fn(|context| served.poll(context));
        match timeout(GOODBYE_TIMEOUT, leaving).await {
            Ok(ended) => return ended,
            Err(_) if served.is_idle() => return Ended::InOrder,
            Err(_) => {}
        }
    }
}

/// Serves up to a moment when no call is under way and none has come for a while, so that it is
/// unlikely that one is on its way; where there is always one, to a moment between two. Returns how
/// the connection has ended if it has before.
async fn serve_until_quiet<S>(served: &mut Served<S>) -> Option<Ended>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let patience = Instant::now() + QUIET_PATIENCE;
    loop {
        let idle = poll_fn(|context| served.poll_until_idle(context));
        if let Some(ended) = idle.await {
            return Some(ended);
        }
        if Instant::now() >= patience {
            return None;
        }
        let busy = poll_fn(|context| served.poll_until_busy(context));
        match timeout(QUIET_TIME, busy).await {
            Ok(Some(ended)) => return Some(ended),
            Ok(None) => {}
            Err(_) => return None,
        }
    }
}
