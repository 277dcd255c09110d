//! [`Hook`]: the identity of a hook, and what the table says of it.

use std::fmt;

use super::table::for_each_hook;
use crate::package::Package;

/// What the broker expects as answer to a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// The two calls about the provider itself; answered by the server, reported to user code.
    Provider,
    /// An event: the broker waits for an empty answer, whose content does not count.
    Notification,
    /// A yes or no: authenticate, authorize, ingress.
    Bool,
    /// A message that replaces the published one.
    Message,
}

macro_rules! define_hook {
    ($($variant:ident, $snake:ident, $name:literal, $v1_name:literal, $rpc:literal, $v1_rpc:literal,
       $request:ident, $kind:ident, $topics:ident, $place:ident, $since:ident;)*) => {
        /// A hook of the broker, or one of the two calls about the provider itself.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Hook {
            $(
                #[doc = concat!("`", $name, "`, rpc `", $rpc, "`.")]
                $variant,
            )*
        }

        impl Hook {
            /// Every row of the table, in the table's order; a hook's index is `hook as usize`.
            pub const ALL: &'static [Hook] = &[$(Hook::$variant),*];

            /// The dotted name that EMQX 5 and later give the hook, such as `message.publish`.
            pub const fn name(self) -> &'static str {
                match self { $(Hook::$variant => $name,)* }
            }

            /// The name in snake case, such as `message_publish`: registration methods are
            /// called `on_` and this.
            pub const fn snake_name(self) -> &'static str {
                match self { $(Hook::$variant => stringify!($snake),)* }
            }

            /// The name that goes into `HookSpec.name` for a broker of `package`.
            pub const fn name_in(self, package: Package) -> &'static str {
                match package {
                    Package::V1 => match self { $(Hook::$variant => $v1_name,)* },
                    Package::V2 | Package::V3 => self.name(),
                }
            }

            /// The rpc of the service `HookProvider` in `package`, such as `OnMessagePublish`.
            pub const fn rpc_in(self, package: Package) -> &'static str {
                match package {
                    Package::V1 => match self { $(Hook::$variant => $v1_rpc,)* },
                    Package::V2 | Package::V3 => match self { $(Hook::$variant => $rpc,)* },
                }
            }

            /// The name of the request message in package v3.
            pub const fn request_name(self) -> &'static str {
                match self { $(Hook::$variant => stringify!($request),)* }
            }

            /// What the broker expects as answer.
            pub const fn answer_kind(self) -> AnswerKind {
                match self { $(Hook::$variant => AnswerKind::$kind,)* }
            }

            /// Whether the broker calls the hook only for topics that match `HookSpec.topics`.
            pub const fn has_topics(self) -> bool {
                match self { $(Hook::$variant => matches!(stringify!($topics).as_bytes(), b"topics"),)* }
            }

            /// The first package that has the hook.
            pub const fn since(self) -> Package {
                match self { $(Hook::$variant => Package::$since,)* }
            }
        }
    };
}

for_each_hook!(define_hook);

impl Hook {
    /// How many rows the table has.
    pub const COUNT: usize = Hook::ALL.len();

    /// The hook that the broker calls as `rpc` in `package`, if there is one.
    pub fn from_rpc(package: Package, rpc: &str) -> Option<Hook> {
        Hook::ALL
            .iter()
            .copied()
            .find(|hook| hook.since() <= package && hook.rpc_in(package) == rpc)
    }

    /// The hook with this dotted name (`message.publish`) or snake name (`message_publish`);
    /// the names of EMQX 4 are known too.
    pub fn from_name(name: &str) -> Option<Hook> {
        Hook::ALL.iter().copied().find(|hook| {
            hook.name() == name || hook.snake_name() == name || hook.name_in(Package::V1) == name
        })
    }

    /// Whether the answer carries a value that the broker acts on.
    pub const fn is_valued(self) -> bool {
        matches!(self.answer_kind(), AnswerKind::Bool | AnswerKind::Message)
    }

    /// Whether the hook is announced to the broker; the calls about the provider always come.
    pub const fn is_announced(self) -> bool {
        !matches!(self.answer_kind(), AnswerKind::Provider)
    }
}

impl fmt::Display for Hook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
