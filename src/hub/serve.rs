//! Serves until told to stop: requests under way end, what they wrote is stored, then the hub closes.

use std::future::Future;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::router::router;
use super::{Hub, HubFailure};

/// Answers requests on `listener` until `stop` ends; then gives what is under way its grace and closes the store.
pub fn serve(
    hub: &Arc<Hub>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), HubFailure> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(HubFailure::Thread)?;
    let served = runtime.block_on(run(hub, listener, stop));
    hub.writer.stop();
    served
}

async fn run(
    hub: &Arc<Hub>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), HubFailure> {
    listener.set_nonblocking(true).map_err(HubFailure::Serve)?;
    let listener = tokio::net::TcpListener::from_std(listener).map_err(HubFailure::Serve)?;
    let stopping = hub.stopping.clone();
    let told = async move {
        stop.await;
        stopping.send_replace(true);
    };
    let server = axum::serve(listener, router(Arc::clone(hub))).with_graceful_shutdown(told);
    let mut stopped = hub.stopping.subscribe();
    let grace = Duration::from_secs(hub.limits.stop.grace_seconds.into());
    let patience = async move {
        drop(stopped.wait_for(|stopping| *stopping).await);
        sleep(grace).await;
    };
    tokio::select! {
        ended = async { server.await } => ended.map_err(HubFailure::Serve),
        () = patience => Ok(()),
    }
}

/// Ends when the person or the system asks the program to stop: Ctrl+C, and SIGTERM where there is one.
pub async fn stop_signal() {
    let asked = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = asked => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    drop(asked.await);
}
