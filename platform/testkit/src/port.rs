//! Free loopback ports for servers that must come back on the port they had.
//! Never the kernel's ephemeral range: an outgoing connection could take the port while its server is down.

use std::net::{Ipv4Addr, TcpListener};

use uuid::Uuid;

const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// A port nobody listens on now. Another process may take it before it is used; callers retry.
///
/// # Panics
/// Never: the range of ports fits its type.
#[must_use]
pub fn free_port() -> u16 {
    loop {
        let (draw, _) = Uuid::new_v4().as_u64_pair();
        let offset = u16::try_from(draw % u64::from(COUNT)).expect("smaller than COUNT");
        let port = FIRST + offset;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}
