-- Every verified delivery, once. The key is never cleaned: the same event a
-- year later is still a copy.
CREATE TABLE inbox (
  seller_id    INT UNSIGNED    NOT NULL,
  provider     VARBINARY(20)   NOT NULL,
  account      VARBINARY(190)  NOT NULL,
  event_id     VARBINARY(190)  NOT NULL,
  body_digest  BINARY(32)      NOT NULL,
  type         VARBINARY(100)  NOT NULL,
  state        VARCHAR(12)     NOT NULL,
  why          VARBINARY(240)  NOT NULL COMMENT 'one line for the operator',
  kind         VARBINARY(16)   NOT NULL COMMENT 'the object it speaks of; empty: none',
  ref          VARBINARY(190)  NOT NULL,
  user_id      VARBINARY(191)  NULL,
  livemode     TINYINT         NOT NULL,
  happened_at  BIGINT          NOT NULL COMMENT 'by the provider''s clock',
  first_seen   BIGINT          NOT NULL,
  body         MEDIUMBLOB      NOT NULL,
  PRIMARY KEY (seller_id, provider, account, event_id),
  KEY inbox_waiting (seller_id, state, first_seen),
  KEY inbox_of_user (seller_id, user_id, first_seen),
  KEY inbox_of_object (seller_id, provider, account, kind, ref),
  CHECK (state IN ('applied', 'ignored', 'deferred', 'quarantined'))
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One event id with two bodies: kept, never applied, an alarm.
CREATE TABLE inbox_conflicts (
  seller_id    INT UNSIGNED    NOT NULL,
  provider     VARBINARY(20)   NOT NULL,
  account      VARBINARY(190)  NOT NULL,
  event_id     VARBINARY(190)  NOT NULL,
  body_digest  BINARY(32)      NOT NULL,
  first_seen   BIGINT          NOT NULL,
  body         MEDIUMBLOB      NOT NULL,
  PRIMARY KEY (seller_id, provider, account, event_id, body_digest)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The provider's objects with all that is known of them (merged facts). An
-- object has no owner until a verified fact gives it one, and then for ever.
CREATE TABLE objects (
  seller_id    INT UNSIGNED    NOT NULL,
  provider     VARBINARY(20)   NOT NULL,
  account      VARBINARY(190)  NOT NULL,
  kind         VARBINARY(16)   NOT NULL,
  ref          VARBINARY(190)  NOT NULL,
  touched      BIGINT UNSIGNED NOT NULL,
  user_id      VARBINARY(191)  NULL,
  paid         TINYINT         NOT NULL COMMENT 'money is in; and no owner: deferred, watched by age',
  first_event  VARBINARY(190)  NOT NULL COMMENT 'the delivery that first spoke of it; empty: only a start did',
  first_seen   BIGINT          NOT NULL,
  facts        MEDIUMBLOB      NOT NULL COMMENT 'JSON',
  PRIMARY KEY (seller_id, provider, account, kind, ref),
  KEY objects_of_user (seller_id, user_id),
  CHECK (kind IN ('subscription', 'payment', 'checkout', 'invoice', 'order'))
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A server key named this object for this session. A claim is not ownership.
CREATE TABLE claims (
  seller_id    INT UNSIGNED    NOT NULL,
  provider     VARBINARY(20)   NOT NULL,
  account      VARBINARY(190)  NOT NULL,
  kind         VARBINARY(16)   NOT NULL,
  ref          VARBINARY(190)  NOT NULL,
  session_id   VARBINARY(40)   NOT NULL,
  user_id      VARBINARY(191)  NOT NULL,
  created_at   BIGINT          NOT NULL,
  PRIMARY KEY (seller_id, provider, account, kind, ref, session_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
