//! An App's signature: a JSON web token, RS256, at most ten minutes long.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::Value;

use super::super::model::{App, World};
use crate::domain::time::Moment;

/// Longest life of a signature, and how far the clocks may disagree, in seconds.
const LONGEST: i64 = 600;
const SLACK: i64 = 60;

#[derive(Deserialize)]
struct Claims {
    iat: Option<f64>,
    exp: Option<f64>,
    iss: Option<Value>,
}

/// The App that signed, or what GitHub says is wrong.
pub(super) fn verify<'w>(world: &'w World, token: &str, now: Moment) -> Result<&'w App, &'static str> {
    const UNREADABLE: &str = "A JSON web token could not be decoded";
    let (app, claims) = world.apps().find_map(|app| Some((app, read(app, token)?))).ok_or(UNREADABLE)?;
    let issued_by = match &claims.iss {
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) => text.clone(),
        _ => return Err("'Issuer' claim ('iss') must be an Integer"),
    };
    if issued_by != app.id.to_string() && issued_by != app.client_id {
        return Err("Integration not found");
    }
    let now = now.timestamp();
    let (Some(iat), Some(exp)) = (claims.iat.map(seconds), claims.exp.map(seconds)) else {
        return Err("'Expiration time' claim ('exp') must be a numeric value representing the future time at which \
                    the assertion expires");
    };
    if exp <= now {
        return Err("'Expiration time' claim ('exp') must be a numeric value representing the future time at which \
                    the assertion expires");
    }
    if exp > now + LONGEST + SLACK {
        return Err("'Expiration time' claim ('exp') is too far in the future");
    }
    if iat > now + SLACK {
        return Err("'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued");
    }
    Ok(app)
}

fn read(app: &App, token: &str) -> Option<Claims> {
    let key = if app.public_key.starts_with(b"-----") {
        DecodingKey::from_rsa_pem(&app.public_key).ok()?
    } else {
        DecodingKey::from_rsa_der(&app.public_key)
    };
    let mut validation = Validation::new(Algorithm::RS256);
    // The times are ours to judge, by the clock that is given.
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    jsonwebtoken::decode::<Claims>(token, &key, &validation).ok().map(|data| data.claims)
}

#[expect(clippy::cast_possible_truncation, reason = "a stated time is far inside; anything else saturates")]
fn seconds(stated: f64) -> i64 {
    stated as i64
}
