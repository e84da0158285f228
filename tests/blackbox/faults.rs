//! The wire breaks at every call of every operation: nothing is oversold, lost, or done twice, and
//! what is not known is never told as a refusal.

mod claims;
mod desk;
mod every_call;
mod kinds;
mod limits;
mod operations;
mod redrive;
mod sending;
mod stage;
mod throttled_hour;
mod verifying;

use every_call::try_every_call;
use operations::Operation;

/// Together, for most of the time is spent waiting before another try.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_has_one_effect_whatever_breaks() {
    let trials = [
        Operation::Hold,
        Operation::Confirm,
        Operation::Cancel,
        Operation::Reschedule,
        Operation::CheckIn,
        Operation::HandIn,
        Operation::Documents,
        Operation::Call,
        Operation::Finish,
    ]
    .map(|operation| tokio::spawn(try_every_call(operation)));
    for trial in trials {
        trial.await.unwrap();
    }
}
