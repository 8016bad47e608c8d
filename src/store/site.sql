CREATE TABLE settings(
    id INTEGER PRIMARY KEY CHECK(id = 1),
    site TEXT NOT NULL,
    name TEXT NOT NULL,
    origins TEXT NOT NULL
);
CREATE TABLE member(
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,
    role TEXT NOT NULL CHECK(role IN ('agent', 'admin', 'owner')),
    capacity INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    rests_until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE login(
    hash TEXT PRIMARY KEY,
    agent TEXT NOT NULL,
    since INTEGER NOT NULL,
    used INTEGER NOT NULL
) WITHOUT ROWID
