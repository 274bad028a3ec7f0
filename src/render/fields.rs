//! Does every tag name something that its message has? Looks into every branch, taken or not.
//!
//! What always holds: a template that passes names only blocks, helpers, parts and fields that exist, and what is
//! outside the small language of `docs/templates.md` is refused. What is deliberately not here: the notation (`scan`).

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    scan::{Kind, Place, Tag},
    shipped, words,
};

/// Blocks that a template may open.
const BLOCKS: [&str; 4] = ["each", "if", "unless", "with"];

/// The deepest nesting of `each`: beyond it, a template could work for hours without writing a word.
const LOOPS: usize = 3;

/// What is wrong in one template, given a message in which every list has an entry and nothing is left out. Each entry
/// is (template, place, what).
pub(super) fn unknown<'a>(
    template: &'a str,
    tags: &BTreeMap<&'a str, Vec<Tag<'a>>>,
    view: &Value,
) -> Vec<(&'a str, Place, String)> {
    let mut walk = Walk { template, part: false, tags, open: Vec::new(), views: vec![view], wrong: Vec::new() };
    walk.all();
    walk.wrong
}

struct Walk<'v, 'a> {
    template: &'a str,
    part: bool,
    tags: &'v BTreeMap<&'a str, Vec<Tag<'a>>>,
    /// Open blocks, and whether each looks at a view of its own.
    open: Vec<(&'a str, bool)>,
    views: Vec<&'v Value>,
    wrong: Vec<(&'a str, Place, String)>,
}

impl<'v, 'a> Walk<'v, 'a> {
    fn all(&mut self) {
        let tags = self.tags;
        for tag in tags.get(self.template).into_iter().flatten() {
            let judged = match tag.kind {
                Kind::Value => self.value(&tag.words),
                Kind::Open => self.opens(&tag.words),
                Kind::Else => self.turns(&tag.words),
                Kind::Close => {
                    self.closes();
                    Ok(())
                }
                Kind::Part => self.part(&tag.words),
            };
            if let Err(what) = judged {
                self.wrong.push((self.template, tag.place, what));
            }
        }
    }

    fn value(&self, words: &[&'a str]) -> Result<(), String> {
        match words {
            [] => Err("this tag is empty".to_owned()),
            [path] => self.written(path),
            [helper, arguments @ ..] => {
                self.call(helper, arguments)?;
                // Comparisons may look at anything; what these write is one value each.
                let writes = ["account", "code", "link"].contains(helper) && !arguments.contains(&"(");
                let paths = arguments.iter().filter(|word| writes && !is_literal(word));
                paths.into_iter().try_for_each(|path| self.written(path))
            }
        }
    }

    /// What is written is one value, not a whole view or list.
    fn written(&self, path: &str) -> Result<(), String> {
        match self.find(path)? {
            Value::Object(fields) => {
                let inside = if path == "this" { String::new() } else { format!("{path}.") };
                let names: Vec<String> = fields.keys().map(|name| format!("{inside}{name}")).collect();
                Err(format!("`{path}` holds several values; write one of them: {}", names.join(", ")))
            }
            Value::Array(entries) => Err(format!(
                "`{path}` is a list; go through it with {{{{#each {path}}}}}, or write one entry: {path}.0 to {path}.{}",
                entries.len().max(1) - 1
            )),
            _ => Ok(()),
        }
    }

    fn call(&self, helper: &str, arguments: &[&'a str]) -> Result<(), String> {
        if !words::NAMES.contains(&helper) {
            return Err(format!("`{helper}` is not a helper; there are {}", words::NAMES.join(", ")));
        }
        self.arguments(arguments)
    }

    /// Every argument is a literal, a path that exists, or a call in parentheses.
    fn arguments(&self, words: &[&'a str]) -> Result<(), String> {
        let mut names_helper = false;
        for word in words {
            match *word {
                "(" => names_helper = true,
                ")" => {}
                helper if std::mem::take(&mut names_helper) => self.call(helper, &[])?,
                literal if is_literal(literal) => {}
                path => {
                    self.find(path)?;
                }
            }
        }
        Ok(())
    }

    fn opens(&mut self, words: &[&'a str]) -> Result<(), String> {
        let (name, arguments) = words.split_first().map_or(("", &[] as &[&str]), |(name, rest)| (*name, rest));
        let entered = self.enter(name, arguments);
        self.open.push((name, matches!(entered, Ok(Some(_)))));
        self.views.extend(entered.clone().ok().flatten());
        entered?;
        if self.open.iter().filter(|(name, _)| *name == "each").count() > LOOPS {
            return Err(format!("`each` nests deeper than {LOOPS}"));
        }
        Ok(())
    }

    /// The view inside a block, where it differs from the one outside.
    fn enter(&self, name: &str, arguments: &[&'a str]) -> Result<Option<&'v Value>, String> {
        match (name, arguments) {
            ("if" | "unless", [_, ..]) => self.arguments(arguments).map(|()| None),
            ("with", [path]) => self.find(path).map(Some),
            ("each", [path]) => match self.find(path)? {
                Value::Array(entries) => Ok(entries.first()),
                _ => Err(format!("`{path}` is not a list")),
            },
            _ if BLOCKS.contains(&name) => Err(format!("`{name}` wants one field")),
            _ => Err(format!("`{name}` is not a block; there are {}", BLOCKS.join(", "))),
        }
    }

    fn turns(&mut self, words: &[&'a str]) -> Result<(), String> {
        if self.open.last_mut().is_some_and(|(_, own)| std::mem::take(own)) {
            self.views.pop();
        }
        match words {
            [] => Ok(()),
            ["if" | "unless", arguments @ ..] => self.arguments(arguments),
            _ => Err("after `else` only `if` or `unless` may follow".to_owned()),
        }
    }

    fn closes(&mut self) {
        if let Some((_, true)) = self.open.pop() {
            self.views.pop();
        }
    }

    fn part(&mut self, words: &[&'a str]) -> Result<(), String> {
        let part = match words {
            [name] => shipped::PARTS.iter().find(|part| *part == name),
            _ => None,
        };
        let Some(part) = part else {
            return Err(format!("only these parts can be included: {}", shipped::PARTS.join(", ")));
        };
        if self.part || self.template == *part {
            return Err("a part may not include parts: it could come to include itself".to_owned());
        }
        let views = self.views.last().copied().into_iter().collect();
        let mut inner =
            Walk { template: part, part: true, tags: self.tags, open: Vec::new(), views, wrong: Vec::new() };
        inner.all();
        self.wrong.append(&mut inner.wrong);
        Ok(())
    }

    fn find(&self, path: &str) -> Result<&'v Value, String> {
        let mut rest = path.strip_prefix("./").unwrap_or(path);
        if let Some(local) = rest.strip_prefix('@') {
            return self.local(local);
        }
        let mut up = 0;
        while let Some(higher) = rest.strip_prefix("../") {
            (rest, up) = (higher, up + 1);
        }
        let level = self.views.len().checked_sub(up + 1);
        let Some(mut view) = level.and_then(|level| self.views.get(level)).copied() else {
            return Err(format!("`{path}` leads above the message"));
        };
        for step in rest.split(['.', '/']).filter(|step| *step != "this") {
            let next = match view {
                Value::Array(entries) => step.parse().ok().and_then(|index: usize| entries.get(index)),
                other => other.get(step),
            };
            view = next.ok_or_else(|| no_field(step, view))?;
        }
        Ok(view)
    }

    fn local(&self, name: &str) -> Result<&'v Value, String> {
        let looping = self.open.iter().any(|(block, own)| *block == "each" && *own);
        if looping && ["first", "index", "last"].contains(&name) {
            return Ok(&Value::Null);
        }
        Err(format!("`@{name}` is not known here; inside `each` there are @first, @index, @last"))
    }
}

fn is_literal(word: &str) -> bool {
    word.starts_with(['"', '\'']) || word.parse::<i64>().is_ok() || ["true", "false", "null"].contains(&word)
}

fn no_field(step: &str, view: &Value) -> String {
    match view {
        Value::Object(fields) => {
            let known: Vec<&str> = fields.keys().map(String::as_str).collect();
            format!("there is no field `{step}` here; there are {}", known.join(", "))
        }
        Value::Array(entries) => {
            format!("there is no entry `{step}` here; there are 0 to {}", entries.len().max(1) - 1)
        }
        _ => format!("there is no field `{step}` here, nor any other"),
    }
}
