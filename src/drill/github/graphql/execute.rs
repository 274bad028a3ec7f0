//! Walking a query: selections, fragments, variables, arguments.

use std::collections::BTreeMap;

use graphql_parser::query::{
    Definition, Directive, Document, Field, FragmentDefinition, Selection, SelectionSet, Type, TypeCondition,
    Value as Written, VariableDefinition,
};
use serde_json::{Map, Value, json};

use super::{
    super::desk::Desk,
    Problem, fields, mutations,
    things::{Got, Thing},
};

/// Arguments of a field, with variables filled in.
pub(super) type Arguments = Map<String, Value>;

pub(super) struct Execution<'d, 'w, 'q, 't> {
    desk: &'d mut Desk<'w>,
    fragments: BTreeMap<&'q str, &'q FragmentDefinition<'t, String>>,
    variables: Map<String, Value>,
    errors: Vec<Value>,
    path: Vec<Value>,
}

/// The query does not fit the schema: nothing is answered but this.
struct Malformed(Problem);

impl<'d, 'w, 'q, 't> Execution<'d, 'w, 'q, 't> {
    pub(super) fn new(
        desk: &'d mut Desk<'w>,
        document: &'q Document<'t, String>,
        variables: Map<String, Value>,
    ) -> Self {
        let fragments = document.definitions.iter().filter_map(|definition| match definition {
            Definition::Fragment(fragment) => Some((fragment.name.as_str(), fragment)),
            Definition::Operation(_) => None,
        });
        Self { desk, fragments: fragments.collect(), variables, errors: Vec::new(), path: Vec::new() }
    }

    /// A variable of the operation: given, defaulted, or missing.
    pub(super) fn declare(&mut self, variable: &VariableDefinition<'_, String>) -> Result<(), Problem> {
        if !self.variables.contains_key(&variable.name) {
            if let Some(default) = &variable.default_value {
                let default = self.value(default);
                self.variables.insert(variable.name.clone(), default);
            } else if matches!(variable.var_type, Type::NonNullType(_)) {
                let message =
                    format!("Variable ${} of type {} was provided invalid value", variable.name, variable.var_type);
                return Err(Problem::malformed("variableInvalid", message));
            }
        }
        Ok(())
    }

    pub(super) fn run(mut self, selection: &SelectionSet<'t, String>, mutates: bool) -> Value {
        let root = if mutates { Thing::Mutation } else { Thing::Query };
        let mut body = Map::new();
        match self.select(&root, selection) {
            Ok(data) => {
                body.insert("data".to_owned(), data);
            }
            Err(Malformed(problem)) => return json!({ "errors": [problem.written(&self.path)] }),
        }
        if !self.errors.is_empty() {
            body.insert("errors".to_owned(), Value::Array(self.errors));
        }
        Value::Object(body)
    }

    fn select(&mut self, thing: &Thing, selection: &SelectionSet<'t, String>) -> Result<Value, Malformed> {
        let mut out = Map::new();
        self.fill(thing, selection, &mut out)?;
        Ok(Value::Object(out))
    }

    fn fill(
        &mut self,
        thing: &Thing,
        selection: &SelectionSet<'t, String>,
        out: &mut Map<String, Value>,
    ) -> Result<(), Malformed> {
        for item in &selection.items {
            match item {
                Selection::Field(field) if self.wanted(&field.directives) => {
                    let name = field.alias.as_ref().unwrap_or(&field.name).clone();
                    self.path.push(json!(name));
                    let value = self.field(thing, field)?;
                    self.path.pop();
                    out.insert(name, value);
                }
                Selection::InlineFragment(part)
                    if self.wanted(&part.directives)
                        && part.type_condition.as_ref().is_none_or(|on| is_a(self.desk, thing, on)) =>
                {
                    self.fill(thing, &part.selection_set, out)?;
                }
                Selection::FragmentSpread(spread) if self.wanted(&spread.directives) => {
                    let found = self.fragments.get(spread.fragment_name.as_str()).copied();
                    let fragment = found.ok_or_else(|| {
                        let message = format!("Fragment {} was used, but not defined", spread.fragment_name);
                        Malformed(Problem::malformed("useAndDefineFragment", message))
                    })?;
                    if is_a(self.desk, thing, &fragment.type_condition) {
                        self.fill(thing, &fragment.selection_set, out)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// `@include` and `@skip`.
    fn wanted(&self, directives: &[Directive<'_, String>]) -> bool {
        directives.iter().all(|directive| {
            let condition = directive.arguments.iter().find(|(name, _)| name == "if");
            let holds = condition.is_none_or(|(_, value)| self.value(value) == Value::Bool(true));
            if directive.name == "skip" { !holds } else { holds }
        })
    }

    fn field(&mut self, thing: &Thing, field: &Field<'t, String>) -> Result<Value, Malformed> {
        let arguments = field.arguments.iter().map(|(name, value)| (name.clone(), self.value(value))).collect();
        let got = match thing {
            Thing::Mutation => mutations::perform(self.desk, &field.name, &arguments),
            thing => fields::read(self.desk, thing, &field.name, &arguments),
        };
        match got {
            Ok(Got::Leaf(value)) => Ok(value),
            Ok(Got::One(one)) => self.inside(&one, field),
            Ok(Got::Many(many)) => {
                let mut list = Vec::new();
                for (index, one) in many.iter().enumerate() {
                    self.path.push(json!(index));
                    list.push(self.inside(one, field)?);
                    self.path.pop();
                }
                Ok(Value::Array(list))
            }
            Err(problem) if problem.kind.is_none() => Err(Malformed(problem)),
            Err(problem) => {
                self.errors.push(problem.written(&self.path));
                Ok(Value::Null)
            }
        }
    }

    fn inside(&mut self, thing: &Thing, field: &Field<'t, String>) -> Result<Value, Malformed> {
        if field.selection_set.items.is_empty() {
            let message = format!("Field must have selections (field '{}' has no selections)", field.name);
            return Err(Malformed(Problem::malformed("selectionMismatch", message)));
        }
        self.select(thing, &field.selection_set)
    }

    fn value(&self, written: &Written<'_, String>) -> Value {
        match written {
            Written::Variable(name) => self.variables.get(name).cloned().unwrap_or_default(),
            Written::Int(number) => json!(number.as_i64()),
            Written::Float(number) => json!(number),
            Written::String(text) | Written::Enum(text) => json!(text),
            Written::Boolean(flag) => json!(flag),
            Written::Null => Value::Null,
            Written::List(list) => list.iter().map(|one| self.value(one)).collect(),
            Written::Object(fields) => fields.iter().map(|(name, one)| (name.clone(), self.value(one))).collect(),
        }
    }
}

fn is_a(desk: &Desk<'_>, thing: &Thing, on: &TypeCondition<'_, String>) -> bool {
    let TypeCondition::On(wanted) = on;
    let own = fields::type_name(desk, thing);
    own == wanted || fields::interfaces(own).contains(&wanted.as_str())
}
