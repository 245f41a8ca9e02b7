-- What the log says up to each event, as one digest: see chain.go.
ALTER TABLE event ADD COLUMN digest TEXT /*C*/ NOT NULL DEFAULT '';
ALTER TABLE event ADD COLUMN chain TEXT /*C*/ NOT NULL DEFAULT ''
