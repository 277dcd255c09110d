//! [`Settings`]: options by their names, until the first use checks that all have a meaning.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::{Outcome, exhook_test_error};

/// What an option is, which decides how its text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    Fraction,
    Switch,
}

/// The options of one kind of object.
pub(crate) type Table = &'static [(&'static str, Kind)];

/// Values of options. A mistake is remembered, so that a test has one place to look for it.
#[derive(Clone)]
pub(crate) struct Settings {
    table: Table,
    values: Map<String, Value>,
    mistake: Option<exhook_test_error>,
}

impl Settings {
    /// None of them set, except those that are given.
    pub(crate) fn new(table: Table, values: Map<String, Value>) -> Self {
        Self {
            table,
            values,
            mistake: None,
        }
    }

    pub(crate) const fn table(&self) -> Table {
        self.table
    }

    /// Sets an option; `Checked` is what all of them make.
    pub(crate) fn set<Checked: DeserializeOwned>(&mut self, name: &str, value: &Value) -> Outcome {
        let before = self.values.insert(name.to_owned(), value.clone());
        let Err(error) = self.made::<Checked>() else {
            return Ok(());
        };
        match before {
            Some(before) => self.values.insert(name.to_owned(), before),
            None => self.values.remove(name),
        };
        Err(exhook_test_error::of_value(&format!(
            "{name} cannot be {value}: {error}"
        )))
    }

    /// What the values make.
    pub(crate) fn made<Checked: DeserializeOwned>(&self) -> Result<Checked, serde_json::Error> {
        serde_json::from_value(Value::Object(self.values.clone()))
    }

    /// Remembers the first mistake, and returns the outcome as it is.
    pub(crate) fn noted(&mut self, outcome: Outcome) -> Outcome {
        if let (None, Err(error)) = (&self.mistake, &outcome) {
            self.mistake = Some(error.clone());
        }
        outcome
    }

    /// The first mistake, if there was one.
    pub(crate) fn check(&self) -> Outcome {
        self.mistake.clone().map_or(Ok(()), Err)
    }
}

/// The kind of an option of these tables.
pub(crate) fn kind_of(name: &str, what: &str, tables: &[Table]) -> Outcome<Kind> {
    let all = || tables.iter().copied().flatten();
    let found = all().find(|(known, _)| *known == name);
    found.map(|(_, kind)| *kind).ok_or_else(|| {
        let hint = exhook_core::did_you_mean(name, all().map(|(known, _)| *known));
        exhook_test_error::of_value(&format!("{what} has no option {name}{hint}"))
    })
}

/// A text as a value of the kind.
pub(crate) fn parsed(name: &str, kind: Kind, text: &str) -> Outcome<Value> {
    let value = match kind {
        Kind::Text => Some(Value::from(text)),
        Kind::Number => text.parse::<u64>().ok().map(Value::from),
        Kind::Fraction => text.parse::<f64>().ok().map(Value::from),
        Kind::Switch => text.parse::<bool>().ok().map(Value::from),
    };
    value.ok_or_else(|| {
        let expected = match kind {
            Kind::Text => "a text",
            Kind::Number => "a whole number from 0",
            Kind::Fraction => "a number",
            Kind::Switch => "true or false",
        };
        exhook_test_error::of_value(&format!("{name} is {text:?}; it takes {expected}"))
    })
}

#[cfg(test)]
mod tests {
    use exhook_core::testing::{BrokerSettings, ClientSettings, ProviderSettings};
    use serde_json::json;

    use super::*;
    use crate::{client::CLIENT, simulation::BROKER, simulation::SERVER};

    /// The fields that serde names where it meets one that it does not know.
    fn fields<T: DeserializeOwned>() -> Vec<String> {
        let error = serde_json::from_value::<T>(json!({ "?": 0 }))
            .err()
            .expect("there is no such field")
            .to_string();
        let names = error.split('`').skip(3).step_by(2);
        names.map(str::to_owned).collect()
    }

    #[test]
    fn every_setting_of_the_simulation_is_an_option_unless_it_has_a_function() {
        for (fields, table, with_functions) in [
            (
                fields::<BrokerSettings>(),
                BROKER,
                &["providers", "keep_calls"][..],
            ),
            // TLS is for programs elsewhere, which scenarios of `exhook simulate` reach.
            (
                fields::<ProviderSettings>(),
                SERVER,
                &["name", "url", "ssl"],
            ),
            (
                fields::<ClientSettings>(),
                CLIENT,
                &["clientid", "will", "user_properties"],
            ),
        ] {
            let options = table.iter().map(|(name, _)| *name);
            let mut known: Vec<_> = options.chain(with_functions.iter().copied()).collect();
            let mut fields: Vec<_> = fields.iter().map(String::as_str).collect();
            known.sort_unstable();
            fields.sort_unstable();
            assert_eq!(known, fields);
        }
    }

    #[test]
    fn the_first_mistake_is_remembered_and_a_wrong_value_changes_nothing() {
        let mut settings = Settings::new(BROKER, Map::new());
        settings
            .set::<BrokerSettings>("nodes", &json!(2))
            .expect("two nodes");
        for (name, value) in [("no_match", json!("maybe")), ("version", json!("old"))] {
            let outcome = settings.set::<BrokerSettings>(name, &value);
            assert!(settings.noted(outcome).is_err());
        }
        let made = settings.made::<BrokerSettings>().expect("what was right");
        assert_eq!(made.nodes, 2);
        let mistake = settings.check().expect_err("there were two").text();
        assert!(
            mistake.contains("no_match cannot be \"maybe\""),
            "{mistake}"
        );
    }
}
