//! What the tests share.

pub(crate) mod dice;
pub(crate) mod settings;
pub(crate) mod zones;
