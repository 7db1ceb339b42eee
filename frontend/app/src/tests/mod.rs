//! Every page rendered as the server does, and looked at.

mod code;
mod contact;
mod extract;
mod figures;
mod fixtures;
mod former;
mod land;
mod map;
mod next_step;
mod one_go;
mod outcomes;
mod pages;
mod paper;
mod render;
mod severity;
mod site_search;
mod sites;
mod verdict_paper;
mod verify;
