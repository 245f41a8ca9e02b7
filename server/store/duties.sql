-- A job is told from others by its instant, too, and one that was done stays noted: what was done once
-- is known however often it is scheduled.
CREATE TABLE timed_job (
	kind   TEXT /*C*/ NOT NULL,
	object TEXT /*C*/ NOT NULL,
	due    BIGINT NOT NULL,
	taken  BIGINT NOT NULL, -- until when a server has it; 0: none has
	done   BIGINT NOT NULL, -- 1: it is
	PRIMARY KEY (kind, object, due)
);
INSERT INTO timed_job (kind, object, due, taken, done) SELECT kind, object, due, taken, 0 FROM job;
DROP TABLE job;
ALTER TABLE timed_job RENAME TO job;
CREATE INDEX job_due ON job (due) WHERE done = 0
