//! A server on this machine that answers each connection with the next reply of its script, or as a function says.

use std::sync::{Arc, Mutex};

use reqwest::Url;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What is answered.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// These bytes, then the end.
    Bytes(Vec<u8>),
    /// Nothing, until the other side gives up.
    Silence,
    /// The end at once.
    Hangup,
}

impl Reply {
    pub(crate) fn raw(status: &str, headers: &[(&str, &str)], body: &str) -> Self {
        let mut text = format!(
            "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            text.extend([name, ": ", value, "\r\n"]);
        }
        text.push_str("\r\n");
        text.push_str(body);
        Self::Bytes(text.into_bytes())
    }

    pub(crate) fn json(body: &str) -> Self {
        Self::raw(
            "200 OK",
            &[("Content-Type", "application/json; charset=utf-8")],
            body,
        )
    }

    pub(crate) fn status(code: u16) -> Self {
        Self::raw(
            &format!("{code} Something"),
            &[("Content-Type", "text/plain")],
            "sorry",
        )
    }

    /// Half of what was announced.
    pub(crate) fn broken_off() -> Self {
        Self::Bytes(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"a\":".to_vec())
    }
}

/// The server.
pub(crate) struct Scripted {
    /// Where it listens.
    pub(crate) base: Url,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    /// Answers with these replies, one after another, then with 500.
    pub(crate) async fn start(replies: Vec<Reply>) -> Self {
        let mut replies = replies.into_iter();
        Self::answering(move |_| replies.next().unwrap_or_else(|| Reply::status(500))).await
    }

    /// Answers what the function says to the request's first line.
    pub(crate) async fn answering(mut reply: impl FnMut(&str) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                let request = request(&mut connection).await;
                let reply = reply(request.lines().next().unwrap_or_default());
                seen.lock().unwrap().push(request);
                tokio::spawn(answer(connection, reply));
            }
        });
        Self { base, requests }
    }

    /// The requests so far, as they came.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Head and body.
async fn request(connection: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0_u8; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.to_lowercase();
            let length = length
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        match connection.read(&mut buffer).await {
            Ok(0) | Err(_) => return text,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}

async fn answer(mut connection: TcpStream, reply: Reply) {
    match reply {
        Reply::Bytes(bytes) => {
            let _ = connection.write_all(&bytes).await;
            let _ = connection.shutdown().await;
        }
        Reply::Silence => {
            let mut buffer = [0_u8; 64];
            while connection
                .read(&mut buffer)
                .await
                .is_ok_and(|count| count > 0)
            {}
        }
        Reply::Hangup => {}
    }
}
