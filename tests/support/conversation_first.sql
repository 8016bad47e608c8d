CREATE TABLE event(
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    role TEXT NOT NULL,
    agent TEXT NOT NULL,
    name TEXT,
    kind TEXT NOT NULL,
    client_id TEXT,
    text TEXT
);
CREATE UNIQUE INDEX event_client_id ON event(client_id, role, agent) WHERE client_id IS NOT NULL;
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
    page TEXT NOT NULL
)
