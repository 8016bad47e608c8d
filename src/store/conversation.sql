CREATE TABLE event(
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    role TEXT NOT NULL,
    agent TEXT NOT NULL,
    name TEXT,
    kind TEXT NOT NULL,
    client_id TEXT,
    text TEXT,
    chain INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE ids(first INTEGER PRIMARY KEY, digests TEXT NOT NULL);
CREATE TABLE head(
    id INTEGER PRIMARY KEY CHECK(id = 1),
    epoch TEXT NOT NULL,
    standing TEXT NOT NULL CHECK(standing IN ('waiting', 'assigned', 'closed')),
    position INTEGER,
    staffed INTEGER,
    agent TEXT,
    name TEXT,
    generation INTEGER NOT NULL,
    seen_visitor INTEGER NOT NULL,
    seen_agent INTEGER NOT NULL,
    locale TEXT NOT NULL,
    page TEXT NOT NULL,
    wait_s INTEGER,
    opens INTEGER,
    department TEXT,
    wished TEXT,
    care TEXT,
    person TEXT,
    about TEXT,
    chosen TEXT
)
