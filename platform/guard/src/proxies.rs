//! Which hops are believed: the client's address is the nearest one that no trusted proxy has.
//!
//! Never believes the first address of a header: whoever sends the request writes it.

use std::net::IpAddr;
use std::str::FromStr as _;

use accession_service::client::ClientAddress;
use http::header::FORWARDED;
use http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// More hops than anybody has; a header with more is somebody's joke, of which the nearest ones are looked at.
const MOST_HOPS: usize = 32;

/// A network that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a network; expected for example `10.0.0.0/8`, `2001:db8::/32` or one address"
)]
pub struct BadNetwork {
    /// What was found.
    pub text: String,
}

/// Which header the proxies write; the other one is the client's own and is not looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ForwardedBy {
    /// `X-Forwarded-For` and `X-Forwarded-Proto`.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The proxies that are trusted.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    trusted: Vec<IpNet>,
    by: ForwardedBy,
}

impl Proxies {
    /// Trusts these networks, or single addresses.
    pub fn new<'a>(
        networks: impl IntoIterator<Item = &'a str>,
        by: ForwardedBy,
    ) -> Result<Self, BadNetwork> {
        let network = |text: &str| {
            let text = text.trim();
            let one = || IpAddr::from_str(text).map(IpNet::from);
            IpNet::from_str(text)
                .or_else(|_| one())
                .map_err(|_| BadNetwork {
                    text: text.to_owned(),
                })
        };
        let trusted = networks
            .into_iter()
            .map(network)
            .collect::<Result<_, _>>()?;
        Ok(Self { trusted, by })
    }

    /// Whether the connection itself comes from a proxy that is trusted.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusted
            .iter()
            .any(|network| network.contains(&address))
    }

    /// The client's address, of a request that came over a connection from `peer`.
    #[must_use]
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> ClientAddress {
        let mut nearest = peer.to_canonical();
        if !self.trusts(nearest) {
            return ClientAddress(nearest);
        }
        for hop in self.hops(headers) {
            // A hop that hides itself is not known; the one that wrote it down is.
            let Some(address) = hop else { break };
            nearest = address;
            if !self.trusts(address) {
                break;
            }
        }
        ClientAddress(nearest)
    }

    /// Whether the request came to the nearest trusted proxy over TLS.
    #[must_use]
    pub fn over_tls(&self, peer: IpAddr, headers: &HeaderMap) -> bool {
        if self.trusted.is_empty() || !self.trusts(peer) {
            return false;
        }
        let said = match self.by {
            ForwardedBy::XForwardedFor => last_of(headers, &X_FORWARDED_PROTO).map(str::to_owned),
            ForwardedBy::Forwarded => {
                last_of(headers, &FORWARDED).and_then(|element| parameter(element, "proto"))
            }
        };
        said.is_some_and(|proto| proto.eq_ignore_ascii_case("https"))
    }

    /// The hops, the nearest first.
    fn hops(&self, headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
        let by = self.by;
        let name = match by {
            ForwardedBy::XForwardedFor => X_FORWARDED_FOR,
            ForwardedBy::Forwarded => FORWARDED,
        };
        let lines = headers.get_all(name).into_iter().rev();
        let elements = lines.flat_map(|line| line.to_str().unwrap_or("?").rsplit(','));
        elements.take(MOST_HOPS).map(move |element| match by {
            ForwardedBy::XForwardedFor => address_of(element),
            ForwardedBy::Forwarded => parameter(element, "for").and_then(|node| address_of(&node)),
        })
    }
}

/// The element that the nearest proxy has written.
fn last_of<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let line = headers.get_all(name).into_iter().next_back()?;
    line.to_str().ok()?.rsplit(',').next().map(str::trim)
}

/// A parameter of one element of `Forwarded`, without its quotes.
fn parameter(element: &str, name: &str) -> Option<String> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(key, _)| key.trim().eq_ignore_ascii_case(name))?;
    Some(value.trim().trim_matches('"').to_owned())
}

/// The address of `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::1` or `[2001:db8::1]:4711`.
fn address_of(node: &str) -> Option<IpAddr> {
    let node = node.trim();
    let bare = match node.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        // One colon is a port's; more are an address's own.
        None if node.matches(':').count() == 1 => node.split(':').next().unwrap_or_default(),
        None => node,
    };
    IpAddr::from_str(bare)
        .ok()
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, by: ForwardedBy, lines: &[(&'static str, &str)]) -> String {
        let proxies = Proxies::new(["10.0.0.0/8", "192.168.7.7", "2001:db8:ffff::/48"], by);
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        let ClientAddress(address) = proxies.unwrap().client(peer.parse().unwrap(), &headers);
        address.to_string()
    }

    fn by_x(peer: &str, lines: &[&str]) -> String {
        let lines: Vec<_> = lines
            .iter()
            .map(|line| ("x-forwarded-for", *line))
            .collect();
        client(peer, ForwardedBy::XForwardedFor, &lines)
    }

    #[test]
    fn a_stranger_who_sends_the_header_himself_is_not_believed() {
        assert_eq!(by_x("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(by_x("203.0.113.9", &[]), "203.0.113.9");
    }

    #[test]
    fn what_a_client_put_in_front_of_what_the_proxy_wrote_counts_for_nothing() {
        assert_eq!(
            by_x("10.0.0.1", &["1.2.3.4, 10.9.9.9, 203.0.113.9"]),
            "203.0.113.9"
        );
        assert_eq!(by_x("10.0.0.1", &["1.2.3.4", "203.0.113.9"]), "203.0.113.9");
    }

    #[test]
    fn trusted_hops_are_walked_over_from_the_right() {
        let chain = ["6.6.6.6, 203.0.113.9, 192.168.7.7", "10.2.2.2"];
        assert_eq!(by_x("10.0.0.1", &chain), "203.0.113.9");
        assert_eq!(by_x("10.0.0.1", &["10.3.3.3, 10.2.2.2"]), "10.3.3.3");
        assert_eq!(by_x("::ffff:10.0.0.1", &["203.0.113.9"]), "203.0.113.9");
    }

    #[test]
    fn a_hop_that_is_no_address_ends_the_walk_at_the_one_that_wrote_it() {
        for bad in ["unknown", "", "999.1.1.1", "<script>", "a, _hidden"] {
            assert_eq!(by_x("10.0.0.1", &[bad]), "10.0.0.1", "{bad}");
        }
        assert_eq!(
            by_x("10.0.0.1", &["8.8.8.8, nonsense, 10.2.2.2"]),
            "10.2.2.2"
        );
    }

    #[test]
    fn ports_and_brackets_are_taken_off() {
        assert_eq!(by_x("10.0.0.1", &["203.0.113.9:4711"]), "203.0.113.9");
        assert_eq!(by_x("10.0.0.1", &["[2001:db8::9]:4711"]), "2001:db8::9");
        assert_eq!(by_x("10.0.0.1", &["2001:db8::9"]), "2001:db8::9");
    }

    #[test]
    fn only_the_header_that_the_proxies_write_is_looked_at() {
        let both = [
            ("x-forwarded-for", "6.6.6.6"),
            (
                "forwarded",
                r#"for="[2001:db8::9]:80";proto=https, for=192.168.7.7"#,
            ),
        ];
        assert_eq!(
            client("10.0.0.1", ForwardedBy::Forwarded, &both),
            "2001:db8::9"
        );
        assert_eq!(
            client("10.0.0.1", ForwardedBy::XForwardedFor, &both),
            "6.6.6.6"
        );
    }

    #[test]
    fn tls_is_believed_of_a_trusted_proxy_only() {
        let proxies = Proxies::new(["10.0.0.1"], ForwardedBy::default()).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-proto", "https".parse().unwrap());
        assert!(proxies.over_tls("10.0.0.1".parse().unwrap(), &headers));
        assert!(!proxies.over_tls("10.0.0.2".parse().unwrap(), &headers));
    }

    #[test]
    fn a_network_that_cannot_be_read_is_told() {
        let error = Proxies::new(["10.0.0.0/33"], ForwardedBy::default()).unwrap_err();
        assert!(error.to_string().contains("10.0.0.0/33"), "{error}");
    }
}
