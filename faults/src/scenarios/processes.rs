//! Scenarios in which a process dies or stands still.
//!
//! It touches no connection and no disk.

use super::{DURABLE, scenario};
use crate::scenario::{Fault, Part, Scenario};

/// What may happen to the processes of the roles.
pub(super) fn of_roles() -> Vec<Scenario> {
    use Fault::{Kill, Nothing, Pause};
    vec![
        scenario("nothing", "no fault: the rig itself", Nothing),
        scenario(
            "kill-command-api",
            "kill -9 of the writer",
            Kill(Part::CommandApi),
        ),
        scenario(
            "kill-projector",
            "kill -9 of the projector",
            Kill(Part::Projector),
        ),
        scenario(
            "kill-read-api",
            "kill -9 of the read API",
            Kill(Part::ReadApi),
        ),
        scenario(
            "pause-command-api",
            "SIGSTOP of the writer",
            Pause(Part::CommandApi),
        )
        .long(),
        scenario(
            "pause-projector",
            "SIGSTOP of the projector",
            Pause(Part::Projector),
        )
        .long(),
        scenario(
            "pause-read-api",
            "SIGSTOP of the read API",
            Pause(Part::ReadApi),
        )
        .long(),
    ]
}

/// What may happen to the processes of the stores.
pub(super) fn of_stores() -> Vec<Scenario> {
    use Fault::{ImmediateShutdown, Kill, Pause};
    vec![
        scenario(
            "kill-postgres",
            "kill -9 of PostgreSQL with its backends",
            Kill(Part::Postgres),
        ),
        scenario(
            "pause-postgres",
            "SIGSTOP of PostgreSQL",
            Pause(Part::Postgres),
        )
        .long(),
        scenario(
            "shutdown-postgres",
            "immediate shutdown of PostgreSQL",
            ImmediateShutdown,
        ),
        scenario("kill-bus", "kill -9 of NATS", Kill(Part::Bus)),
        scenario("pause-bus", "SIGSTOP of NATS", Pause(Part::Bus)).long(),
        scenario(
            "kill-redis",
            "kill -9 of a Redis that keeps its data",
            Kill(Part::Redis),
        )
        .on(DURABLE),
        scenario("pause-redis", "SIGSTOP of Redis", Pause(Part::Redis)).long(),
    ]
}
