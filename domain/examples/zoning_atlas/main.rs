//! Makes a rule set of a town's file of the Vermont Zoning Atlas:
//!
//! ```sh
//! cargo run -p domain --example zoning_atlas -- TOWN.geojson FOLDER
//! ```
//!
//! `FOLDER/TOWN/2023-01-01/` then has `rules.toml` and `districts.csv`, and `FOLDER/TOWN.geojson` the
//! districts as a layer. Other columns of uses than those known are named and left out; a value that was
//! not heard of is refused with its place. A column that is not there is an answer that nobody gave.

mod rules;
mod town;

use std::{env, error::Error, fs, io::Write as _, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [file, folder] = arguments.as_slice() else {
        return Err("call it with the file of a town and a folder to write into".into());
    };
    let town =
        town::read(&fs::read_to_string(file)?).map_err(|error| format!("{file}: {error}"))?;
    let written = rules::write(&town)?;
    let set = Path::new(folder).join(&written.id).join(rules::DATE);
    fs::create_dir_all(&set)?;
    for file in &written.files {
        fs::write(set.join(&file.name), &file.text)?;
    }
    fs::write(
        Path::new(folder).join(&written.id).with_extension("geojson"),
        written.layer.to_string(),
    )?;
    let mut out = std::io::stdout();
    writeln!(out, "{}: {} districts, into {}", town.name, town.districts.len(), set.display())?;
    for column in &town.passed_over {
        writeln!(out, "left out: {column}")?;
    }
    Ok(())
}
