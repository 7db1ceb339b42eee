//! Labels onto paper.

use std::path::{Path, PathBuf};

use domain::{
    LandCode,
    code::Realm,
    label::{KeyRing, LabelText, serial_text},
};
use keys::label_keys;
use label::{Format, Group, Label, Page, Print};
use service::labels::subject_of;
use store::IssuedLabel;

use super::{LabelCommandError, PrintArgs, is_retired};
use crate::{data::Data, installation::Installation, output::Output};

/// Where labels are printed to, and how.
pub(super) struct Target {
    path: PathBuf,
    format: Format,
    print: Print,
}

impl Target {
    pub(super) fn of(arguments: &PrintArgs) -> Result<Self, LabelCommandError> {
        let path = arguments.output.clone().ok_or(LabelCommandError::Missing("--output"))?;
        let format = path.extension().and_then(|end| end.to_str()).and_then(Format::of_extension);
        let format = format.ok_or_else(|| LabelCommandError::Format { path: path.clone() })?;
        Ok(Self { path, format, print: arguments.print() })
    }

    pub(super) fn draw(
        &self,
        issued: &[IssuedLabel],
        ring: &KeyRing,
    ) -> Result<Vec<Page>, LabelCommandError> {
        let labels: Vec<Label> =
            issued.iter().map(|issued| printed(issued, ring)).collect::<Result<_, _>>()?;
        Ok(label::pages(&labels, &self.print)?)
    }

    /// Draws labels that are issued and writes them; says of each its number, what it is for and
    /// its address, between tabs.
    pub(super) fn write(
        &self,
        issued: &[IssuedLabel],
        ring: &KeyRing,
    ) -> Result<Output, LabelCommandError> {
        let files = self.format.files(&self.draw(issued, ring)?)?;
        let many = files.len() > 1;
        let mut output = Output::default();
        for issued in issued {
            let Label { address, serial, .. } = printed(issued, ring)?;
            output.lines.push(format!("{serial}\t{}\t{address}", groups(issued).join(" ")));
        }
        for (at, bytes) in files.iter().enumerate() {
            let path = if many { numbered(&self.path, at + 1) } else { self.path.clone() };
            std::fs::write(&path, bytes).map_err(|source| LabelCommandError::NotWritten {
                serials: serials(issued),
                path: path.clone(),
                source,
            })?;
            output.lines.push(format!("wrote {}", path.display()));
        }
        Ok(output)
    }
}

pub(super) async fn reprint(
    serials: &[u64],
    place: &Installation,
    arguments: &PrintArgs,
) -> Result<Output, LabelCommandError> {
    let target = Target::of(arguments)?;
    let Data { store, keys } = Data::of(place)?;
    let ring = label_keys::read(&keys)?;
    let mut issued = Vec::new();
    for &serial in serials {
        let label = store.label(serial).await?;
        let label = label.ok_or(LabelCommandError::UnknownSerial { serial })?;
        if label.withdrawn.is_some() {
            return Err(LabelCommandError::AlreadyWithdrawn { serial });
        }
        if is_retired(&label.label.key, &ring) {
            return Err(LabelCommandError::Retired { serial, key: label.label.key });
        }
        issued.push(label);
    }
    target.write(&issued, &ring)
}

/// The code for people, in groups. A home's household is hidden: a label may hang where anybody
/// passes (row 2, rule P2).
pub(super) fn groups(issued: &IssuedLabel) -> Vec<String> {
    let text = match issued.label.code {
        LandCode::Unit(unit) if issued.label.token.is_some() => unit.masked(),
        code => code.grouped(),
    };
    text.split(' ').map(str::to_owned).collect()
}

/// The groups with their plain names, as on every page of the portal.
fn named(issued: &IssuedLabel) -> Vec<Group> {
    let parcel = match issued.label.code.parcel().realm() {
        Realm::Land => "宗地",
        Realm::Sea => "宗海",
    };
    let names = ["行政区划", "地籍区/子区", parcel, "定着物单元"];
    let groups = groups(issued).into_iter().zip(names);
    groups.map(|(text, name)| Group { text, name: name.to_owned() }).collect()
}

fn printed(issued: &IssuedLabel, ring: &KeyRing) -> Result<Label, LabelCommandError> {
    let label = &issued.label;
    let text = LabelText::seal(subject_of(issued), &label.host, &label.key, ring)
        .ok_or(LabelCommandError::NoKey)?;
    Ok(Label {
        address: text.address(&label.host),
        groups: named(issued),
        issuer: vec![label.issuer.zh.clone(), label.issuer.en.clone()],
        host: label.host.clone(),
        serial: serial_text(issued.serial),
    })
}

fn serials(issued: &[IssuedLabel]) -> String {
    issued.iter().map(|issued| issued.serial.to_string()).collect::<Vec<_>>().join(" ")
}

/// `labels.svg` → `labels-1.svg`.
fn numbered(path: &Path, number: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-{number}.{extension}"))
}
