//! Numbers of things. All are drawn from one counter of the world, so no two things share one.

use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// An account: a person, an organisation, or a program's own account.
    UserId,
    /// A project.
    ProjectId,
    /// An issue, wherever it moves.
    IssueId,
    /// A reaction to an issue or a comment.
    ReactionId,
    /// A webhook.
    HookId,
    /// A registered program.
    AppId,
    /// A program installed at an owner.
    InstallationId,
}
