//! The built binary from outside: real processes, real sockets, real storage.

mod answers;
mod harness;
mod kills;
mod land;
