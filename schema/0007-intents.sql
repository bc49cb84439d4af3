-- What we ask a payment provider for, one row for each session that is paid or
-- changed there. Who asks holds the row by a lease, so that of two at once one
-- asks; what came of it is repeated to everybody after that.
CREATE TABLE intents (
  seller_id    INT UNSIGNED    NOT NULL,
  session_id   VARBINARY(40)   NOT NULL,
  touched      BIGINT UNSIGNED NOT NULL,
  account      VARBINARY(190)  NOT NULL COMMENT 'of the subscription to change',
  ref          VARBINARY(190)  NOT NULL COMMENT 'its id; empty for a checkout',
  replaces     VARBINARY(190)  NOT NULL COMMENT 'the price that goes',
  quoted_at    BIGINT          NULL     COMMENT 'the time that the amount shown is of',
  lease_until  BIGINT          NULL     COMMENT 'somebody asks until then',
  lease_owner  VARBINARY(64)   NOT NULL COMMENT 'which request',
  declined     BIGINT          NOT NULL COMMENT 'how often there was no money',
  state        VARCHAR(12)     NOT NULL,
  url          VARBINARY(4000) NOT NULL COMMENT 'where the buyer goes on, at the provider',
  made_kind    VARBINARY(20)   NOT NULL COMMENT 'what was made there',
  made_account VARBINARY(190)  NOT NULL,
  made_ref     VARBINARY(190)  NOT NULL,
  close_at     BIGINT          NULL     COMMENT 'when to try to close it there',
  close_tries  BIGINT          NOT NULL,
  created_at   BIGINT          NOT NULL,
  PRIMARY KEY (seller_id, session_id),
  KEY intents_to_close (seller_id, close_at),
  CHECK (state IN ('new', 'open', 'action', 'done'))
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
