-- One row per slot that a user ever held; never deleted, so that an asset won
-- back is the same asset.
CREATE TABLE assets (
  seller_id    INT UNSIGNED    NOT NULL,
  user_id      VARBINARY(191)  NOT NULL,
  slot         VARBINARY(80)   NOT NULL,
  ordinal      INT             NOT NULL,
  asset_id     VARBINARY(40)   NOT NULL,
  status       VARCHAR(12)     NOT NULL,
  held         BLOB            NOT NULL COMMENT 'JSON of what was last granted',
  hint         VARBINARY(40)   NOT NULL COMMENT 'of the secret, for people',
  secret_hash  BINARY(32)      NULL     COMMENT 'NULL until claimed',
  created_at   BIGINT          NOT NULL,
  PRIMARY KEY (seller_id, user_id, slot, ordinal),
  UNIQUE KEY assets_id (seller_id, asset_id),
  UNIQUE KEY assets_secret (seller_id, secret_hash),
  CHECK (status IN ('PENDING', 'PROVISIONED', 'SUSPENDED', 'REVOKED'))
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What each purchase or override gave: its tier (slot '') and its assets. The
-- key lets one purchase give one slot once, whatever else goes wrong.
CREATE TABLE grants (
  seller_id      INT UNSIGNED    NOT NULL,
  user_id        VARBINARY(191)  NOT NULL,
  provider       VARBINARY(20)   NOT NULL,
  account        VARBINARY(190)  NOT NULL,
  kind           VARBINARY(16)   NOT NULL,
  ref            VARBINARY(190)  NOT NULL,
  slot           VARBINARY(80)   NOT NULL,
  ordinal        INT             NOT NULL,
  live           TINYINT         NOT NULL,
  cause_event    VARBINARY(190)  NULL,
  cause_override VARBINARY(40)   NULL,
  granted_at     BIGINT          NOT NULL,
  ended_at       BIGINT          NULL,
  PRIMARY KEY (seller_id, user_id, provider, account, kind, ref, slot, ordinal),
  CHECK ((cause_event IS NULL) <> (cause_override IS NULL)),
  CHECK ((live = 1) = (ended_at IS NULL))
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Gifts and withdrawals by an operator.
CREATE TABLE overrides (
  seller_id    INT UNSIGNED    NOT NULL,
  user_id      VARBINARY(191)  NOT NULL,
  override_id  VARBINARY(40)   NOT NULL,
  kind         VARCHAR(20)     NOT NULL,
  name         VARBINARY(80)   NOT NULL,
  unlimited    TINYINT         NOT NULL,
  amount       BIGINT          NOT NULL,
  from_at      BIGINT          NULL,
  until_at     BIGINT          NULL,
  reason       VARBINARY(240)  NOT NULL,
  operator     VARBINARY(100)  NOT NULL,
  created_at   BIGINT          NOT NULL,
  ended_at     BIGINT          NULL     COMMENT 'taken back by hand',
  PRIMARY KEY (seller_id, user_id, override_id),
  CHECK (kind IN ('grant_capability', 'revoke_capability', 'grant_tier', 'grant_addon', 'set_limit'))
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One record per version of a user, each holding the hash of the one before.
CREATE TABLE audit (
  seller_id    INT UNSIGNED    NOT NULL,
  user_id      VARBINARY(191)  NOT NULL,
  n            BIGINT          NOT NULL COMMENT 'the user''s ver',
  at           BIGINT          NOT NULL,
  actor        VARBINARY(100)  NOT NULL COMMENT 'provider, key id, user, or job',
  action       VARBINARY(40)   NOT NULL,
  cause        VARBINARY(240)  NOT NULL COMMENT 'event, session or override',
  request_id   VARBINARY(64)   NOT NULL,
  detail       MEDIUMBLOB      NOT NULL COMMENT 'JSON: what changed, each asset by name',
  prev_hash    BINARY(32)      NOT NULL,
  hash         BINARY(32)      NOT NULL,
  PRIMARY KEY (seller_id, user_id, n)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Notices to send. Rows are only inserted. Event ids begin with the time, so
-- their key walks the table roughly by age; the order of one user's notices is
-- that of ver, and nothing else is an order.
CREATE TABLE outbox (
  seller_id    INT UNSIGNED    NOT NULL,
  user_id      VARBINARY(191)  NOT NULL,
  ver          BIGINT          NOT NULL,
  part         INT             NOT NULL,
  event_id     VARBINARY(40)   NOT NULL,
  type         VARBINARY(60)   NOT NULL,
  at           BIGINT          NOT NULL,
  data         MEDIUMBLOB      NOT NULL COMMENT 'JSON',
  PRIMARY KEY (seller_id, user_id, ver, part),
  UNIQUE KEY outbox_event (seller_id, event_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
