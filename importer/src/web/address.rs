//! Which addresses may be asked: public ones over HTTP, after names have become numbers, and again after each redirect.
//!
//! A name that leads to a private network is refused by the resolver that the connection itself uses, so that it cannot mean
//! one address when it is checked and another when it is used.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Decides.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    /// Host and port that may be private.
    own: Option<(String, u16)>,
}

/// An address that has been checked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Checked<'a>(&'a Url);

impl Checked<'_> {
    pub(super) fn url(self) -> Url {
        self.0.clone()
    }
}

impl Guard {
    pub(super) fn new(base: &Url, allow_private: bool) -> Self {
        let own = base.host_str().zip(base.port_or_known_default());
        Self {
            own: own
                .filter(|_| allow_private)
                .map(|(host, port)| (host.to_owned(), port)),
        }
    }

    /// Checks what can be seen in the address; names are checked when they are resolved.
    pub(super) fn check<'a>(&self, url: &'a Url) -> Result<Checked<'a>, String> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!(
                "`{}:` is no scheme to ask a provider by",
                url.scheme()
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("an address with a user or a password is not asked".into());
        }
        let host = url.host_str().ok_or("the address has no host")?;
        let port = url.port_or_known_default().unwrap_or(0);
        let is_own = self
            .own
            .as_ref()
            .is_some_and(|own| own.0 == host && own.1 == port);
        let literal: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
        match literal {
            Some(ip) if !is_own && !is_public(ip) => {
                Err(format!("{host} lies in a private network and is not asked"))
            }
            _ => Ok(Checked(url)),
        }
    }

    fn may_be_private(&self, name: &str) -> bool {
        self.own.as_ref().is_some_and(|(host, _)| host == name)
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let may_be_private = self.may_be_private(name.as_str());
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found
                .filter(|address| may_be_private || is_public(address.ip()))
                .collect();
            if found.is_empty() {
                let reason = format!("{} has no public address and is not asked", name.as_str());
                return Err(reason.into());
            }
            Ok::<Addrs, Box<dyn std::error::Error + Send + Sync>>(Box::new(found.into_iter()))
        })
    }
}

/// Whether an address belongs to the public internet.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_for_protocols = a == 192 && b == 0 && c == 0;
    let is_for_benchmarks = a == 198 && (b == 18 || b == 19);
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || is_shared
        || is_for_protocols
        || is_for_benchmarks
        || a == 0
        || a >= 224)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let segments = ip.segments();
    let [first, second, third, ..] = segments;
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    if let Some(mapped) = ip.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    match (first, second) {
        // Translated and tunnelled addresses are as public as the one inside.
        (0x0064, 0xff9b) => embedded(segments[6], segments[7]),
        (0x2002, high) => embedded(high, third),
        (0x2001, 0x0db8 | 0) => false,
        // Only this eighth of the space is given out.
        (first, _) => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_in_every_disguise_are_told_from_public_ones() {
        for public in [
            "93.184.216.34",
            "8.8.8.8",
            "2606:2800:220:1:248:1893:25c8:1946",
            "::ffff:8.8.8.8",
            "2002:0808:0808::1",
            "64:ff9b::808:808",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "2002:7f00:1::1",
            "64:ff9b::a00:1",
            "2001:db8::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
    }

    #[test]
    fn only_the_own_mirror_may_be_private_and_only_at_its_port() {
        let base = Url::parse("http://127.0.0.1:8080/api").unwrap();
        let check = |guard: &Guard, url: &str| guard.check(&Url::parse(url).unwrap()).map(|_| ());
        let guard = Guard::new(&base, true);
        assert!(check(&guard, "http://127.0.0.1:8080/x").is_ok());
        assert!(check(&guard, "http://127.0.0.1:6379/").is_err());
        assert!(check(&guard, "http://[::1]/").is_err());
        assert!(
            check(&guard, "http://2130706433:9/").is_err(),
            "127.0.0.1 as one number"
        );
        assert!(check(&Guard::new(&base, false), "http://127.0.0.1:8080/x").is_err());
        for odd in [
            "ftp://example.org/",
            "file:///etc/passwd",
            "http://user:secret@example.org/",
        ] {
            assert!(check(&guard, odd).is_err(), "{odd}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_refused_when_it_is_resolved() {
        let guard = Guard::new(&Url::parse("https://example.org").unwrap(), false);
        let error = guard
            .resolve("localhost".parse().unwrap())
            .await
            .err()
            .unwrap();
        assert!(error.to_string().contains("no public address"), "{error}");
        let mirror = Guard::new(&Url::parse("http://localhost:1").unwrap(), true);
        assert!(mirror.resolve("localhost".parse().unwrap()).await.is_ok());
    }
}
