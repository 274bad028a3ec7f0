//! The helpers that templates may call, besides the comparisons that the template engine brings.
//!
//! What always holds: what a helper writes is harmless whatever it is given, so an override cannot misuse one.

use handlebars::{Context, Handlebars, Helper, HelperResult, Output, RenderContext};

use super::clean;

/// Every helper by name.
pub(super) const NAMES: [&str; 13] =
    ["account", "and", "code", "eq", "gt", "gte", "len", "link", "lt", "lte", "ne", "not", "or"];

/// Adds ours, and takes away those that would copy confidential text into logs or past the encoder.
pub(super) fn register(templates: &mut Handlebars<'static>) {
    for unwanted in ["log", "lookup", "raw"] {
        templates.unregister_helper(unwanted);
    }
    templates.register_helper("account", Box::new(account));
    templates.register_helper("code", Box::new(code));
    templates.register_helper("link", Box::new(link));
}

/// `{{account by}}`: an account's name in code marks, without the `@`, so that nobody is notified.
fn account(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let name = argument(helper, 0);
    out.write(&clean::code_span(name.strip_prefix('@').unwrap_or(name)))?;
    Ok(())
}

/// `{{code bot "snooze" duty}}`: its arguments in one pair of code marks, separated by spaces.
fn code(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let words: Vec<&str> = (0..helper.params().len()).map(|index| argument(helper, index)).collect();
    out.write(&clean::code_span(&words.join(" ")))?;
    Ok(())
}

/// `{{link "evidence" url}}`: a link, or nothing where there is no sound address.
fn link(
    helper: &Helper<'_>,
    templates: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let (text, url) = (argument(helper, 0), argument(helper, 1));
    if clean::is_address(url) {
        let text = templates.get_escape_fn()(text);
        out.write(&format!("[{text}]({url})"))?;
    }
    Ok(())
}

fn argument<'h>(helper: &'h Helper<'_>, index: usize) -> &'h str {
    helper.param(index).and_then(|param| param.value().as_str()).unwrap_or_default()
}
