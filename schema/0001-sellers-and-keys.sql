-- Who sells, with which keys, and what is sold.
-- Ids from outside are VARBINARY: no collation may fold two of them into one.
-- Times are BIGINT microseconds since 1970, UTC. Each key begins with
-- seller_id; credentials alone are found without it, by their hash.

CREATE TABLE sellers (
  seller_id   INT UNSIGNED    NOT NULL,
  name        VARBINARY(191)  NOT NULL,
  created_at  BIGINT          NOT NULL,
  PRIMARY KEY (seller_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT INTO sellers (seller_id, name, created_at) VALUES (1, 'main', 0);

-- Server keys, check keys and client tokens. Only the SHA-256 of the secret is
-- here; the secret is random, so no slow hash is needed.
CREATE TABLE credentials (
  secret_hash BINARY(32)      NOT NULL,
  seller_id   INT UNSIGNED    NOT NULL,
  key_id      VARBINARY(40)   NOT NULL COMMENT 'names it to operators',
  kind        VARCHAR(10)     NOT NULL,
  user_id     VARBINARY(191)  NULL     COMMENT 'client tokens: the one user',
  scopes      VARCHAR(100)    NOT NULL COMMENT 'words with blanks between',
  label       VARBINARY(100)  NOT NULL,
  created_at  BIGINT          NOT NULL,
  expires_at  BIGINT          NULL,
  revoked_at  BIGINT          NULL,
  PRIMARY KEY (secret_hash),
  UNIQUE KEY credentials_key_id (seller_id, key_id),
  KEY credentials_expiry (seller_id, kind, expires_at),
  CHECK (kind IN ('server', 'check', 'client')),
  CHECK ((kind = 'client') = (user_id IS NOT NULL))
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Applied versions of the matrix, as the YAML they came from.
CREATE TABLE matrices (
  seller_id   INT UNSIGNED    NOT NULL,
  version     BIGINT          NOT NULL,
  applied_at  BIGINT          NOT NULL,
  applied_by  VARBINARY(100)  NOT NULL,
  digest      BINARY(32)      NOT NULL COMMENT 'SHA-256 of source',
  source      MEDIUMBLOB      NOT NULL,
  PRIMARY KEY (seller_id, version)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- When each periodic job last ended well.
CREATE TABLE jobs (
  seller_id    INT UNSIGNED   NOT NULL,
  job          VARBINARY(40)  NOT NULL,
  last_success BIGINT         NOT NULL,
  PRIMARY KEY (seller_id, job)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
