//! Several processes on one lab: killed ones, writing ones, and ones that the disk says no to.
//!
//! The other process is this test program again, running the same test with the lab's folder in the environment.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use assay_core::lab::TrashKind;
use assay_core::run_table::RunQuery;
use assay_store::Store;

use crate::support::{ACT, Lab, VERSION, files, new_run, stored_file, unsigned};

const FOLDER: &str = "ASSAY_STORE_TEST_LAB";
const READY: &str = "the other process is ready";

/// Set in the other process.
fn lab_of_the_test() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

fn other_process(test: &str, lab: &Lab) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(FOLDER, lab.path())
        .stdout(Stdio::piped());
    command
}

fn say_ready_and_wait_to_be_killed() -> ! {
    println!("\n{READY}");
    std::io::stdout().flush().unwrap();
    loop {
        std::thread::park();
    }
}

fn kill_when_ready(mut child: Child) {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = lines.map_while(Result::ok).any(|line| line == READY);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(ready, "the other process failed");
}

#[test]
fn what_a_killed_process_had_on_its_way_goes_with_the_next_open() {
    if let Some(folder) = lab_of_the_test() {
        let store = Store::open(&folder, VERSION, ACT.at_ms).unwrap();
        store.put_object(b"never referred to").unwrap();
        // Claimed by this process, and needed by others.
        store.put_object(b"rows").unwrap();
        store.put_object(b"in the hands of another").unwrap();
        let mut unfinished = store.begin_object().unwrap();
        unfinished.file().write_all(b"half").unwrap();
        say_ready_and_wait_to_be_killed();
    }
    let lab = Lab::new();
    lab.dataset("penguins", "rows");
    let shared = lab.object(b"in the hands of another");
    let test = "processes::what_a_killed_process_had_on_its_way_goes_with_the_next_open";
    kill_when_ready(other_process(test, &lab).spawn().unwrap());
    // The objects, lock and journal of this process, and those of the dead one with its half.
    let objects = lab.path().join("objects");
    assert_eq!(files(&objects).len(), 3 + 2 + 3);

    // Although this process has the lab open, too.
    let other = lab.open_again();
    assert_eq!(files(&objects).len(), 2 + 2);
    for store in [&other, &lab.store] {
        let report = store.doctor(false, |_| true, 0);
        assert!(report.healthy, "{report:?}");
        assert!(report.checks.iter().all(|check| check.repaired.is_empty()));
    }
    assert_eq!(lab.store.read_object(&shared).unwrap().len(), 23);
    assert_eq!(lab.store.datasets().unwrap().len(), 1);
}

#[test]
fn what_a_living_process_has_on_its_way_is_left_to_it() {
    if let Some(folder) = lab_of_the_test() {
        let store = Store::open(&folder, VERSION, ACT.at_ms).unwrap();
        store.put_object(b"to be referred to").unwrap();
        let group = store.row_group(&crate::support::hash_of("rows")).unwrap();
        assert!(group.is_some());
        let _unfinished = store.begin_object().unwrap();
        say_ready_and_wait_to_be_killed();
    }
    let lab = Lab::new();
    lab.dataset("penguins", "rows");
    let test = "processes::what_a_living_process_has_on_its_way_is_left_to_it";
    let mut child = other_process(test, &lab).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.is_ok_and(|line| line == READY)));

    lab.store
        .delete(TrashKind::Dataset, "penguins", ACT)
        .unwrap();
    let removed = lab.store.empty_trash(ACT).unwrap();
    assert_eq!(removed.n_files, 0, "both objects are claimed");
    assert!(lab.store.doctor(true, |_| true, 0).healthy);
    assert_eq!(lab.objects().len(), 2);

    child.kill().unwrap();
    child.wait().unwrap();
    assert!(lab.store.doctor(false, |_| true, 0).healthy);
    assert_eq!(lab.objects().len(), 0);
}

#[test]
fn killed_in_the_middle_of_writing_loses_nothing_that_was_done() {
    if let Some(folder) = lab_of_the_test() {
        let store = Store::open(&folder, VERSION, ACT.at_ms).unwrap();
        for number in 1..=20 {
            store.begin_run(new_run(number)).unwrap();
        }
        println!("\n{READY}");
        std::io::stdout().flush().unwrap();
        for number in 21.. {
            store.begin_run(new_run(number)).unwrap();
        }
    }
    let lab = Lab::new();
    let test = "processes::killed_in_the_middle_of_writing_loses_nothing_that_was_done";
    kill_when_ready(other_process(test, &lab).spawn().unwrap());
    let n_runs = lab.store.runs(&RunQuery::default()).unwrap().n_total;
    assert!(n_runs >= 20, "{n_runs}");
    let report = lab.store.doctor(false, |_| true, 0);
    assert!(report.healthy, "{report:?}");
    let n_named = lab.store.run(&format!("random_forest-{n_runs:02}"));
    assert!(n_named.is_ok(), "every run has its name: {n_named:?}");
}

#[test]
fn processes_and_threads_write_side_by_side() {
    const WRITERS: u128 = 3;
    const RUNS: u128 = 25;
    let write = |store: &Store, writer: u128| {
        for number in 0..RUNS {
            let number = writer * 1_000 + number;
            let run_id = store.begin_run(new_run(number)).unwrap().run_id;
            let object = store.put_object(&number.to_le_bytes()).unwrap().0;
            store
                .add_artifact(&run_id, &stored_file("a.bin", &object, 16), 1)
                .unwrap();
            store
                .append_audit(ACT, "test", run_id.as_str(), "")
                .unwrap();
        }
    };
    if let Some(folder) = lab_of_the_test() {
        write(&Store::open(&folder, VERSION, ACT.at_ms).unwrap(), 7);
        return;
    }
    let lab = Lab::new();
    let test = "processes::processes_and_threads_write_side_by_side";
    let mut child = other_process(test, &lab).spawn().unwrap();
    let (store, write) = (&lab.store, &write);
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            scope.spawn(move || write(store, writer));
        }
    });
    assert!(child.wait().unwrap().success());

    let n_writes = ((WRITERS + 1) * RUNS) as u64;
    let page = lab.store.runs(&RunQuery::default()).unwrap();
    assert_eq!(page.n_total, n_writes);
    assert_eq!(lab.store.verify_audit().unwrap(), Ok(n_writes + 1));
    let mut names: Vec<_> = page.runs.iter().map(|run| &run.summary.name).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len() as u64, n_writes, "no two runs got one name");
    let report = lab.store.doctor(false, |_| true, 0);
    assert!(report.healthy, "{report:?}");
}

/// The limit on the size of a file is the shell's; the kernel enforces it as it does a full disk.
#[cfg(unix)]
#[test]
fn a_file_that_does_not_fit_on_the_disk_leaves_the_lab_as_it_was() {
    if let Some(folder) = lab_of_the_test() {
        let store = Store::open(&folder, VERSION, ACT.at_ms).unwrap();
        let error = store.put_object(&vec![1; 4 << 20]).unwrap_err();
        assert!(
            matches!(error, assay_store::Error::DiskFull { .. }),
            "{error:?}"
        );
        assert!(error.hint().is_some_and(|hint| hint.contains("make room")));
        let key = crate::support::key("species", 1);
        let error = store
            .write_registry(
                &key,
                &[("model.onnx".to_owned(), vec![1; 4 << 20])],
                unsigned,
            )
            .unwrap_err();
        assert!(
            matches!(error, assay_store::Error::DiskFull { .. }),
            "{error:?}"
        );
        // What fits still goes in.
        store.put_object(b"rows").unwrap();
        store.append_audit(ACT, "test.refused", "", "").unwrap();
        return;
    }
    let lab = Lab::new();
    lab.dataset("penguins", "rows");
    let run_id = lab.finished_run(1);
    lab.model("species", &run_id);
    lab.store
        .write_registry(
            &crate::support::key("species", 1),
            &[("f".to_owned(), vec![2])],
            unsigned,
        )
        .unwrap();
    let before = (lab.objects(), files(&lab.path().join("registry")));
    let test = "processes::a_file_that_does_not_fit_on_the_disk_leaves_the_lab_as_it_was";
    // 1 MiB in blocks of 512 bytes; the signal is ignored, so that the write fails instead.
    let limited = other_process(test, &lab);
    let status = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 2048; exec \"$0\" \"$@\""])
        .arg(limited.get_program())
        .args(limited.get_args())
        .env(FOLDER, lab.path())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(lab.store.audit(None, 1).unwrap()[0].action, "test.refused");
    let after = (lab.objects(), files(&lab.path().join("registry")));
    assert_eq!(after, before);
    let report = lab.store.doctor(false, |_| true, 0);
    assert!(report.healthy, "{report:?}");
}
