//! HTML pages: Handlebars with HTML's own escaping.
//!
//! What always holds: a template that asks for what its view does not have is an error, not a gap; what a view holds is
//! escaped unless the template says otherwise with three braces. What is deliberately not here: the templates and their
//! views (whoever shows the pages has them).

use handlebars::{Handlebars, html_escape};
use serde::Serialize;

use super::{RenderError, error::Problem};

/// A set of page templates. They may include one another by name.
#[derive(Debug)]
pub struct Html {
    templates: Handlebars<'static>,
}

impl Html {
    /// Compiles templates, given as names and texts.
    ///
    /// # Errors
    /// Every template that cannot be read, with its line.
    pub fn new(sources: &[(&str, &str)]) -> Result<Self, RenderError> {
        let mut templates = Handlebars::new();
        templates.set_strict_mode(true);
        // Indenting what is included would change text that people typed into a form.
        templates.set_prevent_indent(true);
        templates.register_escape_fn(html_escape);
        let mut problems = Vec::new();
        for (name, text) in sources {
            if let Err(error) = templates.register_template_string(name, text) {
                let line = error.pos().map_or(1, |(line, _)| line);
                let (file, what) = ((*name).to_owned(), error.reason().to_string());
                problems.push(Problem { file, line, column: 0, key: String::new(), what });
            }
        }
        RenderError::unless_empty(&mut problems)?;
        Ok(Self { templates })
    }

    /// The page.
    ///
    /// # Errors
    /// Where the view lacks something that the template asks for.
    pub fn render(&self, name: &'static str, view: &impl Serialize) -> Result<String, RenderError> {
        let rendered = self.templates.render(name, view);
        rendered.map_err(|error| {
            let place = error.template_name.clone().unwrap_or_else(|| name.to_owned());
            let line = error.line_no.unwrap_or_default();
            RenderError::Message { template: name, what: format!("{place}:{line}: {}", error.reason()) }
        })
    }
}
