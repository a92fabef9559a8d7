//! Serves until told to stop: requests under way end, what they wrote is stored, then the hub closes.

use std::future::Future;
use std::net::TcpListener;
use std::pin::pin;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::notices::Sending;
use super::pace::Peer;
use super::router::router;
use super::tls::TlsFiles;
use super::{Hub, HubFailure};

/// What a connection may hold of a body that nobody has taken yet. A hundred phones send at once.
const CONNECTION_BUFFER_BYTES: usize = 64 * 1024;
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Threads for reading and sealing. More would not make the disk faster, and each keeps memory of its own: a hundred
/// phones that send at once must not need a hundred of them.
const BLOCKING_THREADS: usize = 8;

/// Answers requests on `listener`, over TLS when certificate files are given, until `stop` ends; then gives what is
/// under way its grace and closes the store.
pub fn serve(
    hub: &Arc<Hub>,
    listener: TcpListener,
    tls: Option<&TlsFiles>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), HubFailure> {
    let tls = tls.map(TlsFiles::acceptor).transpose()?;
    if tls.is_some() {
        hub.pages.speaks_tls();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .build()
        .map_err(HubFailure::Thread)?;
    let served = runtime.block_on(run(hub, listener, tls, stop));
    hub.writer.stop();
    served
}

async fn run(
    hub: &Arc<Hub>,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), HubFailure> {
    listener.set_nonblocking(true).map_err(HubFailure::Serve)?;
    let listener = tokio::net::TcpListener::from_std(listener).map_err(HubFailure::Serve)?;
    let service = TowerToHyperService::new(router(Arc::clone(hub)));
    let connections = GracefulShutdown::new();
    let http = http(hub);
    let looking = tokio::spawn(look_for_due(Arc::clone(hub)));
    let sweeping = tokio::spawn(keep_sweeping(Arc::clone(hub)));
    let erasing = tokio::spawn(keep_erasing(Arc::clone(hub)));
    let sending = Sending::begin(hub)?;
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let Ok((stream, peer)) = accepted else {
            // Mostly no free file handle; one comes free when a connection ends.
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        // Answers are small and somebody waits for each.
        drop(stream.set_nodelay(true));
        let (http, watcher, asked) = (http.clone(), connections.watcher(), service.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            asked.call(request)
        });
        match tls.clone() {
            None => {
                let connection = http.serve_connection(TokioIo::new(stream), service);
                tokio::spawn(async move { drop(watcher.watch(connection).await) });
            }
            Some(tls) => {
                tokio::spawn(async move {
                    // Whoever does not finish the handshake keeps nothing but this task, and not for long.
                    if let Ok(Ok(stream)) = timeout(HANDSHAKE, tls.accept(stream)).await {
                        let connection = http.serve_connection(TokioIo::new(stream), service);
                        drop(watcher.watch(connection).await);
                    }
                });
            }
        }
    }
    drop(listener);
    hub.stopping.send_replace(true);
    // What it has handed over is stored; the rest is found due at the next start.
    looking.abort();
    sweeping.abort();
    erasing.abort();
    drop(sending);
    let grace = Duration::from_secs(hub.limits.stop.grace_seconds.into());
    // Whoever is not done by then is cut off; nothing unanswered was promised.
    let _ = timeout(grace, connections.shutdown()).await;
    Ok(())
}

/// Carries out what is due, at the start and then again and again.
async fn look_for_due(hub: Arc<Hub>) {
    let pause = Duration::from_secs(hub.limits.closing.look_every_seconds.into());
    loop {
        for done in [hub.close_due().await, hub.give_back_due().await, hub.look_for_all_money().await] {
            if let Err(error) = done {
                tracing::warn!(code = error.fault.code, "what is due is tried again");
            }
        }
        sleep(pause).await;
    }
}

/// Forgets what has been kept long enough, again and again; at the start it was done already.
async fn keep_sweeping(hub: Arc<Hub>) {
    let pause = Duration::from_secs(hub.limits.page.sweep_every_seconds.into());
    loop {
        sleep(pause).await;
        if let Err(error) = hub.read(|hub| Ok(hub.sweep()?)).await {
            tracing::warn!(code = error.fault.code, "what is old is forgotten later");
        }
    }
}

/// Erases what is due, at the start and then again and again.
async fn keep_erasing(hub: Arc<Hub>) {
    let pause = Duration::from_secs(hub.limits.retention.erase_every_seconds.into());
    loop {
        if let Err(error) = hub.erase_due().await {
            tracing::warn!(code = error.fault.code, "what is due is erased later");
        }
        sleep(pause).await;
    }
}

fn http(hub: &Hub) -> http1::Builder {
    let patience = Duration::from_secs(hub.limits.requests.stalled_upload_seconds.into());
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience).max_buf_size(CONNECTION_BUFFER_BYTES);
    http
}

/// A hub served by threads of this very program. Dropped, it stops gracefully.
pub struct Served {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<Result<(), HubFailure>>>,
}

impl Served {
    /// Begins to answer on `listener`.
    pub fn begin(hub: Arc<Hub>, listener: TcpListener) -> Self {
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            serve(&hub, listener, None, async {
                // A stop that was dropped stops as well.
                drop(stopped.await);
            })
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Served {
    /// Stops as Ctrl+C does, and tells how it ended.
    pub fn stop(mut self) -> Result<(), HubFailure> {
        self.end()
    }

    fn end(&mut self) -> Result<(), HubFailure> {
        drop(self.stop.take());
        match self.thread.take().map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(ended)) => ended,
            Some(Err(_)) => Err(HubFailure::Thread(std::io::Error::other("its thread broke off"))),
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            tracing::error!(%error, "the hub did not end well");
        }
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
