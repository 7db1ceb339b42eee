//! Tests of the rules about suitability, by their numbers.

mod budget;
mod change;
mod exact;
mod ground;
mod groups;
mod kleene;
mod lab;
mod sample;
mod score;
mod search;
mod silence;
mod vectors;
