-- Lost with the import in any case.
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE said (
    code TEXT PRIMARY KEY,
    first TEXT NOT NULL,
    words TEXT NOT NULL,
    taken INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE noted (
    file INTEGER NOT NULL,
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (file, number)
) STRICT, WITHOUT ROWID;
BEGIN;
