-- What is switched off is switched off for everybody, also for who follows an
-- old version. So each row says which version was the newest when it was
-- derived, and each version what it switches off.
ALTER TABLE users
  ADD COLUMN derived_under BIGINT NOT NULL DEFAULT 0
    COMMENT 'the newest matrix then; 0: nothing is derived yet';
UPDATE users SET derived_under = matrix_version;
ALTER TABLE users
  DROP KEY users_behind,
  ADD KEY users_behind (seller_id, follows_newest, derived_under, matrix_version);
ALTER TABLE matrices
  ADD COLUMN disabled MEDIUMBLOB NOT NULL
    COMMENT 'names of what it switches off, in order, a line each';
