//! A wire between a client and a server that a test can cut, slow, stop and redirect.
//! It changes no byte; it only stops carrying them.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};

const CHUNK: usize = 16 * 1024;

/// How a wire carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// Everything, at once.
    Open,
    /// Everything, each piece so much later.
    Slow(Duration),
    /// Nothing for now: what was sent arrives when the wire is open again.
    Stalled,
    /// The server hears the client, but the client no longer hears the server; what is withheld is gone, so cut before
    /// opening again.
    Deaf,
    /// The first half of what is sent next, and then the connection breaks.
    Halving,
    /// Connections are closed as soon as they are made.
    Refusing,
}

#[derive(Debug)]
struct Shared {
    wire: watch::Sender<Wire>,
    server: watch::Sender<u16>,
    /// The client's side of all connections breaks; the server's stays open.
    lose: Notify,
    /// Both sides break.
    close: Notify,
}

/// A loopback port that leads to another one.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

impl Proxy {
    /// Opens a wire to a server on this machine; the server need not be up.
    ///
    /// # Panics
    /// When no port can be had.
    pub async fn to(server_port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a loopback port can be had");
        let port = listener
            .local_addr()
            .expect("a listener has an address")
            .port();
        let shared = Arc::new(Shared {
            wire: watch::Sender::new(Wire::Open),
            server: watch::Sender::new(server_port),
            lose: Notify::new(),
            close: Notify::new(),
        });
        let serving = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(connect(client, Arc::clone(&serving)));
            }
        });
        Self { port, shared }
    }

    /// Where clients connect.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Carries like this from now on; [`Wire::Refusing`] also breaks the connections there are.
    pub fn set(&self, wire: Wire) {
        self.shared.wire.send_replace(wire);
        if wire == Wire::Refusing {
            self.shared.close.notify_waiters();
        }
    }

    /// From now on the server hears the client, but the client no longer hears the server.
    pub fn withhold_answers(&self) {
        self.set(Wire::Deaf);
    }

    /// Breaks the client's side of all connections there are; the server's side stays open, as after a network failure
    /// that the server has not noticed. New connections work.
    pub fn cut(&self) {
        self.set(Wire::Open);
        self.shared.lose.notify_waiters();
    }

    /// Closes both sides of all connections there are. New connections work.
    pub fn close(&self) {
        self.set(Wire::Open);
        self.shared.close.notify_waiters();
    }

    /// Leads to another server from now on; the connections there are get closed.
    pub fn redirect(&self, server_port: u16) {
        self.shared.server.send_replace(server_port);
        self.close();
    }
}

async fn connect(client: TcpStream, shared: Arc<Shared>) {
    if *shared.wire.borrow() == Wire::Refusing {
        return;
    }
    let port = *shared.server.borrow();
    // A server that is down closes the client's connection, as it would without us.
    let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else {
        return;
    };
    // Neither end may wait for the other's acknowledgements because of us.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    carry(client, server, &shared).await;
}

async fn carry(client: TcpStream, server: TcpStream, shared: &Shared) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let lost = tokio::select! {
        () = pump(&mut from_client, &mut to_server, shared.wire.subscribe(), true) => false,
        () = pump(&mut from_server, &mut to_client, shared.wire.subscribe(), false) => false,
        () = shared.close.notified() => false,
        () = shared.lose.notified() => true,
    };
    if lost {
        drop((from_client, to_client));
        // The server goes on with what it has heard, until it is told otherwise.
        let mut ignored = Vec::new();
        drop(from_server.read_to_end(&mut ignored).await);
        drop(to_server);
    }
}

/// Carries one direction until it ends or breaks.
async fn pump(
    from: &mut OwnedReadHalf,
    to: &mut OwnedWriteHalf,
    mut wire: watch::Receiver<Wire>,
    is_request: bool,
) {
    let mut buffer = vec![0; CHUNK];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        let carries = match wire.wait_for(|wire| *wire != Wire::Stalled).await {
            Ok(wire) => *wire,
            Err(_) => return,
        };
        let chunk = buffer.get(..count).unwrap_or_default();
        let written = match carries {
            Wire::Deaf if !is_request => continue,
            Wire::Halving => {
                // Best effort: the connection ends either way.
                let _ = to
                    .write_all(chunk.get(..count / 2).unwrap_or_default())
                    .await;
                return;
            }
            Wire::Refusing => return,
            Wire::Slow(by) => {
                tokio::time::sleep(by).await;
                to.write_all(chunk).await
            }
            Wire::Open | Wire::Stalled | Wire::Deaf => to.write_all(chunk).await,
        };
        if written.is_err() {
            return;
        }
    }
}
