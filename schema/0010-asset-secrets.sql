-- The secret that a newer one has taken the place of, or that was revoked by
-- hand: good until `old_until`, which may be past.
ALTER TABLE assets
  ADD COLUMN old_hash BINARY(32) NULL,
  ADD COLUMN old_until BIGINT NULL,
  ADD UNIQUE KEY assets_old_secret (seller_id, old_hash);
