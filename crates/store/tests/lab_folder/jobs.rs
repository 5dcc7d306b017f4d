//! Jobs and servers, and what their deaths leave.

use assay_core::Code;
use assay_core::job::{Job, JobSpec, JobState};
use assay_core::lab::ServerInfo;
use assay_core::run::RunStatus;
use assay_core::task::Progress;
use assay_store::NewRun;

use crate::support::{ACT, Lab, job_id, new_run};

const ALIVE: u32 = 10;
const DEAD: u32 = 20;

fn job(number: u64, state: JobState) -> Job {
    Job {
        job_id: job_id(number),
        title: format!("train {number}"),
        spec: JobSpec::Demo,
        state,
        progress: None,
        warnings: Vec::new(),
        run_id: None,
        outcome: None,
        failure: None,
        created_ms: ACT.at_ms + number as i64,
        started_ms: None,
        ended_ms: None,
    }
}

#[test]
fn a_job_is_followed_until_it_is_over() {
    let lab = Lab::new();
    lab.store
        .add_job(&job(1, JobState::Waiting), ALIVE)
        .unwrap();
    lab.store
        .add_job(&job(2, JobState::Running), ALIVE)
        .unwrap();
    assert_eq!(lab.store.job_counts().unwrap(), (1, 1));
    let mut first = job(1, JobState::Running);
    first.progress = Some(Progress {
        phase: "fold 2 of 5".to_owned(),
        done: 2,
        total: 5,
    });
    assert!(lab.store.update_job(&first, 5).unwrap());
    assert_eq!(lab.open_again().job(&job_id(1)).unwrap(), first);
    assert!(
        lab.store
            .update_job(&job(1, JobState::Cancelled), 6)
            .unwrap()
    );
    // A late word of the worker changes nothing.
    assert!(!lab.store.update_job(&first, 7).unwrap());
    assert_eq!(
        lab.store.job(&job_id(1)).unwrap().state,
        JobState::Cancelled
    );
    let ids: Vec<_> = lab
        .store
        .jobs(10)
        .unwrap()
        .into_iter()
        .map(|job| job.job_id)
        .collect();
    assert_eq!(ids, [job_id(2), job_id(1)]);
    assert_eq!(lab.store.jobs(1).unwrap().len(), 1);
    assert_eq!(
        lab.store.job(&job_id(9)).unwrap_err().code(),
        Code::NotFound
    );
}

#[test]
fn what_a_dead_process_left_is_ended() {
    let lab = Lab::new();
    for (number, process) in [(1, ALIVE), (2, DEAD), (3, DEAD)] {
        lab.store
            .add_job(&job(number, JobState::Running), process)
            .unwrap();
        let process_id = Some(process);
        let run = NewRun {
            process_id,
            ..new_run(u128::from(number))
        };
        lab.store.begin_run(run).unwrap();
    }
    lab.store.update_job(&job(3, JobState::Done), 1).unwrap();
    for process_id in [ALIVE, DEAD] {
        let address = "127.0.0.1:5000".to_owned();
        let server = ServerInfo {
            address,
            process_id,
            started_ms: 1,
        };
        lab.store.add_server(&server).unwrap();
    }
    let is_alive = |process| process == ALIVE;
    assert_eq!(lab.store.servers(is_alive).unwrap().len(), 1);

    let interrupted = lab.store.interrupt_dead_jobs(is_alive, 77).unwrap();
    assert_eq!(interrupted.len(), 1);
    assert_eq!(lab.store.job(&job_id(2)).unwrap(), interrupted[0]);
    assert_eq!(
        (interrupted[0].state, interrupted[0].ended_ms),
        (JobState::Interrupted, Some(77))
    );
    let status = |number: u128| {
        let id = assay_core::RunId::from_bits(number);
        lab.store.run(id.as_str()).unwrap().status
    };
    assert_eq!(
        [status(1), status(2), status(3)],
        [RunStatus::Running, RunStatus::Killed, RunStatus::Killed]
    );
    assert_eq!(lab.store.servers(|_| true).unwrap().len(), 1);

    let number = lab.store.change_number().unwrap();
    assert_eq!(lab.store.interrupt_dead_jobs(is_alive, 78).unwrap(), []);
    assert_eq!(lab.store.change_number().unwrap(), number);
    lab.store.remove_server(ALIVE, 79).unwrap();
    assert_eq!(lab.store.servers(|_| true).unwrap(), []);
}

#[test]
fn a_waiting_job_outlives_its_process_and_is_gone_on_with_once() {
    let lab = Lab::new();
    for (number, process) in [(1, DEAD), (2, ALIVE), (3, DEAD)] {
        lab.store
            .add_job(&job(number, JobState::Waiting), process)
            .unwrap();
    }
    let is_alive = |process| process == ALIVE;
    assert_eq!(lab.store.interrupt_dead_jobs(is_alive, 77).unwrap(), []);
    let adopted = lab.store.adopt_waiting_jobs(is_alive, ALIVE, 78).unwrap();
    let ids: Vec<_> = adopted.into_iter().map(|job| job.job_id).collect();
    assert_eq!(ids, [job_id(1), job_id(3)]);
    let again = lab.store.adopt_waiting_jobs(is_alive, ALIVE, 79).unwrap();
    assert_eq!(again, []);
    assert_eq!(lab.store.job(&job_id(3)).unwrap().state, JobState::Waiting);
}
