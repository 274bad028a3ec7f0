-- The first schema. Moments are whole microseconds since 1970 UTC. Forge numbers above 2^63 wrap to negative.

-- One row per issue ever heard of. While held_since is set somebody works on it, and due_at is the end of the lease.
CREATE TABLE issue (
    id         INTEGER PRIMARY KEY,
    forge      TEXT    NOT NULL,
    project    TEXT    NOT NULL,
    number     INTEGER NOT NULL,
    due_at     INTEGER,                     -- the same moment as in schedule; NULL: no wake-up
    held_since INTEGER,                     -- start of the lease; NULL: nobody holds it
    token      INTEGER NOT NULL DEFAULT 0,  -- grows with every claim
    attempts   INTEGER NOT NULL DEFAULT 0,  -- failures since the last success
    not_before INTEGER,                     -- back-off: no look before this
    wants_full INTEGER NOT NULL DEFAULT 0,  -- read everything again
    again_at   INTEGER,                     -- asked for while held: look again at this moment
    again_full INTEGER NOT NULL DEFAULT 0,  -- asked for while held: read everything again
    UNIQUE (forge, project, number)
) STRICT;
CREATE INDEX issue_held ON issue (id) WHERE held_since IS NOT NULL;

-- Clustered by moment: finding what is due costs in proportion to what is due.
CREATE TABLE schedule (
    due_at INTEGER NOT NULL,
    issue  INTEGER NOT NULL REFERENCES issue (id),
    PRIMARY KEY (due_at, issue)
) STRICT, WITHOUT ROWID;

-- Rows are never deleted: they are what deliveries are deduplicated by. id is the order of arrival.
CREATE TABLE inbox (
    id          INTEGER PRIMARY KEY,
    forge       TEXT    NOT NULL,
    delivery    TEXT    NOT NULL,
    digest      BLOB    NOT NULL,
    event       TEXT    NOT NULL,
    received_at INTEGER NOT NULL,
    issue       INTEGER REFERENCES issue (id),
    state       INTEGER NOT NULL CHECK (state IN (0, 1, 2)),  -- pending, done, parked
    hint        TEXT,
    UNIQUE (forge, delivery),
    UNIQUE (forge, digest)
) STRICT;
CREATE INDEX inbox_pending ON inbox (issue, id) WHERE state = 0;
CREATE INDEX inbox_parked ON inbox (id) WHERE state = 2;

-- Apart from the inbox so that its pages stay dense and forgetting is a plain delete. Confidential.
CREATE TABLE body (
    id  INTEGER PRIMARY KEY REFERENCES inbox (id) ON UPDATE CASCADE,
    lz4 BLOB NOT NULL
) STRICT;

CREATE TABLE journal (
    issue INTEGER NOT NULL REFERENCES issue (id),
    seq   INTEGER NOT NULL CHECK (seq > 0),
    json  TEXT    NOT NULL,
    hash  TEXT    NOT NULL,
    PRIMARY KEY (issue, seq)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER journal_is_not_edited BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_not_cut BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TABLE ledger (
    issue      INTEGER NOT NULL REFERENCES issue (id),
    key        TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    attempts   INTEGER NOT NULL,
    sent_at    INTEGER,
    not_before INTEGER,
    absences   INTEGER NOT NULL,
    remote     INTEGER,
    digest     TEXT,
    PRIMARY KEY (issue, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE named_value (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Written to find out whether the database can be written.
CREATE TABLE heartbeat (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    beats INTEGER NOT NULL
) STRICT;
