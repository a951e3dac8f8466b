//! What a scenario is: a shape of the system, a fault, and how long it lasts.
//!
//! Only data; `means` carries faults out, and `judge` says what they may not do.

use std::time::Duration;

use accession_testkit::Wire;

/// A process of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The embedded server.
    AllInOne,
    /// The writer, with the relay.
    CommandApi,
    /// A second writer, with a second relay.
    SecondCommandApi,
    /// From events to documents.
    Projector,
    /// A second one.
    SecondProjector,
    /// Answers questions.
    ReadApi,
    /// The log's database.
    Postgres,
    /// The bus, or the first node of its cluster.
    Bus,
    /// The second node of the bus.
    SecondBus,
    /// The third node of the bus.
    ThirdBus,
    /// The read store.
    Redis,
    /// The read store's replica.
    Replica,
}

impl Part {
    /// Whether it is one of ours, and so started again by a supervisor when it ends by itself.
    #[must_use]
    pub fn is_role(self) -> bool {
        matches!(
            self,
            Self::AllInOne
                | Self::CommandApi
                | Self::SecondCommandApi
                | Self::Projector
                | Self::SecondProjector
                | Self::ReadApi
        )
    }
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fault {
    /// Nothing: shows that the rig itself is sound.
    Nothing,
    /// SIGKILL; started again afterwards.
    Kill(Part),
    /// SIGSTOP; goes on afterwards.
    Pause(Part),
    /// `PostgreSQL`'s immediate shutdown, as a power failure that leaves the disk.
    ImmediateShutdown,
    /// The bus is killed and its streams are deleted.
    BusWiped,
    /// The bus is killed and its newest file loses its second half.
    BusTruncated,
    /// FLUSHALL.
    RedisFlushed,
    /// The replica takes over; `behind`: after it had not heard of the last writes.
    ReplicaPromoted {
        /// The replica has missed the last writes.
        behind: bool,
    },
    /// The connections to a store.
    Wire(Part, Wire),
    /// The connections to a store are gone and the store does not notice.
    Lost(Part),
    /// No space left where a part writes.
    DiskFull(Part),
    /// Every flush of a part takes so much longer.
    SlowFlush(Part, Duration),
    /// The clock of a part jumps by these many seconds, one after the other.
    Clock(Part, &'static [i64]),
    /// Two writers with a relay each, the one that holds the lease is killed, then the other.
    RelaysTakeTurns,
    /// A second projector starts beside the first, and both are started again whenever they end.
    ProjectorsFight,
}

/// What the system is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One process, nothing else.
    Embedded,
    /// A role a process, on three stores.
    Roles {
        /// Redis keeps its data over a restart.
        durable_redis: bool,
        /// Redis has a replica.
        replica: bool,
        /// The bus is a cluster of three.
        cluster: bool,
        /// Two command-apis.
        second_writer: bool,
    },
}

/// Roles on three stores, nothing doubled.
pub const ROLES: Shape = Shape::Roles {
    durable_redis: false,
    replica: false,
    cluster: false,
    second_writer: false,
};

/// What readers may notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Nothing but waiting and 503.
    NoticeNothing,
    /// Documents are gone until they are built again: 404 `read_model_not_built`.
    SeeItUnbuilt,
    /// Documents that do not ask for a position may be older ones; those that do may not.
    MayGoBack,
}

/// One way to break the system.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// Its name on the command line.
    pub name: &'static str,
    /// What happens, for the table.
    pub about: &'static str,
    /// What it happens to.
    pub shape: Shape,
    /// What happens.
    pub fault: Fault,
    /// Shortest and longest time that it lasts, in milliseconds; the seed decides.
    pub lasts: (u64, u64),
    /// What readers may notice.
    pub readers: Readers,
}
