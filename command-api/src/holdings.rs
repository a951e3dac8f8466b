//! Holdings: what stands where in a library, and the commands that change it.
//!
//! Never knows who has borrowed a copy; circulation tells the copy that it is out, in the append of the loan.

pub mod copy;
pub mod desk;
pub mod drafts;
pub mod held;
pub mod http;
pub mod lookalikes;
pub mod places;
pub mod reactions;
pub mod shelf;
pub mod stocktaking;
