//! Holdings: the places of a library, and the copies that stand there.
//!
//! Nothing here knows who has borrowed what; a copy only knows that it is out, and on which loan.

mod copy;
mod details;
mod held;
mod places;
mod shelf;
mod stocktaking;

pub use copy::CopyEvent;
pub use details::{Acquisition, AcquisitionKind, Condition, CopyDetail, CopyState, CopyTag};
pub use held::HeldEvent;
pub use places::{DisplacedCopy, PlaceKind, PlaceRecord, PlacesEvent};
pub use shelf::{ShelfEvent, Slot, Standing};
pub use stocktaking::{ExpectedThere, Finding, Scan, StocktakingEvent, Surprise};
