//! Jobs, remembered across the death of the process that ran them.

use assay_core::event::Kind;
use assay_core::job::{Job, JobState};
use assay_core::run::RunStatus;
use assay_core::{JobId, TimestampMs};
use rusqlite::{Connection, params};

use crate::error::{Error, Result};
use crate::rows::{Rows, from_json, to_json, to_word};
use crate::store::{Durability, Store, Write};

impl Store {
    /// Remembers a new job that `process_id` answers for. When that process dies, a running job counts as interrupted,
    /// and a waiting one waits for another process.
    pub fn add_job(&self, job: &Job, process_id: u32) -> Result<()> {
        self.write(job.created_ms, |write| {
            write.tx.run(
                "INSERT INTO jobs (job_id, state, process_id, created_ms, doc)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    job.job_id.as_str(),
                    to_word(&job.state)?,
                    process_id,
                    job.created_ms,
                    to_json(job)?
                ],
            )?;
            write.changed(Kind::Jobs);
            Ok(())
        })
    }

    /// Writes what became of a job. Invariant: a job that is over stays as it is; `false`: it was over already, and
    /// nothing was written (a late word of a worker that was cancelled).
    pub fn update_job(&self, job: &Job, at_ms: TimestampMs) -> Result<bool> {
        let durability = if job.state.is_over() {
            Durability::PowerCut
        } else {
            Durability::Kill
        };
        self.write_with(durability, at_ms, |write| {
            let known = find(&write.tx, &job.job_id)?;
            if known.state.is_over() {
                return Ok(false);
            }
            write.put_job(job)?;
            Ok(true)
        })
    }

    pub fn job(&self, job_id: &JobId) -> Result<Job> {
        self.read(|db| find(db, job_id))
    }

    /// Newest first.
    pub fn jobs(&self, limit: u32) -> Result<Vec<Job>> {
        self.read(|db| {
            db.all(
                "SELECT doc FROM jobs ORDER BY created_ms DESC, id DESC LIMIT ?1",
                params![limit],
                |row| from_json(&row.get::<_, String>(0)?),
            )
        })
    }

    /// Running and waiting jobs.
    pub fn job_counts(&self) -> Result<(u64, u64)> {
        self.read(counts)
    }

    /// Makes `process_id` answer for the waiting jobs of processes that are gone, and returns them, oldest first.
    pub fn adopt_waiting_jobs(
        &self,
        is_alive: impl Fn(u32) -> bool,
        process_id: u32,
        at_ms: TimestampMs,
    ) -> Result<Vec<Job>> {
        if self
            .read(|db| dead_jobs(db, JobState::Waiting, &is_alive))?
            .is_empty()
        {
            return Ok(Vec::new());
        }
        self.write(at_ms, |write| {
            let jobs = dead_jobs(&write.tx, JobState::Waiting, &is_alive)?;
            for job in &jobs {
                write.tx.run(
                    "UPDATE jobs SET process_id = ?2 WHERE job_id = ?1",
                    params![job.job_id.as_str(), process_id],
                )?;
            }
            Ok(jobs)
        })
    }

    /// Ends what dead processes left: their running jobs count as interrupted, their runs as killed, their servers are
    /// forgotten. Returns the jobs.
    pub fn interrupt_dead_jobs(
        &self,
        is_alive: impl Fn(u32) -> bool,
        now_ms: TimestampMs,
    ) -> Result<Vec<Job>> {
        let any_dead = self.read(|db| {
            let processes = db.all(
                "SELECT process_id FROM jobs WHERE state = 'running'
                 UNION SELECT process_id FROM runs WHERE status = 'running' AND process_id NOT NULL
                 UNION SELECT process_id FROM servers",
                [],
                |row| Ok(row.get::<_, u32>(0)?),
            )?;
            Ok(processes.into_iter().any(|process| !is_alive(process)))
        })?;
        if !any_dead {
            return Ok(Vec::new());
        }
        self.write(now_ms, |write| {
            write.kill_dead_runs(&is_alive, now_ms)?;
            write.forget_dead_servers(&is_alive)?;
            let mut interrupted = Vec::new();
            for mut job in dead_jobs(&write.tx, JobState::Running, &is_alive)? {
                job.state = JobState::Interrupted;
                job.ended_ms = Some(now_ms);
                write.put_job(&job)?;
                interrupted.push(job);
            }
            Ok(interrupted)
        })
    }
}

impl Write<'_> {
    fn put_job(&mut self, job: &Job) -> Result<()> {
        self.tx.run(
            "UPDATE jobs SET state = ?2, doc = ?3 WHERE job_id = ?1",
            params![job.job_id.as_str(), to_word(&job.state)?, to_json(job)?],
        )?;
        self.changed(Kind::Jobs);
        Ok(())
    }

    fn kill_dead_runs(
        &mut self,
        is_alive: &impl Fn(u32) -> bool,
        now_ms: TimestampMs,
    ) -> Result<()> {
        let running = self.tx.all(
            "SELECT id, process_id FROM runs WHERE status = 'running' AND process_id NOT NULL",
            [],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, u32>(1)?)),
        )?;
        for (row, process) in running {
            if !is_alive(process) {
                self.end_run(row, RunStatus::Killed, now_ms)?;
            }
        }
        Ok(())
    }
}

/// Jobs in that state whose process is gone, oldest first.
pub(crate) fn dead_jobs(
    db: &Connection,
    state: JobState,
    is_alive: &impl Fn(u32) -> bool,
) -> Result<Vec<Job>> {
    let open = db.all(
        "SELECT doc, process_id FROM jobs WHERE state = ?1 ORDER BY id",
        params![to_word(&state)?],
        |row| {
            Ok((
                from_json::<Job>(&row.get::<_, String>(0)?)?,
                row.get::<_, u32>(1)?,
            ))
        },
    )?;
    Ok(open
        .into_iter()
        .filter(|(_, process)| !is_alive(*process))
        .map(|(job, _)| job)
        .collect())
}

pub(crate) fn counts(db: &Connection) -> Result<(u64, u64)> {
    let of = |state: JobState| {
        db.count(
            "SELECT count(*) FROM jobs WHERE state = ?1",
            params![to_word(&state)?],
        )
    };
    Ok((of(JobState::Running)?, of(JobState::Waiting)?))
}

fn find(db: &Connection, job_id: &JobId) -> Result<Job> {
    db.first(
        "SELECT doc FROM jobs WHERE job_id = ?1",
        params![job_id.as_str()],
        |row| from_json(&row.get::<_, String>(0)?),
    )?
    .ok_or_else(|| Error::not_found("job", job_id))
}
