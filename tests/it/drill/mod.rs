//! Drills: the clock that jumps, scripts and what is wrong with them, and whole stories played by the program itself.

mod calls;
mod clock;
mod coverage;
mod files;
mod leaps;
mod limits;
mod pace;
mod pages;
mod recovery;
mod scripts;
mod stage;
mod stories;

/// For those who play a story elsewhere.
pub(crate) use self::stage::program;

/// A story that can be read.
pub(crate) fn read_script(text: &str) -> hotwash::drill::script::Script {
    scripts::read(text).unwrap()
}
