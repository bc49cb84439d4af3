-- What the sandbox plays, and only it: the providers' objects as the play
-- knows them, and the events it told of. Empty on a live server.
CREATE TABLE sandbox_things (
  seller_id    INT UNSIGNED    NOT NULL,
  provider     VARBINARY(20)   NOT NULL,
  kind         VARBINARY(20)   NOT NULL,
  ref          VARBINARY(190)  NOT NULL,
  parent       VARBINARY(190)  NOT NULL COMMENT 'what it belongs to; empty: nothing',
  n            BIGINT          NOT NULL COMMENT 'order of age: when it began',
  ver          BIGINT          NOT NULL,
  changed_at   BIGINT          NOT NULL,
  body         MEDIUMBLOB      NOT NULL COMMENT 'JSON',
  PRIMARY KEY (seller_id, provider, kind, ref),
  KEY sandbox_things_by_age (seller_id, provider, kind, n),
  KEY sandbox_things_of (seller_id, provider, kind, parent, n)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Dropped ones stay here too: a provider's list of events has them.
CREATE TABLE sandbox_events (
  seller_id    INT UNSIGNED    NOT NULL,
  provider     VARBINARY(20)   NOT NULL,
  seq          BIGINT          NOT NULL,
  event_id     VARBINARY(190)  NOT NULL,
  type         VARBINARY(100)  NOT NULL,
  at           BIGINT          NOT NULL,
  delivered    INT             NOT NULL COMMENT 'how many times it was answered 200',
  body         MEDIUMBLOB      NOT NULL,
  PRIMARY KEY (seller_id, provider, seq),
  UNIQUE KEY sandbox_events_id (seller_id, provider, event_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
