//! Who has how many of the connections. When all are taken, room is made at the address that has
//! most of them, never by turning away whoever comes newly: a few addresses cannot shut the others
//! out.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering},
    },
    time::Instant,
};

use tokio::sync::Notify;

use crate::client::ClientAddress;

/// Bytes that a reader does not take which weigh as much as one more connection.
const BYTES_LIKE_ONE: usize = 64 * 1024;

/// What a connection does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// Nothing has been asked that is not answered: a head is awaited.
    Waiting,
    /// An answer is under way to its reader.
    Answering,
    /// A handler works on it.
    Working,
}

impl Phase {
    const ALL: [Self; 3] = [Self::Waiting, Self::Answering, Self::Working];
}

/// One open connection as the others see it.
#[derive(Debug)]
pub(super) struct Watched {
    client: ClientAddress,
    opened: Instant,
    phase: AtomicU8,
    /// When the phase began, milliseconds after it was opened.
    since: AtomicU64,
    /// Bytes that its reader does not take.
    held: AtomicUsize,
    cut_off: AtomicBool,
    stalled: AtomicBool,
    end: Notify,
}

impl Watched {
    fn new(client: ClientAddress) -> Self {
        Self {
            client,
            opened: Instant::now(),
            phase: AtomicU8::new(Phase::Waiting as u8),
            since: AtomicU64::new(0),
            held: AtomicUsize::new(0),
            cut_off: AtomicBool::new(false),
            stalled: AtomicBool::new(false),
            end: Notify::new(),
        }
    }

    /// Whose it is.
    pub(super) const fn client(&self) -> ClientAddress {
        self.client
    }

    /// When it was opened.
    pub(super) const fn opened(&self) -> Instant {
        self.opened
    }

    pub(super) fn begin(&self, phase: Phase) {
        let since = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.since.store(since, Ordering::Relaxed);
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// Ends a phase, unless another has begun.
    pub(super) fn end_of(&self, phase: Phase) {
        if self.phase() == phase {
            self.begin(Phase::Waiting);
        }
    }

    fn phase(&self) -> Phase {
        let number = usize::from(self.phase.load(Ordering::Relaxed));
        Phase::ALL.get(number).copied().unwrap_or(Phase::Working)
    }

    /// Notes how many bytes its reader does not take.
    pub(super) fn hold(&self, bytes: usize) {
        self.held.store(bytes, Ordering::Relaxed);
    }

    fn weight(&self) -> usize {
        1 + self.held.load(Ordering::Relaxed) / BYTES_LIKE_ONE
    }

    /// Has it ended at once, what is unsent thrown away.
    pub(super) fn cut_off(&self) {
        self.cut_off.store(true, Ordering::Relaxed);
        self.end.notify_one();
    }

    /// Notes that its reader takes next to nothing, and has it ended.
    pub(super) fn stall(&self) {
        self.stalled.store(true, Ordering::Relaxed);
        self.cut_off();
    }

    pub(super) fn is_stalled(&self) -> bool {
        self.stalled.load(Ordering::Relaxed)
    }

    pub(super) fn is_cut_off(&self) -> bool {
        self.cut_off.load(Ordering::Relaxed)
    }

    /// Returns once it was told to end.
    pub(super) async fn told_to_end(&self) {
        self.end.notified().await;
    }

    /// Which of an address's connections is missed least: one without a question first, and of
    /// those the one that has been so longest.
    fn rank(&self) -> (Phase, Instant) {
        let since = std::time::Duration::from_millis(self.since.load(Ordering::Relaxed));
        (self.phase(), self.opened + since)
    }
}

/// The connections of one address.
#[derive(Debug, Default)]
struct OfAddress {
    /// Whether it is a proxy of ours: it speaks for many.
    trusted: bool,
    open: Vec<Arc<Watched>>,
}

impl OfAddress {
    fn weight(&self) -> usize {
        self.open.iter().map(|connection| connection.weight()).sum()
    }

    fn worst(&self) -> Option<&Arc<Watched>> {
        self.open.iter().min_by_key(|connection| connection.rank())
    }
}

/// Every open connection.
#[derive(Debug)]
pub(super) struct Table {
    most: usize,
    addresses: Mutex<HashMap<ClientAddress, OfAddress>>,
}

/// A place in the table; free again when this is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    table: Arc<Table>,
    /// The connection.
    pub(super) watched: Arc<Watched>,
}

/// Why a connection had to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shed {
    /// Its address had as many as one may have.
    AddressFull,
    /// All were taken, and its address had most.
    Busiest,
}

impl Table {
    /// A table with room for `most`.
    pub(super) fn new(most: usize) -> Self {
        Self { most, addresses: Mutex::default() }
    }

    /// Takes a newcomer, of whose address there may be `most_of_address`. Who had to go for it is
    /// told to end, and returned with the reason.
    pub(super) fn enter(
        self: &Arc<Self>,
        client: ClientAddress,
        trusted: bool,
        most_of_address: usize,
    ) -> (Seat, Option<(Arc<Watched>, Shed)>) {
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        let own = addresses.get(&client).map_or(0, |address| address.open.len());
        let all: usize = addresses.values().map(|address| address.open.len()).sum();
        let shed = if own >= most_of_address.max(1) {
            addresses
                .get(&client)
                .and_then(OfAddress::worst)
                .cloned()
                .map(|c| (c, Shed::AddressFull))
        } else if all >= self.most {
            busiest(&addresses).map(|connection| (connection, Shed::Busiest))
        } else {
            None
        };
        if let Some((connection, _)) = &shed {
            remove(&mut addresses, connection);
            connection.cut_off();
        }
        let watched = Arc::new(Watched::new(client));
        let address = addresses.entry(client).or_default();
        address.trusted = trusted;
        address.open.push(watched.clone());
        (Seat { table: self.clone(), watched }, shed)
    }

    /// Makes room although the table is not full, as when the process may open no more files.
    pub(super) fn make_room(&self) -> Option<Arc<Watched>> {
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = busiest(&addresses)?;
        remove(&mut addresses, &connection);
        connection.cut_off();
        Some(connection)
    }

    /// How many are open.
    #[cfg(test)]
    fn open(&self) -> usize {
        let addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        addresses.values().map(|address| address.open.len()).sum()
    }
}

/// The connection that is missed least at the address that has most; a proxy of ours is asked
/// last.
fn busiest(addresses: &HashMap<ClientAddress, OfAddress>) -> Option<Arc<Watched>> {
    addresses
        .values()
        .filter_map(|address| address.worst().map(|worst| (address, worst)))
        .max_by_key(|(address, worst)| {
            let rank = std::cmp::Reverse(worst.rank());
            (!address.trusted, address.weight(), rank)
        })
        .map(|(_, worst)| worst.clone())
}

fn remove(addresses: &mut HashMap<ClientAddress, OfAddress>, connection: &Arc<Watched>) {
    if let Some(address) = addresses.get_mut(&connection.client) {
        address.open.retain(|other| !Arc::ptr_eq(other, connection));
        if address.open.is_empty() {
            addresses.remove(&connection.client);
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut addresses = self.table.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        remove(&mut addresses, &self.watched);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(number: u8) -> ClientAddress {
        ClientAddress(std::net::Ipv4Addr::new(192, 0, 2, number).into())
    }

    fn enter(table: &Arc<Table>, number: u8) -> (Seat, Option<(Arc<Watched>, Shed)>) {
        table.enter(client(number), false, 4)
    }

    #[test]
    fn when_all_are_taken_the_address_that_has_most_loses_one_and_the_newcomer_is_taken() {
        let table = Arc::new(Table::new(6));
        let mut held: Vec<Seat> = [1, 1, 1, 1, 2].iter().map(|n| enter(&table, *n).0).collect();
        held.push(enter(&table, 3).0);
        let (newcomer, shed) = enter(&table, 4);
        let (lost, why) = shed.unwrap();
        assert_eq!((lost.client(), why), (client(1), Shed::Busiest));
        assert!(lost.is_cut_off() && !newcomer.watched.is_cut_off());
        assert_eq!(table.open(), 6);
        // Its seat is not given up twice.
        drop(held);
        assert_eq!(table.open(), 1);
    }

    #[test]
    fn an_address_that_is_full_loses_what_is_missed_least() {
        let table = Arc::new(Table::new(100));
        let held: Vec<Seat> = (0..4).map(|_| enter(&table, 1).0).collect();
        let phases = [Phase::Working, Phase::Answering, Phase::Waiting, Phase::Working];
        for (seat, phase) in held.iter().zip(phases) {
            seat.watched.begin(phase);
        }
        let (_first, shed) = enter(&table, 1);
        let (lost, why) = shed.unwrap();
        assert_eq!(why, Shed::AddressFull);
        assert!(Arc::ptr_eq(&lost, &held[2].watched), "the one that asks nothing");
    }

    #[test]
    fn what_a_reader_does_not_take_weighs_like_further_connections() {
        let table = Arc::new(Table::new(5));
        let held: Vec<Seat> = [1, 1, 1, 2, 2].iter().map(|n| enter(&table, *n).0).collect();
        for seat in &held[3..] {
            seat.watched.hold(3 * BYTES_LIKE_ONE);
        }
        assert_eq!(enter(&table, 3).1.unwrap().0.client(), client(2));
    }

    #[test]
    fn a_proxy_speaks_for_many_and_is_asked_last() {
        let table = Arc::new(Table::new(4));
        let proxy: Vec<Seat> = (0..3).map(|_| table.enter(client(9), true, 4).0).collect();
        let (_caller, _) = enter(&table, 1);
        assert_eq!(enter(&table, 2).1.unwrap().0.client(), client(1));
        drop(proxy);
    }
}
