//! Scenarios in which a connection between a role and a store fails.
//!
//! The processes at both ends go on.

use std::time::Duration;

use accession_testkit::Wire;

use super::scenario;
use crate::scenario::{Fault, Part, Scenario};

/// Connections that carry nothing.
pub(super) fn cut() -> Vec<Scenario> {
    use Fault::Wire as On;
    vec![
        scenario(
            "cut-postgres",
            "no connection to PostgreSQL",
            On(Part::Postgres, Wire::Refusing),
        )
        .long(),
        scenario(
            "cut-bus",
            "no connection to NATS",
            On(Part::Bus, Wire::Refusing),
        )
        .long(),
        scenario(
            "cut-redis",
            "no connection to Redis",
            On(Part::Redis, Wire::Refusing),
        )
        .long(),
        scenario(
            "stall-postgres",
            "connections to PostgreSQL carry nothing",
            On(Part::Postgres, Wire::Stalled),
        )
        .long(),
        scenario(
            "stall-bus",
            "connections to NATS carry nothing",
            On(Part::Bus, Wire::Stalled),
        )
        .long(),
        scenario(
            "stall-redis",
            "connections to Redis carry nothing",
            On(Part::Redis, Wire::Stalled),
        )
        .long(),
    ]
}

/// Connections that carry some of it, or late.
pub(super) fn bent() -> Vec<Scenario> {
    use Fault::{Lost, Wire as On};
    let slow = Wire::Slow(Duration::from_millis(150));
    vec![
        scenario(
            "deafen-postgres",
            "PostgreSQL's answers are lost, then the connections",
            On(Part::Postgres, Wire::Deaf),
        ),
        scenario(
            "lose-postgres",
            "connections are gone and PostgreSQL does not notice",
            Lost(Part::Postgres),
        ),
        scenario(
            "halve-postgres",
            "half a message to or from PostgreSQL, then a break",
            On(Part::Postgres, Wire::Halving),
        ),
        scenario(
            "halve-bus",
            "half a message to or from NATS, then a break",
            On(Part::Bus, Wire::Halving),
        ),
        scenario(
            "halve-redis",
            "half a message to or from Redis, then a break",
            On(Part::Redis, Wire::Halving),
        ),
        scenario(
            "delay-postgres",
            "150 ms each way to PostgreSQL",
            On(Part::Postgres, slow),
        ),
        scenario(
            "delay-redis",
            "150 ms each way to Redis",
            On(Part::Redis, slow),
        ),
    ]
}
