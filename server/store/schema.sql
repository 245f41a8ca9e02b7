-- One schema for both engines. Instants are int64 microseconds since 1970, UTC. Where PostgreSQL
-- must be told to sort keys by bytes, /*C*/ stands: that engine reads it as COLLATE "C".

CREATE TABLE centre (
	name  TEXT /*C*/ PRIMARY KEY,
	value TEXT NOT NULL
);

CREATE TABLE aggregate (
	kind    TEXT /*C*/ NOT NULL,
	id      TEXT /*C*/ NOT NULL,
	version BIGINT NOT NULL,
	parent  TEXT /*C*/ NOT NULL, -- the purchase, or empty
	owner   TEXT /*C*/ NOT NULL, -- the organisation or person that it belongs to, or empty
	body    TEXT NOT NULL,       -- JSON
	PRIMARY KEY (kind, id)
);
CREATE INDEX aggregate_parent ON aggregate (parent, kind, id);
CREATE INDEX aggregate_owner ON aggregate (kind, owner, id);

-- What a report narrows purchases by; the rule decides on the body.
CREATE TABLE purchase_index (
	id        TEXT /*C*/ PRIMARY KEY,
	method    TEXT /*C*/ NOT NULL,
	status    TEXT /*C*/ NOT NULL,
	published BIGINT NOT NULL
);
CREATE INDEX purchase_index_method ON purchase_index (method, published DESC, id);

-- What may exist once: a key and the aggregate that holds it.
CREATE TABLE claim (
	name   TEXT /*C*/ PRIMARY KEY,
	holder TEXT NOT NULL
);

CREATE TABLE counter (
	name  TEXT /*C*/ PRIMARY KEY,
	value BIGINT NOT NULL
);

CREATE TABLE event (
	id      TEXT /*C*/ PRIMARY KEY, -- UUIDv7
	seq     BIGINT UNIQUE,          -- given by the sequencer after commit
	kind    TEXT /*C*/ NOT NULL,
	object  TEXT /*C*/ NOT NULL,
	version BIGINT NOT NULL,
	gone    BIGINT NOT NULL,
	actor   TEXT NOT NULL,
	action  TEXT NOT NULL,
	at      BIGINT NOT NULL,
	body    TEXT NOT NULL
);
CREATE INDEX event_unnumbered ON event (id) WHERE seq IS NULL;

CREATE TABLE event_scope (
	scope TEXT /*C*/ NOT NULL,
	event TEXT /*C*/ NOT NULL,
	seq   BIGINT, -- the event's, so that a scope's page is read off an index
	PRIMARY KEY (event, scope)
);
CREATE INDEX event_scope_feed ON event_scope (scope, seq);
CREATE INDEX event_scope_unnumbered ON event_scope (event) WHERE seq IS NULL;

CREATE TABLE answer (
	actor  TEXT /*C*/ NOT NULL,
	name   TEXT /*C*/ NOT NULL, -- the Idempotency-Key
	digest TEXT NOT NULL,       -- of the request
	body   TEXT NOT NULL,
	at     BIGINT NOT NULL,
	PRIMARY KEY (actor, name)
);

CREATE TABLE file (
	digest TEXT /*C*/ PRIMARY KEY, -- SHA-256, hex
	type   TEXT NOT NULL,
	body   BYTEA NOT NULL
);

CREATE TABLE file_use (
	digest TEXT /*C*/ NOT NULL,
	kind   TEXT /*C*/ NOT NULL,
	id     TEXT /*C*/ NOT NULL,
	PRIMARY KEY (digest, kind, id)
);

CREATE TABLE challenge (
	nonce   TEXT /*C*/ PRIMARY KEY,
	expires BIGINT NOT NULL
);

CREATE TABLE session (
	token   TEXT /*C*/ PRIMARY KEY, -- SHA-256 of what the client holds
	person  TEXT NOT NULL,
	expires BIGINT NOT NULL
);

-- What imports brought, in the importer's own shape, and the names by which it finds it.
CREATE TABLE portal_record (
	name TEXT /*C*/ PRIMARY KEY,
	body TEXT NOT NULL
);

CREATE TABLE portal_link (
	link   TEXT /*C*/ NOT NULL,
	record TEXT /*C*/ NOT NULL,
	PRIMARY KEY (link, record)
);
CREATE INDEX portal_link_record ON portal_link (record);
