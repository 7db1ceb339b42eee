//! What the guides say, held against the program: samples that are not run go out of date, and so does
//! the second language.

use std::{collections::BTreeSet, fs, path::Path};

use crate::harness::{PARCELS, PortalFolder, Running, client, free_port, parcels};

/// A page for people who run a portal.
struct Guide {
    name: String,
    text: String,
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn guide(name: &str) -> Guide {
    Guide { name: name.to_owned(), text: fs::read_to_string(root().join(name)).unwrap() }
}

/// Pages whose blocks are no configurations: mappings, which `intake` holds, and rules, which `domain` does.
const OF_OTHERS: [&str; 3] = ["docs/mapping.md", "docs/suitability.md", "CHANGELOG.md"];

/// All of them but those of others.
fn guides() -> Vec<Guide> {
    let mut names = Vec::new();
    for folder in ["", "docs/", "packaging/"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let name = format!("{folder}{}", entry.unwrap().file_name().to_string_lossy());
            if name.ends_with(".md") && !OF_OTHERS.contains(&&*name) {
                names.push(name);
            }
        }
    }
    for known in ["README.md", "README.zh.md", "docs/operations.md", "packaging/README.md"] {
        assert!(names.iter().any(|name| name == known), "{known} in {names:?}");
    }
    names.iter().map(|name| guide(name)).collect()
}

impl Guide {
    /// The blocks of a language.
    fn blocks(&self, language: &str) -> Vec<&str> {
        let fence = format!("```{language}\n");
        let parts = self.text.split(fence.as_str()).skip(1);
        parts.map(|part| part.split_once("```").unwrap().0).collect()
    }

    /// The lines of its shell blocks, whole and without comments.
    fn shell(&self) -> Vec<String> {
        let blocks = self.blocks("sh").concat().replace("\\\n", " ");
        let lines = blocks.lines().map(|line| line.split(" #").next().unwrap_or_default());
        let words = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        words.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
    }

    /// The deepness of each heading, in order.
    fn headings(&self) -> Vec<usize> {
        let mut inside = false;
        let mut found = Vec::new();
        for line in self.text.lines() {
            inside ^= line.starts_with("```");
            let deep = line.chars().take_while(|&c| c == '#').count();
            if !inside && deep > 0 {
                found.push(deep);
            }
        }
        found
    }

    /// Where its links lead.
    fn links(&self) -> BTreeSet<&str> {
        let targets = self.text.split("](").skip(1).map(|rest| rest.split_once(')').unwrap().0);
        targets.filter(|target| !target.starts_with("README")).collect()
    }

    /// How many rows each of its tables has, in order.
    fn tables(&self) -> Vec<usize> {
        let runs = self.text.split("\n\n").filter(|part| part.starts_with('|'));
        runs.map(|part| part.lines().filter(|line| line.starts_with('|')).count()).collect()
    }
}

/// What the guides tell to put beside a sample.
fn put_companions(place: &PortalFolder) {
    fs::write(place.path("policy.toml"), approved_policy()).unwrap();
    fs::create_dir(place.path("catalogues")).unwrap();
    fs::write(place.path("mail.password"), "secret\n").unwrap();
}

/// The embedded table as the README tells a county to make it its own.
fn approved_policy() -> String {
    let embedded = fs::read_to_string(root().join("domain/data/policies/zhejiang.toml")).unwrap();
    let own = embedded
        .replace("scope = \"demonstration\"", "scope = \"everything\"")
        .replace("见码演示数据提供者", "某县自然资源和规划局")
        .replace("Provider of the Jianma demonstration data", "County natural resources bureau");
    assert_ne!(own, embedded);
    own
}

#[test]
fn every_configuration_that_a_guide_shows_is_accepted() {
    let mut read = BTreeSet::new();
    for guide in guides() {
        for block in guide.blocks("toml") {
            let place = PortalFolder::empty();
            put_companions(&place);
            fs::write(place.path("portal.toml"), block).unwrap();
            let output = place.jianma(&["check-config", "--config", &place.text("portal.toml")]);
            let wrong = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}: {wrong}\n{block}", guide.name);
            read.insert(guide.name.clone());
        }
    }
    assert_eq!(
        Vec::from_iter(read),
        ["README.md", "README.zh.md", "docs/departments.md", "docs/operations.md"]
    );
}

#[test]
fn s5_a_sample_of_a_guide_with_a_department_taken_away_says_what_it_does_not_offer() {
    let guide = guide("README.md");
    let sample = guide.blocks("toml").into_iter().find(|block| block.contains("[departments."));
    let (left, _taken) = sample.unwrap().rsplit_once("[departments.").unwrap();
    let place = PortalFolder::empty();
    put_companions(&place);
    fs::write(place.path("portal.toml"), left).unwrap();
    let output = place.jianma(&["check-config", "--config", &place.text("portal.toml")]);
    assert!(output.status.success());
    let said = String::from_utf8_lossy(&output.stdout);
    for item in ["homestead-application", "rural-works-permit"] {
        let told = format!(
            "WARNING: the service {item} is not offered: there is no [departments.township]"
        );
        assert!(said.contains(&told), "{said}");
    }
}

/// Holds a call, the words behind the program, against what the program says of itself. Alternatives
/// stand as `list|show`.
fn hold(place: &PortalFolder, guide: &str, words: &[&str]) {
    let help = |command: &[&str]| {
        let output = place.jianma(&[command, &["--help"]].concat());
        assert!(output.status.success(), "{guide}: there is no `{}`", command.join(" "));
        String::from_utf8(output.stdout).unwrap()
    };
    let [command, rest @ ..] = words else { panic!("{guide} calls nothing") };
    let own = help(&[command]);
    let second = rest.first().copied().unwrap_or_default();
    let has_commands = own.contains("<COMMAND>")
        || own.contains("[COMMAND]") && second.starts_with(|c: char| c.is_ascii_lowercase());
    let helps: Vec<String> = if has_commands {
        second.split('|').map(|second| help(&[command, second])).collect()
    } else {
        vec![own]
    };
    for flag in rest.iter().map(|word| word.trim_matches(['[', ']'])) {
        for help in helps.iter().filter(|_| flag.starts_with("--")) {
            let is_there = help.split([' ', ',', '\n', '=']).any(|word| word == flag);
            assert!(is_there, "{guide}: {command} {second} has no {flag}");
        }
    }
}

#[test]
fn every_command_that_a_guide_shows_is_there() {
    let place = PortalFolder::empty();
    let mut held = BTreeSet::new();
    for guide in guides() {
        for line in guide.shell() {
            let words: Vec<&str> = line.split(' ').collect();
            let program = words.iter().enumerate().find(|(at, word)| {
                let built = word.starts_with("target/") && word.ends_with("/jianma");
                *at == 0 && **word == "jianma" || word.ends_with("/bin/jianma") || built
            });
            let Some((at, _)) = program else { continue };
            hold(&place, &guide.name, &words[at + 1..]);
            held.insert(words[at + 1].to_owned());
        }
    }
    for known in ["import", "serve", "label", "backup", "restore", "deliveries", "check-config"] {
        assert!(held.contains(known), "{known} in {held:?}");
    }
}

#[test]
fn both_readmes_have_the_same_headings_commands_samples_tables_and_links() {
    let (english, chinese) = (guide("README.md"), guide("README.zh.md"));
    assert_eq!(english.headings(), chinese.headings());
    assert_eq!(english.shell(), chinese.shell());
    assert_eq!(english.links(), chinese.links());
    assert_eq!(english.tables(), chinese.tables());
    let values = |guide: &Guide| -> Vec<toml::Table> {
        guide.blocks("toml").iter().map(|block| block.parse().unwrap()).collect()
    };
    assert_eq!(values(&english), values(&chinese));
}

#[test]
fn every_room_is_in_the_table_of_both_readmes() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let rooms = manifest.lines().filter_map(|line| {
        let (_, rest) = line.split_once("{ path = \"")?;
        Some(rest.split_once('"').unwrap().0.to_owned())
    });
    let mut rooms: BTreeSet<String> = rooms.collect();
    rooms.extend(["frontend/wasm", "frontend/bundle", "server/jianma"].map(str::to_owned));
    assert!(rooms.contains("domain"), "{rooms:?}");
    for guide in [guide("README.md"), guide("README.zh.md")] {
        let rows: Vec<&str> = guide.text.lines().filter(|line| line.starts_with("| `")).collect();
        for room in &rooms {
            let is_there = rows
                .iter()
                .any(|row| row.split('`').any(|named| named.trim_end_matches('/') == room));
            assert!(is_there, "{} leaves out {room}", guide.name);
        }
    }
}

#[test]
fn every_file_of_packaging_that_goes_somewhere_is_copied_by_the_steps() {
    let guide = guide("packaging/README.md");
    let rows = guide.text.lines().filter(|line| line.starts_with("| `"));
    let goes = rows.filter_map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        cells[2].starts_with('`').then(|| (cells[1].replace('`', ""), cells[2].replace('`', "")))
    });
    let goes: Vec<(String, String)> = goes.collect();
    assert!(goes.iter().any(|(file, _)| file == "jianma.service"), "{goes:?}");
    let steps = guide.blocks("sh").concat();
    for (file, place) in goes {
        let step = steps.lines().find(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words.contains(&"install") && words.contains(&file.as_str())
        });
        assert!(step.is_some_and(|step| step.contains(&place)), "{file} is not put into {place}");
    }
}

/// The mapping that the reference begins with.
fn shortest_mapping() -> String {
    let page = guide("docs/mapping.md");
    let (_, rest) = page.text.split_once("The shortest mapping:\n").unwrap();
    let (_, block) = rest.split_once("```toml\n").unwrap();
    block.split_once("```").unwrap().0.to_owned()
}

#[tokio::test]
async fn a_county_that_follows_the_readme_serves_its_own_land_and_what_it_approved() {
    let place = PortalFolder::empty();
    put_companions(&place);
    let [config, mapping, file, data, site] =
        ["portal.toml", "mapping.toml", "parcels.geojson", "data", "site"].map(|n| place.text(n));
    fs::write(&config, "[policies]\nfiles = [\"policy.toml\"]\n").unwrap();
    fs::write(&mapping, shortest_mapping()).unwrap();
    fs::write(&file, parcels()).unwrap();
    let call = ["import", "--config", &config, "--mapping", &mapping, "--data", &data, &file];
    for more in [&["--check"][..], &[]] {
        let output = place.jianma(&[&call[..], more].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let listen = format!("127.0.0.1:{}", free_port());
    let serve =
        ["serve", "--config", &config, "--data", &data, "--site", &site, "--listen", &listen];
    let portal = Running::start(&serve);
    let get = async |path: &str| {
        let response = client().get(format!("{}{path}", portal.address)).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let (status, page) = get(&format!("/c/{}", PARCELS[0])).await;
    assert_eq!(status, 200, "{page}");
    let (_, policy) = get("/policy").await;
    assert!(policy.contains("某县自然资源和规划局"));
    assert!(!policy.contains("见码演示数据提供者"));
}
