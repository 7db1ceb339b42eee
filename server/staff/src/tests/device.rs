//! A device with one passkey, as honest as a test wants it: ES256 (RFC 9053), attestation `none` (W3C Web
//! Authentication Level 3, 6.1, 6.5 and 8.7).

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const HAS_KEY: u8 = 0x40;

pub(super) struct Device {
    key: EcdsaKeyPair,
    pub(super) id: Vec<u8>,
    handle: Vec<u8>,
    /// How often it was used.
    pub(super) counter: u32,
    /// Whether it makes sure who holds it.
    pub(super) verifies: bool,
    /// The site that its browser is at.
    pub(super) origin: &'static str,
}

impl Device {
    pub(super) fn new(id: &str) -> Self {
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let random = SystemRandom::new();
        let written = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Self {
            key: EcdsaKeyPair::from_pkcs8(algorithm, written.as_ref()).unwrap(),
            id: format!("a device called {id}").into_bytes(),
            handle: Vec::new(),
            counter: 1,
            verifies: true,
            origin: "https://jm.example",
        }
    }

    /// Makes its passkey for what it is asked.
    pub(super) fn makes(&mut self, options: &Value) -> String {
        let asked = &options["publicKey"];
        self.handle = bytes(&asked["user"]["id"]);
        let said = self.said("webauthn.create", &asked["challenge"]);
        let mut data = self.data(HAS_KEY, &asked["rp"]["id"]);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(x);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(y);
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        self.answer(&json!({ "attestationObject": text(&object), "clientDataJSON": text(&said) }))
    }

    /// Shows its passkey to who asks.
    pub(super) fn shows(&mut self, options: &Value) -> String {
        let asked = &options["publicKey"];
        self.counter += 1;
        let said = self.said("webauthn.get", &asked["challenge"]);
        let data = self.data(0, &asked["rpId"]);
        let signed = [&data[..], digest(&SHA256, &said).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        self.answer(&json!({
            "authenticatorData": text(&data), "clientDataJSON": text(&said),
            "signature": text(signature.as_ref()), "userHandle": text(&self.handle),
        }))
    }

    fn answer(&self, response: &Value) -> String {
        let id = text(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "response": response, "extensions": {},
        })
        .to_string()
    }

    fn said(&self, what: &str, challenge: &Value) -> Vec<u8> {
        json!({
            "type": what, "challenge": challenge, "origin": self.origin, "crossOrigin": false,
        })
        .to_string()
        .into_bytes()
    }

    fn data(&self, flags: u8, site: &Value) -> Vec<u8> {
        let verified = if self.verifies { VERIFIED } else { 0 };
        let mut data = digest(&SHA256, site.as_str().unwrap().as_bytes()).as_ref().to_vec();
        data.push(PRESENT | verified | flags);
        data.extend(self.counter.to_be_bytes());
        data
    }
}

fn bytes(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
