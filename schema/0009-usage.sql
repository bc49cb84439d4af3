-- What is held of a limit, for who must know before the work whether there is
-- room for it. A hold counts until it is confirmed, released or past its end:
-- nobody has to tidy up for that.
CREATE TABLE holds (
  seller_id    INT UNSIGNED    NOT NULL,
  user_id      VARBINARY(191)  NOT NULL,
  hold_id      VARBINARY(40)   NOT NULL,
  limit_id     VARBINARY(80)   NOT NULL,
  time_window  BIGINT          NOT NULL COMMENT 'as in counters',
  amount       BIGINT          NOT NULL,
  taken        BIGINT          NOT NULL COMMENT 'of it, when confirmed',
  state        VARCHAR(10)     NOT NULL,
  expires_at   BIGINT          NOT NULL,
  PRIMARY KEY (seller_id, user_id, hold_id),
  KEY holds_open (seller_id, user_id, limit_id, time_window, state, expires_at),
  KEY holds_old (seller_id, expires_at),
  CHECK (state IN ('open', 'confirmed', 'released')),
  CHECK (taken BETWEEN 0 AND amount)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A counter is locked by writing `touched`. `held` is what its open holds came
-- to when it was last written: 0 tells that there are none to look for. `fits`
-- tells the transaction that counted whether there was room.
ALTER TABLE counters
  ADD COLUMN touched BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN held BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN fits TINYINT NOT NULL DEFAULT 1,
  ADD KEY counters_old (seller_id, time_window),
  ADD CHECK (held >= 0);
