//! The office's identity service by which staff sign in: OpenID Connect Core 1.0, the authorization code flow with
//! PKCE (RFC 7636), state and nonce (desk D1). What the service says of somebody is believed where its signature,
//! issuer and audience are right, it answers what this portal asked, and it says that they have just proved who they
//! are by more than a password. `openidconnect` makes the questions and judges the answers.

mod config;
mod fetching;

use std::fmt;

use async_trait::async_trait;
use domain::Localized;
use jiff::{SignedDuration, Timestamp};
use openidconnect::{
    AdditionalClaims, AuthenticationContextClass, AuthenticationFlow, AuthorizationCode, Client,
    ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IdTokenFields, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, StandardErrorResponse, StandardTokenResponse, TokenResponse,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
        CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
        CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use staff::{IdentityService, NamedBy, Proof, Question, Unnamed};

pub use config::{Account, BACK, OidcConfig, OidcError};

/// Somebody must have proved who they are at the service within so long.
const PROVED_WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// So much may its clock differ.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(60);
/// Signatures that are believed: with a key that the service alone has. `none` and shared secrets are not.
const SIGNATURES: [CoreJwsSigningAlgorithm; 6] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Claims that OpenID Connect has no name for.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Others {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for Others {}

type Fields = IdTokenFields<
    Others,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Portal = Client<
    Others,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The identity service of a configuration.
pub struct Oidc {
    config: OidcConfig,
    issuer: IssuerUrl,
    secret: ClientSecret,
    back: RedirectUrl,
    http: reqwest::Client,
}

impl fmt::Debug for Oidc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oidc").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Oidc {
    /// The service of a configuration, with the secret of its file; `back` is the address of this portal to which
    /// it sends people back.
    ///
    /// # Errors
    /// [`OidcError`] names the key that is not right.
    pub fn new(config: OidcConfig, secret: &str, back: &str) -> Result<Self, OidcError> {
        config.check()?;
        let wrong = |key, rule| OidcError { key, rule };
        let secret = secret.trim();
        if secret.is_empty() {
            return Err(wrong("secret_file", "its file has the secret that the service gave"));
        }
        let issuer = IssuerUrl::new(config.issuer.clone()).ok();
        let issuer = issuer.ok_or_else(|| wrong("issuer", config::ADDRESS))?;
        let back = RedirectUrl::new(back.to_owned()).ok();
        let back = back.ok_or_else(|| wrong("issuer", BACK))?;
        let http = fetching::client();
        let http = http.ok_or_else(|| wrong("issuer", "this machine has no TLS to ask it by"))?;
        let secret = ClientSecret::new(secret.to_owned());
        Ok(Self { config, issuer, secret, back, http })
    }

    /// This portal as a client of the service, whose keys and addresses are asked for each time: people sign in
    /// seldom, and keys change.
    async fn portal(&self) -> Result<Portal, Unnamed> {
        let client = self.http.clone();
        let http = move |request| fetching::fetch(client.clone(), request);
        let found = CoreProviderMetadata::discover_async(self.issuer.clone(), &http).await;
        let found = found.map_err(|error| Unnamed::Down(chain(&error)))?;
        let id = ClientId::new(self.config.client_id.clone());
        let portal = Client::from_provider_metadata(found, id, Some(self.secret.clone()));
        Ok(portal.set_redirect_uri(self.back.clone()))
    }

    /// The claims of an ID token that is believed.
    fn believed(
        &self,
        portal: &Portal,
        answer: &StandardTokenResponse<Fields, CoreTokenType>,
        (nonce, now): (&Nonce, Timestamp),
    ) -> Result<Value, Unnamed> {
        let refused = |why: &str| Unnamed::Refused(why.to_owned());
        let token = answer.id_token().ok_or_else(|| refused("there is no ID token"))?;
        let oldest = now.checked_sub(PROVED_WITHIN + CLOCKS_DIFFER).unwrap_or(Timestamp::MIN);
        let newest = now.checked_add(CLOCKS_DIFFER).unwrap_or(Timestamp::MAX);
        let OidcConfig { acr: enough, amr, .. } = &self.config;
        let verifier = portal
            .id_token_verifier()
            .set_allowed_algs(SIGNATURES)
            .set_auth_context_verifier_fn(move |acr| {
                let is_enough = |acr: &AuthenticationContextClass| enough.contains(acr);
                if enough.is_empty() || acr.is_some_and(is_enough) {
                    return Ok(());
                }
                Err("not in a way that is enough here".to_owned())
            })
            .set_auth_time_verifier_fn(move |at| {
                let within = oldest.as_second()..=newest.as_second();
                if at.is_some_and(|at| within.contains(&at.timestamp())) {
                    return Ok(());
                }
                Err("not within the last minutes".to_owned())
            });
        let claims =
            token.claims(&verifier, nonce).map_err(|error| Unnamed::Refused(chain(&error)))?;
        let methods = claims.auth_method_refs().map_or(&[][..], Vec::as_slice);
        if !amr.is_empty() && !methods.iter().any(|method| amr.contains(method)) {
            return Err(refused("by no method that is enough here"));
        }
        serde_json::to_value(claims).map_err(|error| refused(&error.to_string()))
    }
}

#[async_trait]
impl IdentityService for Oidc {
    fn label(&self) -> &Localized {
        &self.config.label
    }

    fn named_by(&self) -> NamedBy {
        self.config.account.into()
    }

    async fn question(&self, state: String) -> Result<Question, Unnamed> {
        let portal = self.portal().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let code = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let mut request = portal
            .authorize_url(code, move || CsrfToken::new(state), Nonce::new_random)
            .set_pkce_challenge(challenge)
            .set_max_age(PROVED_WITHIN.unsigned_abs());
        for acr in &self.config.acr {
            request = request.add_auth_context_value(AuthenticationContextClass::new(acr.clone()));
        }
        let (to, _state, nonce) = request.url();
        let proof = Proof { nonce: nonce.secret().clone(), verifier: verifier.secret().clone() };
        Ok(Question { to: to.into(), proof })
    }

    async fn named(&self, code: &str, proof: Proof, now: Timestamp) -> Result<String, Unnamed> {
        let portal = self.portal().await?;
        let client = self.http.clone();
        let http = move |request| fetching::fetch(client.clone(), request);
        let exchange = portal.exchange_code(AuthorizationCode::new(code.to_owned()));
        let exchange = exchange.map_err(|error| Unnamed::Down(error.to_string()))?;
        let verifier = PkceCodeVerifier::new(proof.verifier);
        let answer = exchange.set_pkce_verifier(verifier).request_async(&http).await;
        let answer = answer.map_err(|error| match error {
            RequestTokenError::ServerResponse(said) => Unnamed::Refused(said.to_string()),
            // It answers, and with nothing that could be believed.
            RequestTokenError::Parse(error, _) => Unnamed::Refused(error.to_string()),
            other => Unnamed::Down(chain(&other)),
        })?;
        let claims = self.believed(&portal, &answer, (&Nonce::new(proof.nonce), now))?;
        let named = claims.get(&self.config.claim).and_then(Value::as_str).map(str::to_owned);
        named.ok_or_else(|| Unnamed::Refused("the claim names nobody".to_owned()))
    }
}

/// An error with what it comes from.
fn chain(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        said = format!("{said}: {error}");
        source = error.source();
    }
    said
}
