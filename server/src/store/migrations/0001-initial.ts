import type { Migration } from './migration.ts';

/**
 * `ANY` columns hold text, or its UTF-8 bytes where the text has a NUL in it (see values.ts). `indexed` says where a
 * text stands with the search index: 0 waits for it, 1 is in it, 2 stays out of it.
 */
const STATEMENTS = [
  'CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, at INTEGER NOT NULL) STRICT',
  // Highest id that was given out when rows of a table were last deleted: ids are never used twice (see ids.ts).
  'CREATE TABLE id_floor (name TEXT NOT NULL UNIQUE, last INTEGER NOT NULL) STRICT',
  `CREATE TABLE blob (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    pinned INTEGER NOT NULL,
    content ANY NOT NULL
  ) STRICT`,
  `CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    project_root TEXT,
    settings TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT`,
  `CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    origin TEXT NOT NULL,
    parent_run_id INTEGER REFERENCES run(id) ON DELETE SET NULL,
    forked_from_turn_id INTEGER,
    pending_wake INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT`,
  'CREATE INDEX run_by_name ON run(session_id, name, id)',
  'CREATE INDEX run_by_parent ON run(parent_run_id)',
  `CREATE TABLE loop (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    status INTEGER NOT NULL,
    flags TEXT NOT NULL,
    alias TEXT,
    max_turns INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER,
    attrs TEXT NOT NULL,
    reason ANY,
    prompt ANY NOT NULL
  ) STRICT`,
  'CREATE UNIQUE INDEX loop_by_seq ON loop(run_id, seq)',
  'CREATE INDEX loop_by_status ON loop(run_id, status, seq)',
  'CREATE INDEX loop_unfinished ON loop(id) WHERE status IN (100, 102)',
  `CREATE TABLE turn (
    id INTEGER PRIMARY KEY,
    loop_id INTEGER NOT NULL REFERENCES loop(id) ON DELETE CASCADE,
    run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    copied INTEGER NOT NULL,
    status INTEGER NOT NULL,
    finish_reason TEXT,
    model TEXT,
    prompt_tokens INTEGER,
    completion_tokens INTEGER,
    cached_tokens INTEGER,
    cost_pico INTEGER,
    price_version TEXT,
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    emission_blob INTEGER,
    reasoning_blob INTEGER,
    meta ANY NOT NULL,
    meta_blob INTEGER
  ) STRICT`,
  'CREATE UNIQUE INDEX turn_by_seq ON turn(loop_id, seq)',
  'CREATE INDEX turn_by_run ON turn(run_id, id)',
  `CREATE INDEX turn_usage ON turn(
    run_id, loop_id, copied, prompt_tokens, completion_tokens, cached_tokens, cost_pico, model
  )`,
  `CREATE TABLE section (
    turn_id INTEGER NOT NULL REFERENCES turn(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    slot TEXT NOT NULL,
    header TEXT,
    tokens INTEGER NOT NULL,
    divided INTEGER NOT NULL,
    parts BLOB NOT NULL,
    PRIMARY KEY (turn_id, position)
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE log_row (
    id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL,
    run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    loop_id INTEGER NOT NULL,
    loop_seq INTEGER NOT NULL,
    turn_id INTEGER NOT NULL,
    turn_seq INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    at INTEGER NOT NULL,
    origin TEXT NOT NULL,
    source TEXT,
    op TEXT NOT NULL,
    suffix TEXT NOT NULL,
    signal ANY NOT NULL,
    line_marker TEXT,
    scheme TEXT,
    username TEXT,
    password TEXT,
    hostname TEXT,
    port INTEGER,
    pathname TEXT,
    params TEXT NOT NULL,
    fragment TEXT,
    mimetype_tx TEXT,
    mimetype_rx TEXT,
    status_rx INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    state TEXT NOT NULL,
    outcome TEXT,
    expanded INTEGER NOT NULL,
    indexed INTEGER NOT NULL,
    tags TEXT NOT NULL,
    attrs ANY NOT NULL,
    tx ANY,
    tx_blob INTEGER,
    rx ANY,
    rx_blob INTEGER
  ) STRICT`,
  // As few indexes as the hot paths allow: every one is another page to write in the commit of a row.
  'CREATE UNIQUE INDEX log_by_coordinate ON log_row(run_id, loop_seq, turn_seq, sequence)',
  "CREATE INDEX log_changes ON log_row(session_id, id) WHERE op IN ('EDIT', 'COPY', 'MOVE', 'KILL')",
  'CREATE INDEX log_pending ON log_row(id) WHERE indexed = 0',
  `CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
    run_id INTEGER REFERENCES run(id) ON DELETE CASCADE,
    owner INTEGER NOT NULL,
    scheme TEXT NOT NULL,
    pathname TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    tags TEXT NOT NULL,
    attrs TEXT NOT NULL
  ) STRICT`,
  'CREATE UNIQUE INDEX entry_by_key ON entry(session_id, owner, scheme, pathname)',
  'CREATE INDEX entry_by_run ON entry(run_id)',
  `CREATE TABLE channel (
    id INTEGER PRIMARY KEY,
    entry_id INTEGER NOT NULL REFERENCES entry(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    mimetype TEXT NOT NULL,
    length INTEGER NOT NULL,
    newlines INTEGER NOT NULL,
    open_line INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    hash TEXT NOT NULL,
    state TEXT NOT NULL,
    indexed INTEGER NOT NULL
  ) STRICT`,
  'CREATE UNIQUE INDEX channel_by_name ON channel(entry_id, name)',
  'CREATE INDEX channel_pending ON channel(id) WHERE indexed = 0',
  `CREATE TABLE chunk (
    id INTEGER PRIMARY KEY,
    channel_id INTEGER NOT NULL REFERENCES channel(id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    length INTEGER NOT NULL,
    blob_id INTEGER,
    text ANY
  ) STRICT`,
  'CREATE UNIQUE INDEX chunk_by_start ON chunk(channel_id, start)',
  `CREATE TABLE proposal (
    log_entry_id INTEGER PRIMARY KEY REFERENCES log_row(id) ON DELETE CASCADE,
    session_id INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
    run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    scheme TEXT,
    pathname TEXT NOT NULL,
    baseline_hash TEXT,
    base_signature TEXT,
    proposed_hash TEXT,
    amended_hash TEXT,
    written_signature TEXT,
    decision TEXT,
    decided_by TEXT,
    outcome TEXT,
    created_at INTEGER NOT NULL,
    decided_at INTEGER,
    reverted_at INTEGER,
    attrs ANY NOT NULL,
    body ANY NOT NULL
  ) STRICT`,
  'CREATE INDEX proposal_by_session ON proposal(session_id, log_entry_id)',
  'CREATE INDEX proposal_by_run ON proposal(run_id)',
  'CREATE INDEX proposal_pending ON proposal(log_entry_id) WHERE decision IS NULL',
  `CREATE TABLE subscription (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    entry_id INTEGER NOT NULL REFERENCES entry(id) ON DELETE CASCADE,
    scheme TEXT NOT NULL,
    coordinate TEXT NOT NULL,
    state TEXT NOT NULL,
    close_status INTEGER,
    turn_scoped INTEGER NOT NULL,
    poll_seconds REAL,
    attrs TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    seen TEXT NOT NULL,
    concluded_seen INTEGER NOT NULL
  ) STRICT`,
  'CREATE INDEX subscription_by_entry ON subscription(entry_id)',
  'CREATE INDEX subscription_by_run ON subscription(run_id, state)',
  "CREATE INDEX subscription_active ON subscription(id) WHERE state = 'active'",
  'CREATE INDEX subscription_unseen ON subscription(run_id, id) WHERE concluded_seen = 0',
  `CREATE TABLE membership_rule (
    id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
    effect TEXT NOT NULL,
    glob TEXT NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (session_id, effect, glob)
  ) STRICT`,
  'CREATE TABLE fact (key TEXT NOT NULL UNIQUE, value ANY NOT NULL) STRICT',
  // The index reads its texts back through the `…_text` views: they are stored once, where they belong. A text that
  // is not in the index yet must not show there, or the index would not pass SQLite's integrity check.
  `CREATE VIEW log_body AS
    SELECT log_row.id AS rowid, log_row.indexed AS indexed,
      coalesce(scheme || '://', '') || coalesce(hostname, '') || coalesce(pathname, '') || ' ' ||
      coalesce(substr(CAST(coalesce(tx, asked.content) AS TEXT), 1, 16384), '') || ' ' ||
      coalesce(substr(CAST(coalesce(rx, answered.content) AS TEXT), 1, 16384), '') AS body
    FROM log_row
    LEFT JOIN blob AS asked ON asked.id = log_row.tx_blob
    LEFT JOIN blob AS answered ON answered.id = log_row.rx_blob`,
  `CREATE VIEW channel_body AS
    SELECT channel.id AS rowid, channel.indexed AS indexed,
      entry.pathname || ' ' ||
      coalesce(substr(CAST(coalesce(chunk.text, blob.content) AS TEXT), 1, 262144), '') AS body
    FROM channel
    JOIN entry ON entry.id = channel.entry_id
    LEFT JOIN chunk ON chunk.channel_id = channel.id AND chunk.start = 0
    LEFT JOIN blob ON blob.id = chunk.blob_id`,
  'CREATE VIEW log_text AS SELECT rowid, body FROM log_body WHERE indexed = 1',
  'CREATE VIEW channel_text AS SELECT rowid, body FROM channel_body WHERE indexed = 1',
  'CREATE VIRTUAL TABLE log_index USING fts4(content="log_text", body, tokenize=unicode61)',
  'CREATE VIRTUAL TABLE entry_index USING fts4(content="channel_text", body, tokenize=unicode61)',
];

export const initial: Migration = {
  number: 1,
  name: 'initial',
  up: run => {
    for (const statement of STATEMENTS) run(statement);
  },
};
