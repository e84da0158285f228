//! Tickets as people carry them, a picture of the QR code and an entry in their calendar; reports as other
//! programs read them.
//!
//! Pure like the domain: bytes and texts in, bytes and texts out. What a ticket says is made in
//! [`crate::domain::ticket`].

mod calendar_entry;
mod qr;
mod report_csv;
mod ticket_picture;

pub use calendar_entry::{CalendarEntry, EntryStatus, ics};
pub use qr::{RenderError, png, svg};
pub use report_csv::report_csv;
pub use ticket_picture::{TicketPicture, tickets_png};
