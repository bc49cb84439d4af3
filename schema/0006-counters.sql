-- How much of each limit a user has in use, a row for each period of it. A
-- period is known by its end, so the rows that count now are those whose end is
-- still to come; a limit without a period has the end 0.
CREATE TABLE counters (
  seller_id    INT UNSIGNED    NOT NULL,
  user_id      VARBINARY(191)  NOT NULL,
  limit_id     VARBINARY(80)   NOT NULL,
  time_window  BIGINT          NOT NULL COMMENT 'its end; 0: never',
  used         BIGINT          NOT NULL,
  PRIMARY KEY (seller_id, user_id, limit_id, time_window),
  CHECK (used >= 0)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
