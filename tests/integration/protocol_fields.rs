//! The compiled `proto/` files hold what the field table of the real brokers says, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use prost::Message as _;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FieldOptions, FileDescriptorProto,
    FileDescriptorSet, MessageOptions, ServiceDescriptorProto,
};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/exhook-fields.tsv");

const HEADER: &str =
    "package\tfirst_tag\tkind\tmessage_enum_or_service\tname\tnumber\ttype\tlabel\tnote";

/// Beginnings of the rows that a later EMQX version with the same package contradicts.
const SUPERSEDED: [&str; 6] = [
    // 4.3.3 swaps the two numbers; our v1 has its numbering, the server corrects for 4.3.0 to 4.3.2.
    "emqx.exhook.v1\tv4.3.0\tenum value\tValuedResponse.ResponsedType\tIGNORE\t0\t",
    "emqx.exhook.v1\tv4.3.0\tenum value\tValuedResponse.ResponsedType\tCONTINUE\t1\t",
    // 5.4.0 reserves what 5.0 to 5.3 still send; our v2 keeps both fields to read those brokers.
    "emqx.exhook.v2\tv5.4.0\treserved\tTopicFilter\t(reserved)\t2\t",
    "emqx.exhook.v2\tv5.4.0\treserved\tTopicFilter\tqos\t\t",
    "emqx.exhook.v2\tv5.4.0\treserved\tSubOpts\t(reserved)\t2\t",
    "emqx.exhook.v2\tv5.4.0\treserved\tSubOpts\tshare\t\t",
];

/// One thing a package declares, in the table's words: package, kind, owner, name, number, type
/// and label.
type Fact = [String; 7];

struct Row {
    line: usize,
    text: String,
    fact: Fact,
}

impl Row {
    fn is_superseded(&self) -> bool {
        SUPERSEDED.iter().any(|row| self.text.starts_with(row))
    }
}

fn table() -> Vec<Row> {
    let text = fs::read_to_string(TABLE).expect("the field table is in the repository");
    let mut lines = text.lines().zip(1..);
    assert_eq!(lines.next(), Some((HEADER, 1)), "columns of {TABLE}");
    lines
        .map(|(text, line)| {
            let columns: Vec<&str> = text.split('\t').collect();
            let [package, _tag, kind, owner, name, number, ty, label, _note] = columns[..] else {
                panic!("{TABLE}:{line} has not 9 columns: {text}");
            };
            Row {
                line,
                text: text.to_owned(),
                fact: [package, kind, owner, name, number, ty, label].map(str::to_owned),
            }
        })
        .collect()
}

fn descriptors() -> FileDescriptorSet {
    FileDescriptorSet::decode(exhook::proto::FILE_DESCRIPTOR_SET)
        .expect("the build script encodes a FileDescriptorSet")
}

fn described_facts() -> BTreeSet<Fact> {
    let mut facts = BTreeSet::new();
    for file in &descriptors().file {
        Describer {
            package: file.package(),
            facts: &mut facts,
        }
        .file(file);
    }
    facts
}

/// Turns the descriptors of one package into facts.
struct Describer<'a> {
    package: &'a str,
    facts: &'a mut BTreeSet<Fact>,
}

impl Describer<'_> {
    /// Adds owner, name, number, type and label of one thing of that kind.
    fn add(&mut self, kind: &str, [owner, name, number, ty, label]: [&str; 5]) {
        let fact = [self.package, kind, owner, name, number, ty, label];
        self.facts.insert(fact.map(str::to_owned));
    }

    fn file(&mut self, file: &FileDescriptorProto) {
        self.add(
            "package",
            ["(package)", self.package, "", file.syntax(), ""],
        );
        for service in &file.service {
            self.service(service);
        }
        for message in &file.message_type {
            self.message("", message);
        }
        for enumeration in &file.enum_type {
            self.enumeration("", enumeration);
        }
    }

    fn service(&mut self, service: &ServiceDescriptorProto) {
        self.add("service", [service.name(), service.name(), "", "", ""]);
        for rpc in &service.method {
            let request = self.local_name("", rpc.input_type());
            let answer = self.local_name("", rpc.output_type());
            let label = if rpc.client_streaming() || rpc.server_streaming() {
                "streaming"
            } else {
                "unary"
            };
            let ty = format!("{request} -> {answer}");
            self.add("rpc", [service.name(), rpc.name(), "", &ty, label]);
        }
    }

    fn message(&mut self, outer: &str, message: &DescriptorProto) {
        let path = format!("{outer}{}", message.name());
        let inside = format!("{path}.");
        self.add("message", [&path, message.name(), "", "", ""]);

        // A map field is an entry message in the descriptors but one field in the table.
        let (entries, nested): (Vec<_>, Vec<_>) = message.nested_type.iter().partition(|nested| {
            nested
                .options
                .as_ref()
                .is_some_and(MessageOptions::map_entry)
        });
        let maps: BTreeMap<&str, String> = entries
            .into_iter()
            .map(|entry| (entry.name(), self.map_type(entry)))
            .collect();

        for field in &message.field {
            let ty = self.field_type(&inside, field);
            let number = field.number().to_string();
            let (ty, label) = match maps.get(ty.as_str()) {
                Some(map) => (map.clone(), "map".to_owned()),
                None => (ty, field_label(message, field)),
            };
            self.add("field", [&path, field.name(), &number, &ty, &label]);
        }
        for number in message
            .reserved_range
            .iter()
            .flat_map(|r| r.start()..r.end())
        {
            let number = number.to_string();
            self.add(
                "reserved",
                [&path, "(reserved)", &number, "reserved number", "reserved"],
            );
        }
        for name in &message.reserved_name {
            self.add("reserved", [&path, name, "", "reserved name", "reserved"]);
        }
        for nested in nested {
            self.message(&inside, nested);
        }
        for enumeration in &message.enum_type {
            self.enumeration(&inside, enumeration);
        }
    }

    fn enumeration(&mut self, outer: &str, enumeration: &EnumDescriptorProto) {
        let path = format!("{outer}{}", enumeration.name());
        self.add("enum", [&path, enumeration.name(), "", "", ""]);
        for value in &enumeration.value {
            let number = value.number().to_string();
            self.add(
                "enum value",
                [&path, value.name(), &number, "enum value", ""],
            );
        }
    }

    fn map_type(&self, entry: &DescriptorProto) -> String {
        let types: Vec<String> = entry.field.iter().map(|f| self.field_type("", f)).collect();
        format!("map<{}>", types.join(","))
    }

    fn field_type(&self, inside: &str, field: &FieldDescriptorProto) -> String {
        match field.r#type() {
            Type::Message | Type::Enum => self.local_name(inside, field.type_name()),
            scalar => scalar
                .as_str_name()
                .trim_start_matches("TYPE_")
                .to_lowercase(),
        }
    }

    /// The name as the table writes it; a type of another package keeps its full name.
    fn local_name(&self, inside: &str, full: &str) -> String {
        let local = full
            .strip_prefix(&format!(".{}.", self.package))
            .unwrap_or(full);
        local.strip_prefix(inside).unwrap_or(local).to_owned()
    }
}

fn field_label(message: &DescriptorProto, field: &FieldDescriptorProto) -> String {
    let oneof = field
        .oneof_index
        .and_then(|index| message.oneof_decl.get(usize::try_from(index).ok()?));
    match (field.label(), oneof) {
        (Label::Repeated, _) => "repeated".to_owned(),
        (_, Some(_)) if field.proto3_optional() => "optional(explicit)".to_owned(),
        (_, Some(oneof)) => format!("oneof {}", oneof.name()),
        _ => "optional(implicit)".to_owned(),
    }
}

#[test]
fn every_row_of_the_field_table_is_in_the_descriptors() {
    let described = described_facts();
    let missing: Vec<String> = table()
        .iter()
        .filter(|row| !row.is_superseded() && !described.contains(&row.fact))
        .map(|row| format!("line {}: {}", row.line, row.text))
        .collect();
    assert!(missing.is_empty(), "not in proto/:\n{}", missing.join("\n"));
}

#[test]
fn everything_in_the_descriptors_has_a_row_in_the_field_table() {
    let rows: BTreeSet<Fact> = table()
        .into_iter()
        .filter(|row| !row.is_superseded())
        .map(|row| row.fact)
        .collect();
    let unknown: Vec<String> = described_facts()
        .difference(&rows)
        .map(|fact| format!("{fact:?}"))
        .collect();
    assert!(
        unknown.is_empty(),
        "not in {TABLE}:\n{}",
        unknown.join("\n")
    );
}

#[test]
fn every_superseded_row_is_in_the_table_once_and_not_in_the_descriptors() {
    let described = described_facts();
    let rows = table();
    for exception in &SUPERSEDED {
        let used: Vec<&Row> = rows
            .iter()
            .filter(|row| row.text.starts_with(exception))
            .collect();
        let [row] = used[..] else {
            panic!("{exception:?} stands for {} rows", used.len());
        };
        assert!(
            !described.contains(&row.fact),
            "line {} needs no exception: {}",
            row.line,
            row.text
        );
    }
}

#[test]
fn only_the_fields_of_brokers_before_5_4_are_deprecated() {
    let files = descriptors().file;
    let deprecated: Vec<String> = files
        .iter()
        .flat_map(|file| file.message_type.iter().map(move |message| (file, message)))
        .flat_map(|(file, message)| message.field.iter().map(move |f| (file, message, f)))
        .filter(|(_, _, field)| field.options.as_ref().is_some_and(FieldOptions::deprecated))
        .map(|(file, message, field)| {
            format!("{}.{}.{}", file.package(), message.name(), field.name())
        })
        .collect();
    assert_eq!(
        deprecated,
        [
            "emqx.exhook.v2.TopicFilter.qos",
            "emqx.exhook.v2.SubOpts.share"
        ]
    );
}
