//! Tries the words of projects and processes, and tells what is wrong with them like everything else that is wrong with a
//! file.

use std::{collections::BTreeSet, path::Path};

use crate::{
    config::Config,
    document::{Problem, Problems},
    domain::process::Wording,
    render::{RenderError, Renderer},
    text::neutral,
};

/// A renderer with these words, or everything that is wrong with them.
pub(super) fn renderer(wording: &[Wording], folder: Option<&Path>) -> Result<Renderer, Problems> {
    Renderer::with_wording(wording, folder, neutral::inline).map_err(problems)
}

/// Everything wrong with a configuration: what its reader found, and what is wrong with the words of its projects.
pub(super) fn beside(found: Problems, configuration: &Path) -> Problems {
    let tried = Config::words(configuration).into_iter();
    let wrong = tried.filter_map(|words| renderer(&words.wording, words.folder.as_deref()).err());
    // Projects may share what is wrong.
    let mut seen = BTreeSet::new();
    let all = found.0.into_iter().chain(wrong.flat_map(|problems| problems.0));
    Problems(all.filter(|problem| seen.insert(problem.to_string())).collect())
}

fn problems(error: RenderError) -> Problems {
    let RenderError::Templates(wrong) = error else {
        return Problems(vec![Problem::of_file("templates", error.to_string())]);
    };
    let whole = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let told = wrong.into_iter().map(|wrong| Problem {
        line: whole(wrong.line),
        column: whole(wrong.column),
        key: wrong.key,
        ..Problem::of_file(&wrong.file, wrong.what)
    });
    Problems(told.collect())
}
