//! What a hook is: its names, its request, its kind of answer, and who registered for it.

mod id;
mod request;
mod spec;
mod table;
mod topics;

pub use id::{AnswerKind, Hook};
pub use request::Request;
pub(crate) use spec::hook_specs;
pub(crate) use table::for_each_hook;

pub use topics::{TopicFilterError, TopicFilters, topic_matches};
