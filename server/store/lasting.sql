-- The files that hold an accepted signature with the evidence collected for it since, in their order.
CREATE TABLE lasting (
	digest    TEXT /*C*/ PRIMARY KEY,
	signature TEXT /*C*/ NOT NULL, -- the file that was accepted
	step      BIGINT NOT NULL
);
CREATE INDEX lasting_signature ON lasting (signature, step)
