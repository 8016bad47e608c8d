CREATE TABLE agent(
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    capacity INTEGER NOT NULL,
    accepting INTEGER NOT NULL,
    idle_since INTEGER NOT NULL,
    gone_since INTEGER
) WITHOUT ROWID;
CREATE TABLE chat(
    conversation TEXT PRIMARY KEY,
    since INTEGER NOT NULL,
    locale TEXT NOT NULL,
    page TEXT NOT NULL,
    generation INTEGER NOT NULL,
    state TEXT NOT NULL CHECK(state IN ('waiting', 'assigned', 'closed')),
    rank INTEGER,
    position INTEGER,
    staffed INTEGER,
    agent TEXT,
    name TEXT,
    CHECK((state = 'assigned') <= (agent IS NOT NULL)),
    CHECK((state = 'waiting') = (rank IS NOT NULL))
) WITHOUT ROWID
