-- One row per user: version, due time, holding and the rendered document, so
-- that a read is one primary-key lookup. The first statement of a transaction
-- about a user writes `touched` (that is the lock); `ver` rises once, at its end.
CREATE TABLE users (
  seller_id        INT UNSIGNED    NOT NULL,
  user_id          VARBINARY(191)  NOT NULL,
  touched          BIGINT UNSIGNED NOT NULL,
  ver              BIGINT          NOT NULL COMMENT 'one more per committed change',
  due_at           BIGINT          NULL     COMMENT 'from then on the answer must be derived again',
  matrix_version   BIGINT          NOT NULL,
  follows_newest   TINYINT         NOT NULL COMMENT 'stands on no purchase: due when a matrix is applied',
  updated_at       BIGINT          NOT NULL,
  holding          MEDIUMBLOB      NOT NULL COMMENT 'JSON of what derive answered',
  document         MEDIUMBLOB      NOT NULL COMMENT 'JSON as the API answers it',
  chain_id         BINARY(16)      NOT NULL COMMENT 'hashed into the audit in place of the user id',
  audit_hash       BINARY(32)      NOT NULL COMMENT 'hash of audit record ver',
  outbox_pruned_to BIGINT          NOT NULL,
  PRIMARY KEY (seller_id, user_id),
  KEY users_due (seller_id, due_at),
  KEY users_behind (seller_id, follows_newest, matrix_version)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One attempt to upgrade. open_slot holds the user id while the session is
-- open and is NULL afterwards: its UNIQUE key is what allows only one.
CREATE TABLE sessions (
  seller_id      INT UNSIGNED   NOT NULL,
  session_id     VARBINARY(40)  NOT NULL,
  user_id        VARBINARY(191) NOT NULL,
  open_slot      VARBINARY(191) NULL,
  status         VARCHAR(12)    NOT NULL,
  payment_status VARCHAR(16)    NOT NULL,
  reason         VARCHAR(32)    NOT NULL,
  ver            BIGINT         NOT NULL COMMENT 'the session''s own counter',
  from_tier      VARBINARY(40)  NOT NULL,
  target         VARBINARY(40)  NOT NULL COMMENT 'tier, or the first add-on: for lists and counts',
  terms          BLOB           NOT NULL COMMENT 'JSON of what was asked for',
  delta          MEDIUMBLOB     NOT NULL COMMENT 'JSON as first answered',
  livemode       TINYINT        NOT NULL,
  provider       VARBINARY(20)  NOT NULL,
  price_id       VARBINARY(190) NOT NULL,
  success_url    VARBINARY(2000) NOT NULL,
  cancel_url     VARBINARY(2000) NOT NULL,
  created_at     BIGINT         NOT NULL,
  expires_at     BIGINT         NOT NULL,
  ended_at       BIGINT         NULL,
  PRIMARY KEY (seller_id, session_id),
  UNIQUE KEY sessions_open_slot (seller_id, open_slot),
  KEY sessions_of_user (seller_id, user_id, created_at),
  KEY sessions_stale (seller_id, status, expires_at),
  CHECK (status IN ('pending', 'completed', 'failed', 'cancelled', 'expired')),
  CHECK (payment_status IN ('unpaid', 'requires_action', 'processing', 'paid', 'failed')),
  CHECK ((status = 'pending') = (open_slot IS NOT NULL)),
  CHECK ((status = 'pending') = (ended_at IS NULL))
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Answers by idempotency key. What is secret in an answer is not stored: it is
-- made again from session_id and inserted at byte `gap`.
CREATE TABLE idempotency (
  seller_id    INT UNSIGNED    NOT NULL,
  principal    VARBINARY(200)  NOT NULL COMMENT 'the user of a client token, or the seller',
  route        VARBINARY(80)   NOT NULL COMMENT 'method and path',
  idem_key     VARBINARY(255)  NOT NULL,
  body_digest  BINARY(32)      NOT NULL,
  status       SMALLINT        NOT NULL,
  session_id   VARBINARY(40)   NOT NULL,
  gap          INT             NOT NULL,
  answer       MEDIUMBLOB      NOT NULL,
  created_at   BIGINT          NOT NULL,
  PRIMARY KEY (seller_id, principal, route, idem_key),
  KEY idempotency_age (seller_id, created_at)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
