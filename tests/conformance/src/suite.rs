//! [`Suite`]: every group of cases that the files of a folder hold.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{self, Write as _},
    fs,
    path::Path,
};

use serde::Deserialize;

use crate::{Problem, case::Case, expand::expand, program::Program, step::Step};

/// All groups, in the order of their files.
#[derive(Clone, Debug)]
pub struct Suite {
    pub(crate) groups: Vec<Group>,
}

/// Cases that are played against the same programs.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// The file without its ending, and the group's own name.
    pub(crate) name: String,
    pub(crate) kinds: Kinds,
    pub(crate) providers: Vec<Program>,
    pub(crate) cases: Vec<Case>,
}

impl Group {
    /// Whether programs are stopped and started where they were.
    pub(crate) fn restarts(&self) -> bool {
        let mut steps = self.cases.iter().flat_map(|case| &case.steps);
        steps.any(|step| matches!(step, Step::Provider(_)))
    }
}

/// For which kinds of handlers of a language a group is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kinds {
    /// For every kind that may do what the program does.
    #[default]
    Every,
    /// For the first of them: what is seen does not depend on handlers.
    One,
}

/// A file of cases that cannot be used.
#[derive(Debug)]
pub struct CaseError(Problem);

impl fmt::Display for CaseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for CaseError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    group: Vec<GroupTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupTable {
    name: String,
    #[serde(default, rename = "why")]
    _why: Option<String>,
    #[serde(default)]
    kinds: Kinds,
    #[serde(default)]
    options: toml::Table,
    #[serde(default)]
    handler: Vec<crate::program::Handler>,
    #[serde(default)]
    provider: Vec<Program>,
    case: Vec<toml::Table>,
}

impl Suite {
    /// Reads every `.toml` file of a folder.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read, holds no cases, or a file of it cannot be used: names the
    /// file, the case and the key.
    pub fn read(folder: &Path) -> Result<Self, CaseError> {
        let unreadable =
            |path: &Path, error| CaseError(format!("cannot read {}: {error}", path.display()));
        let mut files: Vec<_> = fs::read_dir(folder)
            .map_err(|error| unreadable(folder, error))?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
            .collect();
        files.sort();
        let mut groups = Vec::new();
        for path in files {
            let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let read = read_file(&name, &text)
                .map_err(|problem| CaseError(format!("{}: {problem}", path.display())))?;
            groups.extend(read);
        }
        if groups.is_empty() {
            return Err(CaseError(format!(
                "there are no cases in {}; give a folder of .toml files",
                folder.display()
            )));
        }
        Ok(Self { groups })
    }

    /// Every fact of real brokers that a case stands for, with the names of its cases: a list in
    /// Markdown.
    pub fn facts(&self) -> String {
        let mut facts: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for group in &self.groups {
            for case in &group.cases {
                if let Some(fact) = &case.fact {
                    let name = format!("{}: {}", group.name, case.title);
                    facts.entry(fact).or_default().insert(name);
                }
            }
        }
        facts
            .into_iter()
            .fold(String::new(), |mut list, (fact, cases)| {
                let cases: Vec<_> = cases.iter().map(|case| format!("`{case}`")).collect();
                let _ = writeln!(list, "- {fact}: {}", cases.join(", "));
                list
            })
    }

    /// The names of all cases, each with the fact that it stands for.
    pub fn cases(&self) -> impl Iterator<Item = (String, Option<&str>)> {
        self.groups.iter().flat_map(|group| {
            group.cases.iter().map(|case| {
                (
                    format!("{}: {}", group.name, case.name),
                    case.fact.as_deref(),
                )
            })
        })
    }
}

fn read_file(file: &str, text: &str) -> Result<Vec<Group>, Problem> {
    let parsed: File = toml::from_str(text).map_err(|error| error.to_string())?;
    parsed
        .group
        .into_iter()
        .map(|group| read_group(file, group))
        .collect()
}

fn read_group(file: &str, table: GroupTable) -> Result<Group, Problem> {
    let name = table.name;
    let at_group = |problem: Problem| format!("group {name:?}: {problem}");
    let mut providers = table.provider;
    if providers.is_empty() {
        providers.push(Program {
            options: table.options,
            handler: table.handler,
        });
    } else if !table.handler.is_empty() || !table.options.is_empty() {
        return Err(at_group(
            "options and handlers stand in [[group.provider]], where there is one".to_owned(),
        ));
    }
    for program in &providers {
        program.check().map_err(at_group)?;
    }
    let mut cases = Vec::new();
    for case in table.case {
        let called = case
            .get("name")
            .and_then(toml::Value::as_str)
            .map_or("without name".to_owned(), |name| format!("{name:?}"));
        let expanded =
            expand(case).map_err(|problem| at_group(format!("case {called}: {problem}")))?;
        cases.extend(expanded);
    }
    Ok(Group {
        name: format!("{file}: {name}"),
        kinds: table.kinds,
        providers,
        cases,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: &str = "[[group]]\nname = \"g\"\n";
    const CASE: &str = "[[group.case]]\nname = \"c\"\n";

    fn problem(text: &str) -> Problem {
        read_file("file", text).expect_err(text)
    }

    #[test]
    fn what_cannot_be_used_is_named_with_its_group_case_and_key() {
        let steps = "steps = [{ release = true }]\n";
        for (text, words) in [
            (
                format!("{GROUP}kind = 1\n{CASE}{steps}"),
                &["kind", "kinds"][..],
            ),
            (
                format!("{GROUP}[[group.handler]]\nhook = \"client.conect\"\n{CASE}{steps}"),
                &["group \"g\"", "client.connect?"],
            ),
            (
                format!("{GROUP}options = {{ time_ms = 1 }}\n{CASE}{steps}"),
                &["group \"g\"", "time_ms", "timeout_ms?"],
            ),
            (format!("{GROUP}{CASE}"), &["case \"c\"", "no steps"]),
            (
                format!("{GROUP}{CASE}stepps = []\n"),
                &["case \"c\"", "stepps"],
            ),
            (
                format!("{GROUP}{CASE}steps = [{{ call = \"client.authenticate\", clint = 1 }}]\n"),
                &["case \"c\"", "step 0", "clint"],
            ),
            (
                format!("{GROUP}{CASE}steps = [{{ cal = \"client.authenticate\" }}]\n"),
                &["case \"c\"", "step 0", "call"],
            ),
            (
                format!("{GROUP}{CASE}{steps}columns = [\"a\"]\nrows = [[1, 2]]\n"),
                &["case \"c\"", "row 0"],
            ),
            (
                format!("{GROUP}{CASE}steps = [{{ called = [\"{{clinet}}\"] }}]\n"),
                &["case \"c\"", "clinet"],
            ),
            (
                format!("{GROUP}{CASE}{steps}brokers = [\"4.2\"]\n"),
                &["case \"c\"", "4.2"],
            ),
        ] {
            let problem = problem(&text);
            for word in words {
                assert!(problem.contains(word), "{text}\n{problem}");
            }
        }
    }

    #[test]
    fn a_case_is_played_for_each_row_and_each_broker() {
        let text = format!(
            "{GROUP}{CASE}brokers = [\"4.4\", \"6.2\"]\ncolumns = [\"word\"]\n\
             rows = [[\"one\"], [\"two\"]]\nsteps = [{{ called = [\"{{word}} {{package}}\"] }}]\n"
        );
        let groups = read_file("file", &text).expect("a group");
        let names: Vec<_> = groups[0].cases.iter().map(|case| &*case.name).collect();
        assert_eq!(
            names,
            ["c [4.4.19]", "c [6.2.2]", "c [4.4.19]", "c [6.2.2]"]
        );
    }
}
