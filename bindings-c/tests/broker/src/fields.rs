//! [`Fields`]: the messages of the protocol as `tests/data/exhook-fields.tsv` lists them, which is
//! independent of the code that the server is compiled from.

use std::{collections::BTreeMap, sync::LazyLock};

use exhook::Package;

const TABLE: &str = include_str!("../../../../tests/data/exhook-fields.tsv");

/// The messages of all packages.
pub(crate) static FIELDS: LazyLock<Fields> = LazyLock::new(Fields::read);

/// What stands in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// UTF-8.
    Text,
    /// Any bytes.
    Bytes,
    /// True or false.
    Bool,
    /// `uint32`.
    Number32,
    /// `uint64` or `int64`.
    Number64,
    /// A number of a set, of which this one is the last.
    Enum(u64),
    /// A message of this name.
    Message(String),
}

/// How often a field may be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    Single,
    Repeated,
    Map,
}

/// One field of a message.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) number: u64,
    pub(crate) content: Content,
    pub(crate) label: Label,
}

/// Every message by its package and its name.
pub(crate) struct Fields {
    packages: BTreeMap<&'static str, BTreeMap<&'static str, Vec<Field>>>,
}

impl Fields {
    /// The fields of a message; none where the package has no such message.
    pub(crate) fn of(&self, package: Package, message: &str) -> &[Field] {
        self.packages
            .get(package.name())
            .and_then(|messages| messages.get(message))
            .map_or(&[], Vec::as_slice)
    }

    fn read() -> Self {
        let rows: Vec<Vec<&'static str>> = TABLE
            .lines()
            .skip(1)
            .map(|line| line.split('\t').collect())
            .collect();
        let mut packages: BTreeMap<_, BTreeMap<_, Vec<Field>>> = BTreeMap::new();
        for row in &rows {
            if let [package, _, "field", message, name, number, kind, label, ..] = row[..] {
                let messages = packages.entry(package).or_default();
                messages.entry(message).or_default().push(Field {
                    name,
                    number: number.parse().expect("a field's number"),
                    content: content(&rows, package, message, kind),
                    label: match label {
                        "repeated" => Label::Repeated,
                        "map" => Label::Map,
                        _ => Label::Single,
                    },
                });
            }
        }
        Self { packages }
    }
}

fn content(rows: &[Vec<&str>], package: &str, message: &str, kind: &str) -> Content {
    match kind {
        "string" | "map<string,string>" => Content::Text,
        "bytes" => Content::Bytes,
        "bool" => Content::Bool,
        "uint32" => Content::Number32,
        "uint64" | "int64" => Content::Number64,
        name => {
            let nested = format!("{message}.{name}");
            let numbers = rows.iter().filter_map(|row| match row[..] {
                [of, _, "enum value", set, _, number, ..] if of == package && set == nested => {
                    number.parse().ok()
                }
                _ => None,
            });
            numbers
                .max()
                .map_or_else(|| Content::Message(name.to_owned()), Content::Enum)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_with_their_content() {
        let field = |package, message, name: &str| {
            let fields = FIELDS.of(package, message);
            let found = fields.iter().find(|field| field.name == name);
            found.expect("a field of the table").clone()
        };
        let headers = field(Package::V3, "Message", "headers");
        assert_eq!((headers.number, headers.label), (8, Label::Map));
        let acl_type = field(Package::V1, "ClientCheckAclRequest", "type");
        assert_eq!(acl_type.content, Content::Enum(1));
        let uptime = |package| field(package, "BrokerInfo", "uptime").content;
        assert_eq!(uptime(Package::V1), Content::Text);
        assert_eq!(uptime(Package::V2), Content::Number64);
        let filters = field(Package::V2, "ClientSubscribeRequest", "topic_filters");
        assert_eq!(filters.content, Content::Message("TopicFilter".to_owned()));
        assert_eq!(filters.label, Label::Repeated);
        assert!(FIELDS.of(Package::V1, "MessageIngressRequest").is_empty());
    }
}
