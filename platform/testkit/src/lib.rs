//! Servers and waiting for tests: shared stores, private ones a test may kill, databases of its own.
//! Never linked into the product: it is a dev-dependency only, so it may panic, and panics with the reason.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "test-only crate: a test that cannot get its servers must stop and say why"
)]

mod browser;
mod database;
mod dice;
mod eventually;
mod nats;
mod oidc_provider;
mod port;
mod postgres;
mod private;
mod process;
mod prometheus;
mod proxy;
mod redis;
mod server;
mod smtp;
mod stores;

pub use browser::{Arrived, Browser};
pub use database::{FreshDatabase, fresh_database};
pub use dice::Dice;
pub use eventually::{Outcome, eventually};
pub use nats::{Nats, NatsCluster, PrivateNats};
pub use oidc_provider::{OidcPerson, OidcProvider, PrivateOidcProvider};
pub use port::free_port;
pub use postgres::{Postgres, PrivatePostgres};
pub use private::Private;
pub use prometheus::{PrivatePrometheus, Prometheus};
pub use proxy::{Proxy, Wire};
pub use redis::{PrivateRedis, Redis};
pub use rustix::process::Signal;
pub use server::Server;
pub use smtp::{PrivateSmtp, Smtp, SmtpBehaviour};
pub use stores::{Stores, unique_name};
