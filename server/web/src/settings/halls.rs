//! Halls with counters, where people wait by a number (desk D9).

use std::net::IpAddr;

use domain::{
    Localized,
    queue::PRIORITY_IN_A_ROW,
    service::Aim,
    staff::is_id,
    text::{fault_of_line, trimmed},
};
use serde::Deserialize;
use service_api::ClientAddress;

use super::SettingsError;

/// Longest name of a counter, characters: it stands large on the board.
const LONGEST_COUNTER: usize = 8;

/// A hall of an office.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HallConfig {
    /// What people call it.
    pub name: Localized,
    /// The office whose staff sit there: the id of a department.
    pub office: String,
    /// Its counters, by what stands above them.
    pub counters: Vec<String>,
    /// What people come there for, as services are grouped; everything where none is named.
    #[serde(default)]
    pub groups: Vec<Aim>,
    /// The machines that give out tickets, besides this one.
    #[serde(default)]
    pub machines: Vec<IpAddr>,
    /// The addresses that people in the hall come from, where many are behind one: each brings
    /// [`crate::limits::HALL`] times the files that another may. Those of its machines do too.
    #[serde(default)]
    pub addresses: Vec<IpAddr>,
    /// Whether everybody may take a ticket, wherever they are.
    #[serde(default)]
    pub open: bool,
    /// How many with priority a counter calls in a row before one of the others.
    #[serde(default = "in_a_row")]
    pub priority_in_a_row: u32,
}

const fn in_a_row() -> u32 {
    PRIORITY_IN_A_ROW
}

impl HallConfig {
    /// That it can be meant.
    ///
    /// # Errors
    /// [`SettingsError::Hall`] names the key.
    pub fn check(&self, id: &str) -> Result<(), SettingsError> {
        let refused = |key, rule| Err(SettingsError::Hall { key, rule });
        if !is_id(id) {
            return refused("id", "small letters, digits, dots, dashes; a letter first");
        }
        if trimmed(&self.name.zh).is_empty() || trimmed(&self.name.en).is_empty() {
            return refused("name", "say in both languages what people call it");
        }
        if !is_id(&self.office) {
            return refused("office", "name the department whose staff sit there");
        }
        if self.priority_in_a_row == 0 {
            return refused("priority_in_a_row", "at least one with priority is called in a row");
        }
        let is_name = |counter: &String| {
            let length = counter.chars().count();
            (1..=LONGEST_COUNTER).contains(&length)
                && trimmed(counter) == counter
                && fault_of_line(counter).is_none()
        };
        let mut counters: Vec<&String> = self.counters.iter().collect();
        counters.sort_unstable();
        counters.dedup();
        if counters.is_empty() || counters.len() != self.counters.len() {
            return refused("counters", "name each counter, and none twice");
        }
        if !self.counters.iter().all(is_name) {
            return refused("counters", "a name has at most eight characters on one line");
        }
        Ok(())
    }

    /// Whether somebody who asks from there is in the hall.
    #[must_use]
    pub fn is_of(&self, client: ClientAddress) -> bool {
        let mut known = self.addresses.iter().chain(&self.machines);
        known.any(|address| ClientAddress::of(*address) == client)
    }

    /// What people come there for, in the order of the catalogue.
    #[must_use]
    pub fn aims(&self) -> Vec<Aim> {
        let named = |aim: &Aim| self.groups.is_empty() || self.groups.contains(aim);
        Aim::ALL.into_iter().filter(named).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn desk_d9_a_hall_has_counters_of_its_own() {
        let hall = |counters: &[&str]| HallConfig {
            name: Localized::new("一楼", "Ground floor"),
            office: "registration".into(),
            counters: counters.iter().map(|&counter| counter.to_owned()).collect(),
            groups: vec![Aim::Register, Aim::Know],
            machines: vec!["10.1.2.3".parse().unwrap()],
            addresses: vec!["2001:db8:1:2::1".parse().unwrap()],
            open: false,
            priority_in_a_row: 3,
        };
        let good = hall(&["1", "2号", "A-3"]);
        assert!(good.check("main").is_ok());
        assert_eq!(good.aims(), [Aim::Know, Aim::Register]);
        assert_eq!(HallConfig { groups: Vec::new(), ..good.clone() }.aims(), Aim::ALL);
        for counters in [&[][..], &["1", "1"], &[""], &[" 1"], &["123456789"], &["a\nb"]] {
            assert!(hall(counters).check("main").is_err(), "{counters:?}");
        }
        for (address, is_of) in [
            ("10.1.2.3", true),
            ("2001:db8:1:2::9", true),
            ("10.1.2.4", false),
            ("127.0.0.1", false),
        ] {
            let client = ClientAddress::of(address.parse().unwrap());
            assert_eq!(good.is_of(client), is_of, "{address}");
        }
        assert!(good.check("Main Hall").is_err());
        assert!(HallConfig { office: "no office".into(), ..good.clone() }.check("main").is_err());
        assert!(HallConfig { priority_in_a_row: 0, ..good.clone() }.check("main").is_err());
        let name = Localized::new("一楼", "");
        assert!(HallConfig { name, ..good }.check("main").is_err());
    }
}
