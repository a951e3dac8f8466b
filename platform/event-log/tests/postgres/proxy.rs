//! A cuttable wire between the log and its server. It changes no byte; it only stops carrying them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

pub(crate) struct Proxy {
    pub(crate) port: u16,
    answers_withheld: Arc<AtomicBool>,
    cut: Arc<Notify>,
}

impl Proxy {
    pub(crate) async fn to(server_port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (answers_withheld, cut) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
        let (withheld, cutting) = (Arc::clone(&answers_withheld), Arc::clone(&cut));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(("127.0.0.1", server_port))
                    .await
                    .unwrap();
                tokio::spawn(carry(
                    client,
                    server,
                    Arc::clone(&withheld),
                    Arc::clone(&cutting),
                ));
            }
        });
        Self {
            port,
            answers_withheld,
            cut,
        }
    }

    /// From now on the server hears the client, but the client no longer hears the server.
    pub(crate) fn withhold_answers(&self) {
        self.answers_withheld.store(true, Ordering::SeqCst);
    }

    /// Breaks the client's side of all connections there are; the server's side stays open, as after a network failure
    /// that the server has not noticed. New connections work.
    pub(crate) fn cut(&self) {
        self.answers_withheld.store(false, Ordering::SeqCst);
        self.cut.notify_waiters();
    }
}

async fn carry(client: TcpStream, server: TcpStream, withheld: Arc<AtomicBool>, cut: Arc<Notify>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let answers = async {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(count @ 1..) = from_server.read(&mut buffer).await {
            if !withheld.load(Ordering::SeqCst)
                && to_client.write_all(&buffer[..count]).await.is_err()
            {
                break;
            }
        }
    };
    let broken = tokio::select! {
        _ = copy(&mut from_client, &mut to_server) => false,
        () = answers => false,
        () = cut.notified() => true,
    };
    if broken {
        drop((from_client, to_client));
        // The server goes on with what it has heard, until it is told otherwise.
        let mut ignored = Vec::new();
        drop(from_server.read_to_end(&mut ignored).await);
        drop(to_server);
    }
}
