//! The list of scenarios: every fault that the design promises to survive.
//!
//! A name is never given to another fault: a seed in an old report is for the name that stands beside it.

mod processes;
mod wires;

use std::time::Duration;

use crate::scenario::{Fault, Part, ROLES, Readers, Scenario, Shape};

const DURABLE: Shape = Shape::Roles {
    durable_redis: true,
    replica: false,
    cluster: false,
    second_writer: false,
};
const REPLICATED: Shape = Shape::Roles {
    durable_redis: false,
    replica: true,
    cluster: false,
    second_writer: false,
};
const CLUSTERED: Shape = Shape::Roles {
    durable_redis: false,
    replica: false,
    cluster: true,
    second_writer: false,
};
const TWO_WRITERS: Shape = Shape::Roles {
    durable_redis: false,
    replica: false,
    cluster: false,
    second_writer: true,
};

const BRIEF: (u64, u64) = (500, 2_000);
/// Longer than the time-outs of the product.
const LONG: (u64, u64) = (6_000, 9_000);
const HOUR: i64 = 3_600;

const fn scenario(name: &'static str, about: &'static str, fault: Fault) -> Scenario {
    Scenario {
        name,
        about,
        shape: ROLES,
        fault,
        lasts: BRIEF,
        readers: Readers::NoticeNothing,
    }
}

impl Scenario {
    const fn on(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    const fn long(mut self) -> Self {
        self.lasts = LONG;
        self
    }

    const fn readers(mut self, readers: Readers) -> Self {
        self.readers = readers;
        self
    }
}

/// All scenarios, in the order of the table.
#[must_use]
pub fn all() -> Vec<Scenario> {
    [
        processes::of_roles(),
        processes::of_stores(),
        bus(),
        read_store(),
        wires::cut(),
        wires::bent(),
        machine(),
        pairs(),
        embedded(),
    ]
    .concat()
}

fn bus() -> Vec<Scenario> {
    vec![
        scenario(
            "wipe-bus",
            "NATS comes back without its streams",
            Fault::BusWiped,
        ),
        scenario(
            "truncate-bus",
            "NATS comes back with half of its newest file",
            Fault::BusTruncated,
        ),
        scenario(
            "lose-bus-node",
            "one of three NATS nodes is killed",
            Fault::Kill(Part::SecondBus),
        )
        .on(CLUSTERED),
        scenario(
            "lose-first-bus-node",
            "the NATS node that clients were told of is killed",
            Fault::Kill(Part::Bus),
        )
        .on(CLUSTERED),
    ]
}

fn read_store() -> Vec<Scenario> {
    vec![
        scenario("flush-redis", "FLUSHALL", Fault::RedisFlushed).readers(Readers::SeeItUnbuilt),
        scenario(
            "forget-redis",
            "kill -9 of a Redis that keeps nothing",
            Fault::Kill(Part::Redis),
        )
        .readers(Readers::SeeItUnbuilt),
        scenario(
            "promote-replica",
            "the primary Redis is killed, its replica takes over",
            Fault::ReplicaPromoted { behind: false },
        )
        .on(REPLICATED)
        .readers(Readers::MayGoBack),
        scenario(
            "promote-stale-replica",
            "the same, and the replica has missed the last writes",
            Fault::ReplicaPromoted { behind: true },
        )
        .on(REPLICATED)
        .readers(Readers::MayGoBack),
    ]
}

fn machine() -> Vec<Scenario> {
    use Fault::{Clock, DiskFull, SlowFlush};
    const JUMPS: &[i64] = &[2 * HOUR, -HOUR];
    let late = Duration::from_millis(150);
    vec![
        scenario(
            "fill-postgres",
            "no space left for PostgreSQL",
            DiskFull(Part::Postgres),
        )
        .long(),
        scenario(
            "slow-postgres",
            "every flush of PostgreSQL takes 150 ms more",
            SlowFlush(Part::Postgres, late),
        )
        .long(),
        scenario(
            "clock-command-api",
            "the writer's clock: +2 h, then -1 h",
            Clock(Part::CommandApi, JUMPS),
        ),
        scenario(
            "clock-projector",
            "the projector's clock: +2 h, then -1 h",
            Clock(Part::Projector, JUMPS),
        ),
        scenario(
            "clock-read-api",
            "the read API's clock: +2 h, then -1 h",
            Clock(Part::ReadApi, JUMPS),
        ),
        scenario(
            "clock-postgres",
            "PostgreSQL's clock: +2 h, then -1 h",
            Clock(Part::Postgres, JUMPS),
        ),
    ]
}

fn pairs() -> Vec<Scenario> {
    vec![
        scenario(
            "two-relays",
            "two writers and relays; each is killed once",
            Fault::RelaysTakeTurns,
        )
        .on(TWO_WRITERS),
        scenario(
            "two-projectors",
            "two projectors fight for the same documents",
            Fault::ProjectorsFight,
        ),
    ]
}

fn embedded() -> Vec<Scenario> {
    use Fault::{Clock, DiskFull, Kill, Pause, SlowFlush};
    let all = Part::AllInOne;
    vec![
        scenario("embedded-kill", "kill -9 of the embedded server", Kill(all)).on(Shape::Embedded),
        scenario(
            "embedded-pause",
            "SIGSTOP of the embedded server",
            Pause(all),
        )
        .on(Shape::Embedded)
        .long(),
        scenario(
            "embedded-fill",
            "no space left for the embedded server",
            DiskFull(all),
        )
        .on(Shape::Embedded)
        .long(),
        scenario(
            "embedded-slow",
            "every flush takes 150 ms more",
            SlowFlush(all, Duration::from_millis(150)),
        )
        .on(Shape::Embedded)
        .long(),
        scenario(
            "embedded-clock",
            "the embedded server's clock: +2 h, then -1 h",
            Clock(all, &[2 * HOUR, -HOUR]),
        )
        .on(Shape::Embedded),
    ]
}

#[cfg(test)]
mod tests {
    use super::all;

    #[test]
    fn no_two_scenarios_share_a_name() {
        let mut names: Vec<&str> = all().iter().map(|scenario| scenario.name).collect();
        names.sort_unstable();
        let before = names.len();
        names.dedup();
        assert_eq!(names.len(), before);
    }
}
