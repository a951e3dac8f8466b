//! A small site behind a door, and a client that writes bytes.
//!
//! Never an HTTP client: those refuse to send what is tested here.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use accession_guard::{
    By, Door, DoorOptions, ForwardedBy, Identify, Known, Limit, Proxies, Reach, SharedLimiter,
};
use accession_service::client::ClientAddress;
use accession_service::server::{ServeOptions, bind, serve_with};
use accession_service::shutdown::{ShutdownTrigger, shutdown};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use http::{HeaderMap, Method};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Longer than anything here takes on a busy machine, shorter than a test's patience.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    _running: ShutdownTrigger,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
}

/// Knows one importer and one account by their tokens.
struct TwoCallers;

#[async_trait::async_trait]
impl Identify for TwoCallers {
    async fn identify(&self, headers: &HeaderMap) -> Known {
        let token = headers.get("authorization");
        match token.and_then(|token| token.to_str().ok()) {
            Some("Bearer acc_importer") => Known::Exempt,
            Some("Bearer ana") => Known::Account("ana".into()),
            _ => Known::Nobody,
        }
    }
}

fn limits_of(method: &Method, route: Option<&str>) -> &'static [&'static str] {
    match (method, route) {
        (_, Some("/api/v1/auth/login")) => &["login", "writes"],
        (_, Some("/api/v1/users/me/email/change")) => &["email_change", "writes"],
        (&Method::POST, _) => &["writes"],
        _ => &["reads"],
    }
}

fn limit(name: &'static str, calls: u32, by: By) -> Limit {
    Limit {
        name,
        calls: NonZeroU32::new(calls).unwrap(),
        over: Duration::from_hours(1),
        by,
        reach: if ["reads", "unknown_callers"].contains(&name) {
            Reach::Process
        } else {
            Reach::Shared
        },
    }
}

impl Site {
    pub(crate) async fn start() -> Self {
        Self::open(&[], ServeOptions::default()).await
    }

    /// The test's own address is a trusted proxy's.
    pub(crate) async fn behind_a_proxy() -> Self {
        Self::open(&["127.0.0.0/8"], ServeOptions::default()).await
    }

    pub(crate) async fn serving(options: ServeOptions) -> Self {
        Self::open(&[], options).await
    }

    async fn open(trusted: &[&str], options: ServeOptions) -> Self {
        let limits = vec![
            limit("login", 3, By::Address),
            limit("email_change", 2, By::Account),
            limit("unknown_callers", 80, By::Address),
            limit("writes", 40, By::Account),
            limit("reads", 60, By::Account),
        ];
        let door = Door::new(DoorOptions {
            proxies: Proxies::new(trusted.iter().copied(), ForwardedBy::default()).unwrap(),
            limiter: Some(SharedLimiter::new(&limits, None)),
            limits_of,
            limits,
            identify: Some(Arc::new(TwoCallers)),
            key: b"test".to_vec(),
            body_time: |_| Duration::from_millis(300),
            question_time: Duration::from_secs(1),
            transport_security: true,
        });
        let router = Router::new()
            .route("/api/read/one", get(async || "one"))
            .route(
                "/api/read/whence",
                get(async |from: ClientAddress| from.0.to_string()),
            )
            .route("/api/read/never", get(std::future::pending::<&str>))
            .route("/api/v1/auth/login", post(async || "in"))
            .route("/api/v1/users/me/email/change", post(async || "sent"))
            .route("/api/v1/echo", post(async |body: String| body))
            .layer(DefaultBodyLimit::max(1024))
            .layer(door);
        let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (running, until) = shutdown();
        tokio::spawn(serve_with(listener, router, options, until));
        Self {
            address,
            _running: running,
        }
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends these bytes and reads until the connection is closed.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        // A server that refuses early may close before everything is sent.
        let _ = stream.write_all(bytes).await;
        read_to_end(&mut stream).await
    }

    /// One request on a connection of its own.
    pub(crate) async fn ask(&self, head: &str, body: &str) -> Answer {
        self.request(head, &[], body).await
    }

    pub(crate) async fn ask_with(&self, head: &str, fields: &[(&str, &str)]) -> Answer {
        self.request(head, fields, "").await
    }

    async fn request(&self, head: &str, fields: &[(&str, &str)], body: &str) -> Answer {
        let mut text = format!(
            "{head}\r\nHost: test\r\nConnection: close\r\nContent-Length: {}\r\n",
            body.len()
        );
        for (name, value) in fields {
            write!(text, "{name}: {value}\r\n").unwrap();
        }
        text.push_str("\r\n");
        text.push_str(body);
        Answer::of(self.raw(text.as_bytes()).await)
    }
}

impl Answer {
    pub(crate) fn of(text: String) -> Self {
        let status = text.split(' ').nth(1).and_then(|code| code.parse().ok());
        Self {
            status: status.unwrap_or_default(),
            text,
        }
    }

    /// A header field; empty when it is not there.
    pub(crate) fn field(&self, name: &str) -> &str {
        let head = self.text.split("\r\n\r\n").next().unwrap_or_default();
        let mut fields = head.lines().filter_map(|line| line.split_once(": "));
        let found = fields.find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    pub(crate) fn body(&self) -> &str {
        self.text
            .split_once("\r\n\r\n")
            .map_or("", |(_, body)| body)
    }
}

pub(crate) async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    assert!(read.is_ok(), "the connection was not closed in time");
    String::from_utf8_lossy(&bytes).into_owned()
}
