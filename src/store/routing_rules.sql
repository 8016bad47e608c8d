CREATE TABLE setting(id INTEGER PRIMARY KEY CHECK(id = 1), body TEXT NOT NULL);
CREATE TABLE decision(nth INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE known_agent(id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO known_agent(id, body) SELECT id, json_object(
    'who', json_object('id', id, 'name', name), 'capacity', capacity,
    'accepting', json(iif(accepting, 'true', 'false')), 'away', NULL, 'idle_since', idle_since,
    'presence', json(iif(gone_since IS NULL, '"online"',
        json_object('gone', json_object('since', gone_since)))),
    'profile', json('{"departments":[],"skills":[],"languages":[]}'), 'wrap_up', NULL,
    'misses', 0, 'lost', 0, 'given', 0) FROM agent;
DROP TABLE agent;
ALTER TABLE known_agent RENAME TO agent;
CREATE TABLE known_chat(
    conversation TEXT PRIMARY KEY,
    body TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO known_chat(conversation, body) SELECT conversation, json_object(
    'conversation', conversation, 'since', since,
    'context', json_object('locale', locale, 'page', page), 'generation', generation,
    'state', json(CASE state
        WHEN 'waiting' THEN json_object('waiting', json_object('rank', rank, 'told',
            json(iif(position IS NULL, 'null', json_object('position', position, 'staffed',
                json(iif(staffed, 'true', 'false'))))), 'offer', NULL))
        WHEN 'assigned' THEN json_object('assigned', json_object('agent',
            json_object('id', agent, 'name', name)))
        ELSE json_object('closed', json_object('agent', json(iif(agent IS NULL, 'null',
            json_object('id', agent, 'name', name))))) END),
    'department', 'main', 'skills', json('[]'), 'priority', 0, 'last', agent,
    'passed', json('[]'), 'again', NULL, 'fallback_at', NULL, 'note', NULL) FROM chat;
DROP TABLE chat;
ALTER TABLE known_chat RENAME TO chat
