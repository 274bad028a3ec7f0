//! Questions to GraphQL, and what its answers mean.
//!
//! What always holds: it answers 200 whatever happens, so what went wrong is looked for at both levels, at the top and in the
//! payload; of its words none enters an error or a log, because they may quote what was sent. Nothing is sent twice.

use gitlab::api::endpoint_prelude::{BodyError, Cow, Endpoint, Method, UrlBase};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::super::{
    ForgeError,
    answer::{Answer, refusal, unknown},
};

/// A question to GraphQL. Its variables hold what people wrote.
pub(super) struct Graph {
    text: Cow<'static, str>,
    variables: Value,
}

impl Graph {
    pub(super) fn new(text: impl Into<Cow<'static, str>>, variables: Value) -> Self {
        Self { text: text.into(), variables }
    }
}

impl Endpoint for Graph {
    fn method(&self) -> Method {
        Method::POST
    }

    fn endpoint(&self) -> Cow<'static, str> {
        "api/graphql".into()
    }

    fn url_base(&self) -> UrlBase {
        UrlBase::Instance
    }

    fn body(&self) -> Result<Option<(&'static str, Vec<u8>)>, BodyError> {
        let body = json!({ "query": self.text, "variables": self.variables });
        Ok(Some(("application/json", body.to_string().into_bytes())))
    }
}

/// What GraphQL answers.
#[derive(Deserialize)]
struct Graphed {
    data: Option<Value>,
    errors: Option<Vec<Complaint>>,
}

#[derive(Deserialize)]
struct Complaint {
    message: Option<String>,
}

/// What a mutation gave, if neither the question nor the change met an error.
pub(super) fn mutated(what: &str, answer: &Answer, name: &str) -> Result<Value, ForgeError> {
    let mut data = graphed(what, answer)?;
    let payload = data.get_mut(name).map(Value::take).filter(Value::is_object);
    let payload = payload.ok_or_else(|| unknown(what, "the answer says nothing of what was asked"))?;
    let complaints = payload.get("errors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    match complaints.first() {
        None => Ok(payload),
        Some(first) => Err(complained(what, first.as_str().unwrap_or_default())),
    }
}

/// The data of an answer without errors at its top.
pub(super) fn graphed(what: &str, answer: &Answer) -> Result<Value, ForgeError> {
    if !answer.status.is_success() {
        return Err(refusal(what, answer.status));
    }
    let graphed: Graphed = answer.read(what)?;
    if let Some(first) = graphed.errors.unwrap_or_default().first() {
        return Err(complained(what, first.message.as_deref().unwrap_or_default()));
    }
    graphed.data.ok_or_else(|| unknown(what, "the answer holds neither data nor errors"))
}

/// The data of an answer to several questions, of which some may have met errors: those have no data. An error that passes
/// is the whole answer's.
pub(super) fn found<T: DeserializeOwned>(what: &str, answer: &Answer) -> Result<T, ForgeError> {
    if !answer.status.is_success() {
        return Err(refusal(what, answer.status));
    }
    let graphed: Graphed = answer.read(what)?;
    let errors = graphed.errors.unwrap_or_default();
    let meant = errors.iter().map(|error| complained(what, error.message.as_deref().unwrap_or_default()));
    let (passing, lasting): (Vec<_>, Vec<_>) = meant.partition(|error| matches!(error, ForgeError::Unknown { .. }));
    if let Some(error) = passing.into_iter().next() {
        return Err(error);
    }
    match graphed.data.filter(Value::is_object) {
        Some(data) => serde_json::from_value(data).map_err(|_| unknown(what, "the answer is not what was asked for")),
        None => {
            Err(lasting.into_iter().next().unwrap_or_else(|| unknown(what, "the answer holds neither data nor errors")))
        }
    }
}

/// What a complaint means. GitLab has no codes for it, only sentences.
fn complained(what: &str, words: &str) -> ForgeError {
    let (words, what) = (words.to_lowercase(), what.to_owned());
    let says = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    if says(&["permission", "not authorized", "not allowed"]) {
        ForgeError::Denied { what, status: 200 }
    } else if says(&["internal server error", "timeout", "timed out", "try again"]) {
        unknown(&what, "GraphQL met a trouble of its own")
    } else {
        ForgeError::Invalid { what, status: 200 }
    }
}
