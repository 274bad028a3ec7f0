//! A pair of keys for an App: the private half for whoever signs, the public half for the world.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};

/// A fresh pair of RSA keys. Different in every run; nothing that is written depends on it.
pub struct AppKeys {
    /// PKCS#8 in PEM form.
    pub private_pem: String,
    /// PKCS#1 in DER form.
    pub public_der: Vec<u8>,
}

impl AppKeys {
    /// Makes a pair; `None` where the machine has no randomness to give.
    pub fn fresh() -> Option<Self> {
        let pair = KeyPair::generate(KeySize::Rsa2048).ok()?;
        let private = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).ok()?;
        let private_pem = pem::encode(&pem::Pem::new("PRIVATE KEY", private.as_ref()));
        Some(Self { private_pem, public_der: pair.public_key().as_ref().to_vec() })
    }
}
