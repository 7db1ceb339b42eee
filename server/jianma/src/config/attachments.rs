//! Where the files of requests lie, and how much may be brought.

use std::path::{Path, PathBuf};

use attachments::{S3, S3Credentials, S3Error};
use domain::attachment::Budget;
use serde::Deserialize;

use super::ConfigError;

/// The files of requests.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AttachmentsConfig {
    /// Their folder, relative to the configuration file; without it, `attachments` in the data folder.
    /// Several portals on one database have the same.
    pub folder: Option<PathBuf>,
    /// Their place at a server that speaks S3, `s3://BUCKET/PREFIX`, instead of a folder.
    pub url: Option<String>,
    /// How that server is reached.
    pub s3: S3Config,
    /// Largest file, MiB.
    pub file_mib: u32,
    /// All files of one request, MiB.
    pub request_mib: u32,
    /// All files that were brought and not handed in yet, MiB.
    pub waiting_mib: u32,
    /// Pages of one document.
    pub pages: u32,
    /// Millions of pixels of one picture; each takes four bytes of memory while it is checked.
    pub megapixels: u32,
    /// Socket of `clamd`, relative to the configuration file: then no file is taken that it has not let
    /// pass. Without it files are not scanned.
    pub clamd: Option<PathBuf>,
}

/// How a server that speaks S3 is reached.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct S3Config {
    /// Its address; that of AWS for the region unless told. With `virtual_hosted` the bucket stands in it.
    pub endpoint: Option<String>,
    /// Its region; `AWS_REGION` of the environment unless told.
    pub region: Option<String>,
    /// File with its key, as AWS's tools write it (`~/.aws/credentials`); relative to the configuration file.
    /// Without it the key is that of the environment (`AWS_ACCESS_KEY_ID`, a role).
    pub credentials_file: Option<PathBuf>,
    /// Whether the bucket is named in the host and not in the path, as OSS and COS want it.
    pub virtual_hosted: bool,
    /// Allows `http://`: only where the network itself is protected. What is sent there is sealed.
    pub allow_plain_http: bool,
    /// File with certificates of private authorities in PEM, trusted beside those of the system; relative to
    /// the configuration file.
    pub ca_file: Option<PathBuf>,
}

/// Where files lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilesPlace {
    /// In a folder of this machine.
    Folder(PathBuf),
    /// At a server that speaks S3.
    S3(Box<S3>),
}

impl std::fmt::Display for FilesPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(path) => path.display().fmt(f),
            Self::S3(place) => place.fmt(f),
        }
    }
}

/// What is wrong with where files are to lie.
#[derive(Debug, thiserror::Error)]
pub enum FilesPlaceError {
    /// Two places.
    #[error("[attachments] has folder and url; files lie in one of them: leave the other away")]
    Both,
    /// A server without an address that is none.
    #[error("[attachments.s3] is for files in S3; give [attachments] url = \"s3://BUCKET/PREFIX\"")]
    NoUrl,
    /// The server would be asked in clear.
    #[error("[attachments.s3] endpoint is {0}; write https://, or set allow_plain_http")]
    Plain(String),
    /// The place.
    #[error("{0}")]
    S3(#[from] S3Error),
    /// A file that it names.
    #[error("cannot read {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl Default for AttachmentsConfig {
    fn default() -> Self {
        Self {
            folder: None,
            url: None,
            s3: S3Config::default(),
            file_mib: 10,
            request_mib: 30,
            waiting_mib: 2_048,
            pages: 300,
            megapixels: 60,
            clamd: None,
        }
    }
}

/// Bytes in a MiB.
const MIB: u64 = 1024 * 1024;

impl AttachmentsConfig {
    /// Where they lie, for this data folder.
    ///
    /// # Errors
    /// [`FilesPlaceError`] where it cannot be meant, or a file that it names does not read.
    pub fn place(&self, data: &Path) -> Result<FilesPlace, FilesPlaceError> {
        let Some(mut place) = self.in_s3()? else {
            let folder = self.folder.clone().unwrap_or_else(|| data.join("attachments"));
            return Ok(FilesPlace::Folder(folder));
        };
        let read = |path: &PathBuf| {
            std::fs::read(path)
                .map_err(|source| FilesPlaceError::File { path: path.clone(), source })
        };
        if let Some(path) = &self.s3.credentials_file {
            let text = String::from_utf8_lossy(&read(path)?).into_owned();
            place.credentials = Some(S3Credentials::parse(&text)?);
        }
        place.authorities = self.s3.ca_file.as_ref().map(read).transpose()?;
        Ok(FilesPlace::S3(Box::new(place)))
    }

    /// Where they lie, if no copy of this data folder has them.
    #[must_use]
    pub fn elsewhere(&self, data: &Path) -> Option<String> {
        let folder = self.folder.iter().filter(|folder| !folder.starts_with(data));
        self.url.clone().or_else(|| folder.map(|folder| folder.display().to_string()).next())
    }

    /// Their place in S3, as far as it is known without its files; `None` where they lie in a folder.
    fn in_s3(&self) -> Result<Option<S3>, FilesPlaceError> {
        let S3Config { endpoint, region, virtual_hosted, allow_plain_http, .. } = self.s3.clone();
        let Some(url) = &self.url else {
            let given =
                endpoint.is_some() || region.is_some() || self.s3.credentials_file.is_some();
            return if given { Err(FilesPlaceError::NoUrl) } else { Ok(None) };
        };
        if self.folder.is_some() {
            return Err(FilesPlaceError::Both);
        }
        if let Some(plain) = endpoint.as_ref().filter(|it| !it.starts_with("https://"))
            && !(allow_plain_http && plain.starts_with("http://"))
        {
            return Err(FilesPlaceError::Plain(plain.clone()));
        }
        let place = S3::at(url)?;
        Ok(Some(S3 { endpoint, region, virtual_hosted, allow_plain_http, ..place }))
    }

    /// How much may be brought with a request.
    #[must_use]
    pub fn budget(&self) -> Budget {
        Budget {
            file_bytes: u64::from(self.file_mib) * MIB,
            request_bytes: u64::from(self.request_mib) * MIB,
            pages: self.pages,
            pixels: u64::from(self.megapixels) * 1_000_000,
        }
    }

    /// Most that may wait to be handed in, bytes.
    #[must_use]
    pub fn most_held(&self) -> u64 {
        u64::from(self.waiting_mib) * MIB
    }

    /// That it can be meant.
    ///
    /// # Errors
    /// [`ConfigError::Attachments`] and [`ConfigError::Files`] name the key.
    pub fn check(&self) -> Result<(), ConfigError> {
        let limits = [
            ("file_mib", self.file_mib, 100),
            ("request_mib", self.request_mib, 1_000),
            ("waiting_mib", self.waiting_mib, u32::MAX),
            ("pages", self.pages, 100_000),
            ("megapixels", self.megapixels, 200),
        ];
        for (key, given, most) in limits {
            if given == 0 || given > most {
                return Err(ConfigError::Attachments { key, given, most });
            }
        }
        self.in_s3()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        let config: AttachmentsConfig = toml::from_str(text).unwrap();
        config.check().map_or_else(|error| error.to_string(), |()| "right".to_owned())
    }

    #[test]
    fn x3_files_lie_in_one_place_and_are_sent_in_clear_by_leave_only() {
        let s3 = "url = \"s3://files/portal\"\n";
        assert_eq!(said(""), "right");
        assert_eq!(said(s3), "right");
        let plain = "[s3]\nendpoint = \"http://127.0.0.1:9000\"\n";
        assert!(said(&format!("{s3}{plain}")).contains("allow_plain_http"));
        assert_eq!(said(&format!("{s3}{plain}allow_plain_http = true")), "right");
        assert!(said(&format!("folder = \"a\"\n{s3}")).contains("leave the other away"));
        assert!(said("[s3]\nregion = \"x\"").contains("s3://BUCKET/PREFIX"));
        assert!(said("url = \"https://s3.example/files\"").contains("s3://BUCKET/PREFIX"));
    }

    #[test]
    fn x3_the_key_of_a_server_is_read_from_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("s3.credentials");
        let config = AttachmentsConfig {
            url: Some("s3://files".into()),
            s3: S3Config { credentials_file: Some(file.clone()), ..S3Config::default() },
            ..AttachmentsConfig::default()
        };
        let data = folder.path();
        assert!(matches!(config.place(data), Err(FilesPlaceError::File { .. })));
        std::fs::write(&file, "aws_access_key_id = A\n").unwrap();
        let refused = config.place(data).unwrap_err().to_string();
        assert!(refused.contains("aws_secret_access_key"), "{refused}");
        std::fs::write(&file, "aws_access_key_id = A\naws_secret_access_key = B\n").unwrap();
        let FilesPlace::S3(place) = config.place(data).unwrap() else { panic!("a folder") };
        assert!(place.credentials.is_some());
        let folder = AttachmentsConfig::default().place(data).unwrap();
        assert_eq!(folder, FilesPlace::Folder(data.join("attachments")));
    }
}
