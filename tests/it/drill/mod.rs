//! Drills: the clock that jumps, scripts and what is wrong with them, and whole stories played by the program itself.

mod calls;
mod clock;
mod coverage;
mod files;
mod leaps;
mod limits;
mod pages;
mod recovery;
mod scripts;
mod stage;
mod stories;
