-- What time will bring: work that falls due at an instant, of which a server takes some for a while.
CREATE TABLE job (
	kind   TEXT /*C*/ NOT NULL,
	object TEXT /*C*/ NOT NULL,
	due    BIGINT NOT NULL,
	taken  BIGINT NOT NULL, -- until when a server has it; 0: none has
	PRIMARY KEY (kind, object)
);
CREATE INDEX job_due ON job (due)
