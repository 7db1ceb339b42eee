//! What comes by standard input, as from `ogr2ogr -f GeoJSONSeq /vsistdout/ … | jianma import … -`.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use super::harness::{DATASET, PARCEL_FILE, PortalFolder};

/// As GDAL 3.6 wrote it there.
const SEQUENCE: &[u8] = include_bytes!("../../../intake/tests/files/bureau.geojsons");

/// The command with that on its standard input.
fn piped(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_jianma"))
        .args(arguments)
        .env("LANG", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // One that has ended does not read on.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn text(output: &Output) -> String {
    let [said, complained] = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it));
    format!("{said}{complained}")
}

#[test]
fn z9_standard_input_is_the_file_of_the_mapping_that_is_not_given_otherwise() {
    let place = PortalFolder::empty();
    let parcels = "[[file]]\nname = \"宗地\"\nrole = \"parcels\"\ncode = \"{地块代码}\"\n";
    std::fs::write(place.path("mapping.toml"), format!("{DATASET}{parcels}")).unwrap();
    let (data, mapping) = (place.text("data"), place.text("mapping.toml"));
    let arguments = ["import", "--data", &data, "--mapping", &mapping, "-"];
    let imported = piped(&arguments, SEQUENCE);
    assert!(imported.status.success(), "{}", text(&imported));
    assert!(text(&imported).contains("宗地") && text(&imported).contains("Published"));
    // A stream that broke off changes nothing.
    let cut = piped(&arguments, &SEQUENCE[..SEQUENCE.len() - 30]);
    assert!(
        !cut.status.success() && text(&cut).contains("-: the file is cut short"),
        "{}",
        text(&cut)
    );
    // Which of two it is, is not guessed.
    std::fs::write(place.path("mapping.toml"), format!("{DATASET}{parcels}{PARCEL_FILE}")).unwrap();
    let which = piped(&arguments, SEQUENCE);
    assert!(text(&which).contains("one of several files"), "{}", text(&which));

    let seen = piped(&["inspect", "-"], SEQUENCE);
    assert!(text(&seen).contains("3 features") && text(&seen).contains("坐落"), "{}", text(&seen));
}
