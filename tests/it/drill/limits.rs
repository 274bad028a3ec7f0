//! A forge that says no more than that it is too much: the program waits in silence.

use chrono::TimeDelta;
use hotwash::drill::{
    faults::{Effect, Faults, How, Switch},
    stage::Stage,
};

use super::{
    scripts::GOOD,
    stage::{comments, files, program, script},
};

#[tokio::test]
async fn an_unstated_limit_is_waited_out_in_silence() {
    let (script, program) = (script(), program(GOOD));
    let mut stage = Stage::set(&script, &program, Faults::new(0)).await.unwrap();
    let limit = Switch::writes(How::TooMany(None), Effect::Nothing).at("/comments").at_most(1);
    stage.forge().faults().switch_on(limit);
    files(&mut stage);
    let end = stage.now() + TimeDelta::minutes(3);
    let (mut limited, mut board) = (None, None);
    while stage.towards(end).await.unwrap() {
        if comments(&stage) > 0 && board.is_none() {
            board = Some(stage.now());
        }
        let Some(met) = stage.forge().faults().met().first().cloned() else { continue };
        let (since, asked) = *limited.get_or_insert((met.at, stage.forge().served()));
        let silent = stage.now() - since <= TimeDelta::seconds(55);
        assert!(!silent || stage.forge().served() <= asked, "{} requests", stage.forge().served() - asked);
    }
    assert_eq!(stage.forge().faults().count("limit"), 1, "it was met");
    let (since, board) = (limited.unwrap().0, board.expect("a board, in the end"));
    assert!(board - since > TimeDelta::seconds(55), "a minute is waited where the forge says nothing");
    assert_eq!(comments(&stage), 1, "one board");
    stage.strike().await.unwrap();
}
