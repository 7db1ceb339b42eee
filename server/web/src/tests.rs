//! The routes asked in this process, one file for each resource: status, media type, headers, and in which
//! form each says no. What needs a process of its own (connections, kills, commands) is asked in
//! `server/jianma/tests/black_box`.

mod asking_of_outline;
mod asking_offices;
mod attachments;
mod attacker;
mod attacker_codes;
mod base_map;
mod callbacks;
mod documents;
mod drafts;
mod figures;
mod filing;
mod forms;
mod groups;
mod harness;
mod inbox;
mod labels;
mod land;
mod open311;
mod opening;
mod outlines;
mod pages;
mod parcels;
mod queue;
mod redecided;
mod refusals;
mod reopening;
mod requests;
mod restrictions;
mod review;
mod rights;
mod services;
mod staff;
mod supervision;
mod uploads;
