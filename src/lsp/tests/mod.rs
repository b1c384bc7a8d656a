//! The server, spoken to in one process.

mod asked;
mod changed;
mod client;
mod told;
