//! Label definitions of a project.

/// A definition. Names are unique in a project without case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Its number.
    pub id: u64,
    /// Its name as spelled.
    pub name: String,
    /// Six hexadecimal digits.
    pub color: String,
    /// What it means, where it says so.
    pub description: Option<String>,
    /// Made with the project.
    pub shipped: bool,
}
