-- When an operator moved running purchases on to a newer matrix, or back. A
-- log only: what each purchase follows stands with its objects.
CREATE TABLE matrix_moves (
  seller_id    INT UNSIGNED    NOT NULL,
  move_id      VARBINARY(40)   NOT NULL,
  version      BIGINT          NOT NULL COMMENT 'the version moved to',
  back         TINYINT         NOT NULL COMMENT '1: an undo',
  users        BIGINT          NOT NULL COMMENT 'how many changed',
  operator     VARBINARY(100)  NOT NULL,
  at           BIGINT          NOT NULL,
  PRIMARY KEY (seller_id, move_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
