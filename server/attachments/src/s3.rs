//! A place for files at a server that speaks S3: AWS's own, or MinIO, Ceph, OSS and others like it.

use std::{fmt, sync::Arc, time::Duration};

use object_store::{
    BackoffConfig, Certificate, ClientOptions, ObjectStore, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    prefix::PrefixStore,
};

/// What stands before a bucket's name.
const SCHEME: &str = "s3://";
/// How long one exchange may take: the largest picture has twice `file_mib`.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a line may take to come about.
const CONNECTING: Duration = Duration::from_secs(5);
/// How long a lost exchange is tried again: somebody waits for it.
const TRYING: Duration = Duration::from_secs(15);
/// How often.
const TRIES: usize = 3;

/// Why a place in S3 is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum S3Error {
    /// Its address.
    #[error("[attachments] url is {0}; write s3://BUCKET/PREFIX")]
    Address(String),
    /// A file of credentials without them.
    #[error(
        "the file of credentials has no aws_access_key_id or no aws_secret_access_key under [default]; write both, \
         as the tools of AWS do"
    )]
    Credentials,
    /// Certificates that are none.
    #[error("[attachments.s3] ca_file has no certificate in PEM: {0}")]
    Authorities(String),
    /// What else is set does not fit.
    #[error("[attachments.s3] does not fit: {0}")]
    Setting(String),
}

/// A key of a server that speaks S3.
#[derive(Clone, PartialEq, Eq)]
pub struct S3Credentials {
    id: String,
    secret: String,
    token: Option<String>,
}

impl fmt::Debug for S3Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Credentials").field("id", &self.id).finish_non_exhaustive()
    }
}

impl S3Credentials {
    /// Reads a file as AWS's tools have it (`~/.aws/credentials`): of its section `[default]`, or of one without
    /// sections.
    ///
    /// # Errors
    /// [`S3Error::Credentials`].
    pub fn parse(text: &str) -> Result<Self, S3Error> {
        let (mut id, mut secret, mut token, mut ours) = (None, None, None, true);
        for line in text.lines().map(str::trim) {
            if let Some(section) = line.strip_prefix('[') {
                ours = section.trim_end_matches(']').trim() == "default";
            }
            let Some((name, value)) = line.split_once('=').filter(|_| ours) else { continue };
            let value = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
            match name.trim() {
                "aws_access_key_id" => id = value,
                "aws_secret_access_key" => secret = value,
                "aws_session_token" => token = value,
                _ => {}
            }
        }
        let (Some(id), Some(secret)) = (id, secret) else { return Err(S3Error::Credentials) };
        Ok(Self { id, secret, token })
    }
}

/// A place in S3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3 {
    /// The bucket.
    pub bucket: String,
    /// What stands before the names of files, without a slash at either end; empty for none.
    pub prefix: String,
    /// Address of the server; that of AWS for its region unless told. With [`Self::virtual_hosted`] the bucket is
    /// in it.
    pub endpoint: Option<String>,
    /// The region, e.g. `cn-north-1`; of the environment unless told.
    pub region: Option<String>,
    /// The key; without it what the environment has, as AWS's tools read it.
    pub credentials: Option<S3Credentials>,
    /// Whether the bucket is named in the host, as OSS and COS want it, and not in the path.
    pub virtual_hosted: bool,
    /// Whether it may be asked without TLS.
    pub allow_plain_http: bool,
    /// Certificates of private authorities in PEM, trusted beside those of the machine.
    pub authorities: Option<Vec<u8>>,
}

impl S3 {
    /// The place of an address, `s3://bucket/prefix`.
    ///
    /// # Errors
    /// [`S3Error::Address`].
    pub fn at(url: &str) -> Result<Self, S3Error> {
        let refused = || S3Error::Address(url.to_owned());
        let rest = url.strip_prefix(SCHEME).ok_or_else(refused)?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        // As AWS has them named.
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        if bucket.len() < 3 || !bucket.bytes().all(is_name) || prefix.contains(['?', '#']) {
            return Err(refused());
        }
        Ok(Self {
            bucket: bucket.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
            endpoint: None,
            region: None,
            credentials: None,
            virtual_hosted: false,
            allow_plain_http: false,
            authorities: None,
        })
    }

    /// What the environment says of it, and the key: of both together, never parts of two keys.
    fn told_by(&self, environment: impl Iterator<Item = (String, String)>) -> AmazonS3Builder {
        let own = [
            AmazonS3ConfigKey::AccessKeyId,
            AmazonS3ConfigKey::SecretAccessKey,
            AmazonS3ConfigKey::Token,
        ];
        let mut builder = AmazonS3Builder::new();
        for (name, value) in environment.filter(|(name, _)| name.starts_with("AWS_")) {
            let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() else { continue };
            if self.credentials.is_none() || !own.contains(&key) {
                builder = builder.with_config(key, value);
            }
        }
        if let Some(S3Credentials { id, secret, token }) = &self.credentials {
            builder = builder.with_access_key_id(id).with_secret_access_key(secret);
            if let Some(token) = token {
                builder = builder.with_token(token);
            }
        }
        builder
    }

    /// Opens it. Nothing is asked of the server yet: [`crate::Files::try_out`] does.
    ///
    /// # Errors
    /// [`S3Error`].
    pub fn open(&self) -> Result<Arc<dyn ObjectStore>, S3Error> {
        let mut options = ClientOptions::new()
            .with_timeout(PATIENCE)
            .with_connect_timeout(CONNECTING)
            .with_allow_http(self.allow_plain_http);
        if let Some(pem) = &self.authorities {
            let authorities = Certificate::from_pem_bundle(pem)
                .map_err(|error| S3Error::Authorities(error.to_string()))?;
            if authorities.is_empty() {
                return Err(S3Error::Authorities("it is empty".to_owned()));
            }
            options = authorities.into_iter().fold(options, ClientOptions::with_root_certificate);
        }
        let retry = RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: TRIES,
            retry_timeout: TRYING,
        };
        let environment = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        let mut builder = self
            .told_by(environment)
            .with_bucket_name(&self.bucket)
            .with_client_options(options)
            .with_retry(retry)
            // One by one is what every server knows, and all that is asked.
            .with_disable_bulk_delete(true)
            .with_virtual_hosted_style_request(self.virtual_hosted);
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        if let Some(region) = &self.region {
            builder = builder.with_region(region);
        }
        let bucket = builder.build().map_err(|error| S3Error::Setting(error.to_string()))?;
        if self.prefix.is_empty() {
            return Ok(Arc::new(bucket));
        }
        Ok(Arc::new(PrefixStore::new(bucket, self.prefix.as_str())))
    }
}

impl fmt::Display for S3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}", self.bucket)?;
        if self.prefix.is_empty() { Ok(()) } else { write!(f, "/{}", self.prefix) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x3_an_address_names_a_bucket_and_what_stands_before_names() {
        let said = |url: &str| S3::at(url).map(|place| place.to_string());
        assert_eq!(said("s3://jianma-files").unwrap(), "s3://jianma-files");
        assert_eq!(said("s3://files/one/portal/").unwrap(), "s3://files/one/portal");
        for url in [
            "",
            "files",
            "https://s3.example/files",
            "s3://",
            "s3:///a",
            "s3://a b/c",
            "s3://abc/d?e",
        ] {
            assert_eq!(said(url), Err(S3Error::Address(url.to_owned())), "{url}");
        }
    }

    #[test]
    fn x3_credentials_are_read_as_the_tools_of_aws_write_them_and_are_never_printed() {
        let text = "[other]\naws_access_key_id = no\n\n[default]\naws_access_key_id = AK\n\
                    aws_secret_access_key=s/e+c=ret\n# x\n";
        let read = S3Credentials::parse(text).unwrap();
        assert_eq!((&*read.id, &*read.secret, &read.token), ("AK", "s/e+c=ret", &None));
        assert!(!format!("{read:?}").contains("ret"), "{read:?}");
        for text in
            ["", "aws_access_key_id = AK", "[other]\naws_access_key_id=a\naws_secret_access_key=b"]
        {
            assert_eq!(S3Credentials::parse(text), Err(S3Error::Credentials), "{text}");
        }
    }

    #[test]
    fn x3_a_key_of_a_file_is_never_sent_with_a_token_of_the_environment() {
        let environment = [
            ("AWS_ACCESS_KEY_ID", "role"),
            ("AWS_SECRET_ACCESS_KEY", "of the role"),
            ("AWS_SESSION_TOKEN", "token of the role"),
            ("AWS_REGION", "cn-north-1"),
            ("HOME", "/root"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let said = |place: &S3| {
            let builder = place.told_by(environment.clone().into_iter());
            [
                AmazonS3ConfigKey::AccessKeyId,
                AmazonS3ConfigKey::SecretAccessKey,
                AmazonS3ConfigKey::Token,
                AmazonS3ConfigKey::Region,
            ]
            .map(|key| builder.get_config_value(&key))
        };
        let some = |text: &str| Some(text.to_owned());
        let role = S3::at("s3://files").unwrap();
        assert_eq!(
            said(&role),
            ["role", "of the role", "token of the role", "cn-north-1"].map(some)
        );
        let text = "aws_access_key_id = AK\naws_secret_access_key = SK\n";
        let own = S3 { credentials: Some(S3Credentials::parse(text).unwrap()), ..role };
        assert_eq!(said(&own), [some("AK"), some("SK"), None, some("cn-north-1")]);
    }
}
