//! `exhook simulate`: a fleet of MQTT clients, seen through a simulated broker by a hook program.

mod actor;
mod arguments;
mod fleet;
mod hook_ledger;
mod identity;
mod json;
mod judgement;
mod ledger;
mod moment;
mod plan;
mod report;
mod run;
mod scenario;
mod schedule;
mod stage;
mod steps;
mod voice;

pub(crate) use arguments::SimulateArguments;
use judgement::Judgement;
use ledger::{Clock, SharedLedger};
use plan::Plan;
use report::Report;
use voice::Voice;

use crate::{
    FAILED, INTERRUPTED, SUCCESS, UNUSABLE,
    emqx::{Ended, until_interrupted},
    output::{complain, print},
};

/// Runs the command and returns its exit code.
pub(crate) fn run(arguments: &SimulateArguments) -> i32 {
    if arguments.schema {
        print(&scenario::schema());
        return SUCCESS;
    }
    match try_run(arguments) {
        Ok(code) => code,
        Err(problem) => {
            complain(&problem);
            UNUSABLE
        }
    }
}

fn try_run(arguments: &SimulateArguments) -> Result<i32, String> {
    let plan = Plan::new(arguments.scenario()?)?;
    let clock = Clock::default();
    let ledger = SharedLedger::new(&plan.groups);
    let voice = Voice::new(arguments.verbose, arguments.quiet, clock.clone());
    let ended = until_interrupted(run::run(&plan, &ledger, &voice, &clock))?;
    let elapsed = clock.elapsed();
    voice.end();
    let interrupted = match ended {
        Ended::Done(result) => {
            result?;
            false
        }
        Ended::Interrupted => true,
    };
    let ledger = ledger.open();
    let judgement = Judgement::of(&ledger, &plan.expect, interrupted);
    let report = Report {
        plan: &plan,
        ledger: &ledger,
        judgement: &judgement,
        elapsed,
        interrupted,
    };
    if arguments.json {
        print(&report.to_json());
    } else if !arguments.quiet || interrupted || !judgement.is_good() {
        print(&report.to_text());
    }
    Ok(if interrupted {
        INTERRUPTED
    } else if judgement.is_good() {
        SUCCESS
    } else {
        FAILED
    })
}
