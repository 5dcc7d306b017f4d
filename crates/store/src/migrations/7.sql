-- Format 7. Charts along times and smoothed lines need no points: chunks of them, and the groups of 32 in these, say when
-- they were logged, and what their mean and their last value is. `min`, `max`, `mean` and `last` are of the finite
-- values, of which there are `n_finite`, and NULL without any. All of it is found (migrate.rs) in the points.

ALTER TABLE metric_chunks ADD COLUMN first_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE metric_chunks ADD COLUMN last_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE metric_chunks ADD COLUMN n_finite INTEGER NOT NULL DEFAULT 0;
ALTER TABLE metric_chunks ADD COLUMN mean REAL;
ALTER TABLE metric_chunks ADD COLUMN last REAL;
DROP INDEX metric_chunks_extremes;
CREATE INDEX metric_chunks_whole ON metric_chunks(
    run, key, place, n, first_step, last_step, first_ms, last_ms, n_finite, min, max, mean, last
);

-- One mark says that a run changed, run_changes, for the tables that are looked at as for searches.
DROP INDEX runs_changed;
ALTER TABLE runs DROP COLUMN changed;
CREATE INDEX runs_listed ON runs(listed);
