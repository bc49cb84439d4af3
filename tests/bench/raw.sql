-- What the raw loops work on: the usual tables of a hand-written upgrade, in
-- a database of their own beside Rung's, 100,000 users and as many pending
-- sessions as the loops will need.
CREATE TABLE entitlements (
  user_id    VARBINARY(64)  NOT NULL PRIMARY KEY,
  tier       VARBINARY(40)  NOT NULL,
  ver        BIGINT         NOT NULL
) ENGINE=InnoDB;
CREATE TABLE sessions (
  session_id BIGINT         NOT NULL PRIMARY KEY,
  user_id    VARBINARY(64)  NOT NULL,
  status     VARBINARY(12)  NOT NULL,
  created_at BIGINT         NOT NULL,
  KEY (status, created_at)
) ENGINE=InnoDB;
CREATE TABLE events (
  event_id   VARBINARY(64)  NOT NULL PRIMARY KEY,
  session_id BIGINT         NOT NULL,
  KEY (session_id)
) ENGINE=InnoDB;
CREATE TABLE assets (
  asset_id   BIGINT         NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id    VARBINARY(64)  NOT NULL,
  idem_key   VARBINARY(64)  NOT NULL UNIQUE,
  KEY (user_id)
) ENGINE=InnoDB;
CREATE TABLE audit (
  id         BIGINT         NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id    VARBINARY(64)  NOT NULL,
  detail     BLOB           NOT NULL,
  KEY (user_id)
) ENGINE=InnoDB;
CREATE TABLE outbox (
  id         BIGINT         NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id    VARBINARY(64)  NOT NULL,
  data       BLOB           NOT NULL
) ENGINE=InnoDB;
CREATE TABLE started (
  session_id BIGINT         NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id    VARBINARY(64)  NOT NULL,
  open_slot  VARBINARY(64)  NULL UNIQUE,
  status     VARBINARY(12)  NOT NULL,
  created_at BIGINT         NOT NULL,
  delta      BLOB           NOT NULL,
  KEY (user_id, created_at),
  KEY (status, created_at)
) ENGINE=InnoDB;
CREATE TABLE idempotency (
  idem_key   VARBINARY(64)  NOT NULL PRIMARY KEY,
  answer     BLOB           NOT NULL,
  created_at BIGINT         NOT NULL,
  KEY (created_at)
) ENGINE=InnoDB;

INSERT INTO entitlements
  SELECT CONCAT('user-', seq), 'free', 0 FROM seq_1_to_100000;
INSERT INTO sessions
  SELECT seq, CONCAT('user-', seq % 100000 + 1), 'pending', seq
  FROM seq_1_to_200000;
