//! Tests of the rules about suitability, by their numbers.

mod sample;
