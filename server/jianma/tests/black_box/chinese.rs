//! Where people read Chinese, every word of the command line is Chinese, but for names.

mod sources;

use std::process::Command;

use crate::harness::{PARCEL_FILE, PARCELS, PortalFolder, parcels};

/// Runs `jianma` where people read that language: whether all was well, and everything it said.
fn spoken(place: &PortalFolder, language: &str, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jianma"));
    command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", language);
    // Its log is for whoever operates many programs, and in English.
    command.env("JIANMA_LOG", "off");
    let output = command.args(arguments).current_dir(place.path("")).output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.success(), text.concat())
}

#[test]
fn the_command_line_speaks_the_language_of_the_environment() {
    let place = PortalFolder::empty();
    let (done, help) = spoken(&place, "zh_CN.UTF-8", &["label", "--help"]);
    assert!(done && help.contains("用法：") && help.contains("重印已经制发的标签"), "{help}");
    let (done, same) = spoken(&place, "zh_CN.UTF-8", &["help", "label"]);
    assert!(done && same.contains("重印已经制发的标签"), "{same}");
    let (done, english) = spoken(&place, "en_GB.UTF-8", &["label", "--help"]);
    assert!(done && english.contains("Usage:") && !english.contains("标签"), "{english}");
    let (done, wrong) = spoken(&place, "zh_CN.UTF-8", &["backup"]);
    assert!(!done && wrong.contains("缺少必须给出的参数") && wrong.contains("--data"), "{wrong}");
    let missing = ["versions", "--data", "nowhere"];
    let (done, failed) = spoken(&place, "zh_CN.UTF-8", &missing);
    assert!(!done && failed.contains("没有数据") && failed.contains("nowhere"), "{failed}");
    let (_, failed) = spoken(&place, "en_GB.UTF-8", &missing);
    assert!(failed.contains("holds no data"), "{failed}");
}

/// Words of English that follow each other in what was said: three are a sentence, where no comma makes
/// a list of them. What stands in backticks, names of files and the English title of a data set are
/// nobody's words.
fn english(said: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in said.lines() {
        let line = line.replace("Deqing demonstration data", "");
        let outside: String = line.split('`').step_by(2).collect::<Vec<_>>().join("。");
        let mut run: Vec<&str> = Vec::new();
        for word in outside.split(' ').chain(["。"]) {
            let bare = word.trim_matches(['.', ',', ':', ';', '(', ')', '"']);
            if bare.len() > 1 && bare.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                run.push(word);
            }
            if !run.last().is_some_and(|last| *last == word && !word.ends_with(',')) {
                found.extend((run.len() > 2).then(|| format!("{} | {line}", run.join(" "))));
                run.clear();
            }
        }
    }
    found
}

#[test]
fn english_is_told_from_names() {
    assert_eq!(english("写入 /tmp/a b.pdf；`a b c d`；parcels.geojson  parcels  3"), [""; 0]);
    assert_eq!(english("错误：nothing was done。").len(), 0, "two words may be a name");
    assert_eq!(english("错误 it was not done").len(), 1);
}

#[test]
fn every_command_says_everything_in_chinese_where_people_read_chinese() {
    let place = PortalFolder::empty();
    assert!(place.import(PARCEL_FILE, &parcels()).status.success());
    let write = |name: &str, text: &str| std::fs::write(place.path(name), text).unwrap();
    write("wrong.toml", "[site]\nhots = \"x\"\n");
    write("catalogues.toml", "[catalogues]\nfolder = \"none\"\n");
    write("no-picture.png", "PNG");
    write("broken.geojson", "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":1}]}");
    write("page.geojson", "<!doctype html><title>502</title>");
    write("jianma.toml", "");
    let mapping = std::fs::read_to_string(place.path("mapping.toml")).unwrap();
    for (name, from, to) in [
        ("no-policy.toml", "policy = \"", "policy = \"no-"),
        ("no-code.toml", "ZDDM", "ZDDN"),
        ("no-key.toml", "role = ", "rolle = "),
        ("page.toml", "parcels.geojson", "page.geojson"),
        ("broken.toml", "parcels.geojson", "broken.geojson"),
    ] {
        let changed = mapping.replace(from, to);
        assert_ne!(changed, mapping, "{name}");
        write(name, &changed);
    }
    let data = ["--data", "data"];
    let whom = ["--by", "王建国", "--reason", "来信"];
    let host = ["--host", "jm.example"];
    let no_request = "JM-20261122-7K3MQ2VX";
    let check = |mapping: &'static str, file: &'static str| {
        vec!["import", "--check", "--data", "data", "--mapping", mapping, file]
    };
    let calls: Vec<Vec<&str>> = vec![
        check("mapping.toml", "parcels.geojson"),
        vec!["import", "--check", "--mapping", "mapping.toml"],
        check("no-policy.toml", "parcels.geojson"),
        check("no-code.toml", "parcels.geojson"),
        check("no-key.toml", "parcels.geojson"),
        check("page.toml", "page.geojson"),
        check("broken.toml", "broken.geojson"),
        check("mapping.toml", "absent.geojson"),
        [&["demo"], &data[..]].concat(),
        vec!["demo", "--data", "data", "--if-empty"],
        [&["versions"], &data[..]].concat(),
        [&["rollback", "nowhere"], &data[..]].concat(),
        [&["rollback", "small"], &data[..]].concat(),
        [&["label", PARCELS[0], "-o", "label.pdf"], &data[..], &host].concat(),
        [&["label", PARCELS[0], "-o", "label.doc"], &data[..], &host].concat(),
        [&["label", "330521001001GB99999", "-o", "label.pdf"], &data[..], &host].concat(),
        [&["label", "33", "-o", "label.pdf"], &data[..], &host].concat(),
        [&["label", PARCELS[0], "-o", "label.pdf"], &data[..]].concat(),
        [&["label", "list"], &data[..]].concat(),
        [&["label", "reprint", "1", "-o", "again.png"], &data[..]].concat(),
        [&["label", "withdraw", "1", "--reason", "遗失"], &data[..]].concat(),
        [&["label", "withdraw", "1", "--reason", "遗失"], &data[..]].concat(),
        [&["label", "reprint", "1", "-o", "again.png"], &data[..]].concat(),
        [&["label", "reprint", "9", "-o", "again.png"], &data[..]].concat(),
        [&["label", "rotate-key"], &data[..]].concat(),
        [&["label", "retire-key", "nothing"], &data[..]].concat(),
        [&["label", "list"], &data[..]].concat(),
        [&["requests", "list"], &data[..]].concat(),
        [&["requests", "show", no_request], &data[..]].concat(),
        [&["requests", "show", "x"], &data[..]].concat(),
        [&["requests", "withdraw", no_request], &data[..], &whom].concat(),
        [&["requests", "delete", no_request, "--no-config"], &data[..], &whom].concat(),
        [&["requests", "delete", no_request], &data[..], &whom].concat(),
        [&["requests", "correct", no_request, "--set", "x"], &data[..], &whom].concat(),
        [&["requests", "purge", "--no-config"], &data[..]].concat(),
        [&["requests", "keys"], &data[..]].concat(),
        [&["requests", "check"], &data[..]].concat(),
        [&["requests", "rotate-key"], &data[..]].concat(),
        [&["requests", "reseal"], &data[..]].concat(),
        [&["requests", "seal"], &data[..], &whom].concat(),
        [&["requests", "register"], &data[..]].concat(),
        [&["deliveries", "list"], &data[..]].concat(),
        [&["deliveries", "show", "nothing"], &data[..]].concat(),
        [&["deliveries", "retry", "nothing"], &data[..], &whom].concat(),
        [&["staff", "list"], &data[..]].concat(),
        [&["staff", "add", "li.na", "--office", "registration", "--role", "clerk"], &data[..]]
            .concat(),
        [&["staff", "add", "li.na", "--office", "registration", "--role", "clerk"], &data[..]]
            .concat(),
        [&["staff", "add", "李娜", "--office", "registration", "--role", "clerk"], &data[..]]
            .concat(),
        [&["staff", "person", "li.na", "00817"], &data[..]].concat(),
        [&["staff", "person", "li.na", " "], &data[..]].concat(),
        [&["staff", "reset", "nobody"], &data[..]].concat(),
        [&["staff", "reset", "li.na"], &data[..]].concat(),
        [&["staff", "unlock", "li.na"], &data[..]].concat(),
        [&["staff", "disable", "li.na"], &data[..]].concat(),
        [&["staff", "disable", "li.na"], &data[..]].concat(),
        [&["verify-audit"], &data[..]].concat(),
        [&["audit", "accept-restore"], &data[..], &whom].concat(),
        [&["audit", "prune", "--before", "2020-01-01"], &data[..], &whom].concat(),
        [&["audit", "prune", "--before", "2999-01-01"], &data[..], &whom].concat(),
        [&["keys", "export", "-o", "all.keys"], &data[..]].concat(),
        [&["keys", "import", "all.keys"], &data[..]].concat(),
        [&["keys", "import", "no-picture.png"], &data[..]].concat(),
        [&["backup", "-o", "copy"], &data[..]].concat(),
        [&["backup", "-o", "copy"], &data[..]].concat(),
        vec!["restore", "--from", "copy", "--data", "again"],
        vec!["restore", "--from", "copy", "--data", "again"],
        vec!["restore", "--from", "nothing", "--data", "third"],
        vec!["check-config"],
        vec!["check-config", "--config", "jianma.toml"],
        vec!["check-config", "--config", "wrong.toml"],
        vec!["check-config", "--config", "absent.toml"],
        vec!["check-config", "--config", "catalogues.toml"],
        vec!["check-catalogues"],
        vec!["check-catalogues", "none"],
        vec!["decode", "no-picture.png", "absent.png"],
        vec!["department", "--fail-rate", "2", "--secret", "x"],
        vec!["department"],
        vec!["serve", "--data", "nowhere", "--site", "nothing"],
        vec!["serve", "--data", "data", "--site", "nothing", "--config", "wrong.toml"],
        vec!["versions", "--data", "nowhere"],
        vec!["import"],
        vec!["labels"],
    ];
    let mut wrong = Vec::new();
    for call in &calls {
        let (_, said) = spoken(&place, "zh_CN.UTF-8", call);
        wrong.extend(english(&said).into_iter().map(|words| format!("{call:?}: {words}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
