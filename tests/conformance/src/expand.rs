//! Cases in tables: one case for each row and each broker, with `{placeholders}` filled in.

use std::collections::BTreeMap;

use exhook::testing::Release;
use toml::{Table, Value};

use crate::{Problem, case::Case};

/// What brokers a case is for that names none: one of each package.
const BROKERS: [&str; 3] = ["4.4.19", "5.8.9", "6.2.2"];

/// All cases that a table stands for.
pub(crate) fn expand(mut table: Table) -> Result<Vec<Case>, Problem> {
    let rows = rows(&mut table)?;
    let brokers = brokers(&mut table)?;
    let title = table
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let title = title.to_owned();
    let mut cases = Vec::new();
    for row in &rows {
        let brokers = match row.get("broker") {
            Some(Value::String(broker)) => vec![broker.clone()],
            _ => brokers.clone(),
        };
        for broker in brokers {
            let release: Release = broker
                .parse()
                .map_err(|error: exhook::Error| error.to_string())?;
            let mut values = row.clone();
            values.insert("broker".to_owned(), Value::String(broker));
            let package = release.package().short_name().to_owned();
            values.insert("package".to_owned(), Value::String(package));
            let mut filled = fill(Value::Table(table.clone()), &values)?;
            if let Some(Value::String(name)) = filled.get_mut("name") {
                *name = format!("{name} [{release}]");
            }
            let Value::Table(filled) = filled else {
                return Err("it is no table".to_owned());
            };
            cases.push(Case::read(title.clone(), filled, release)?);
        }
    }
    Ok(cases)
}

/// The values of `columns` in each of `rows`; one row without values where there are none.
fn rows(table: &mut Table) -> Result<Vec<BTreeMap<String, Value>>, Problem> {
    let (columns, rows) = match (table.remove("columns"), table.remove("rows")) {
        (None, None) => return Ok(vec![BTreeMap::new()]),
        (Some(Value::Array(columns)), Some(Value::Array(rows))) => (columns, rows),
        _ => return Err("columns and rows are two lists, and come together".to_owned()),
    };
    let mut read = Vec::new();
    for (place, row) in rows.into_iter().enumerate() {
        let row = match row {
            Value::Array(row) if row.len() == columns.len() => row,
            _ => {
                return Err(format!(
                    "rows: row {place} is no list of {} values, one for each of columns",
                    columns.len()
                ));
            }
        };
        let names = columns
            .iter()
            .map(|name| name.as_str().unwrap_or_default().to_owned());
        read.push(names.zip(row).collect());
    }
    Ok(read)
}

fn brokers(table: &mut Table) -> Result<Vec<String>, Problem> {
    match table.remove("brokers") {
        None => Ok(BROKERS.map(str::to_owned).to_vec()),
        Some(Value::Array(brokers)) => brokers
            .into_iter()
            .map(|broker| match broker {
                Value::String(broker) => Ok(broker),
                other => Err(format!("brokers: {other} is no text such as \"5.8.9\"")),
            })
            .collect(),
        Some(other) => Err(format!("brokers: {other} is no list of versions")),
    }
}

/// Fills placeholders in: a text that is nothing else becomes the value itself.
fn fill(value: Value, values: &BTreeMap<String, Value>) -> Result<Value, Problem> {
    Ok(match value {
        Value::String(text) => fill_text(text, values)?,
        Value::Array(items) => Value::Array(
            items
                .into_iter()
                .map(|item| fill(item, values))
                .collect::<Result<_, _>>()?,
        ),
        Value::Table(table) => Value::Table(
            table
                .into_iter()
                .map(|(key, item)| Ok((key, fill(item, values)?)))
                .collect::<Result<_, Problem>>()?,
        ),
        other => other,
    })
}

fn fill_text(text: String, values: &BTreeMap<String, Value>) -> Result<Value, Problem> {
    let whole = text
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .and_then(|name| values.get(name));
    if let Some(value) = whole {
        return Ok(value.clone());
    }
    let mut filled = text;
    for (name, value) in values {
        let value = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        filled = filled.replace(&format!("{{{name}}}"), &value);
    }
    if let Some(left) = filled
        .split_once('{')
        .and_then(|(_, rest)| rest.split_once('}'))
    {
        return Err(format!(
            "{{{}}} is no column{}",
            left.0,
            exhook::did_you_mean(left.0, values.keys().map(String::as_str))
        ));
    }
    Ok(Value::String(filled))
}
