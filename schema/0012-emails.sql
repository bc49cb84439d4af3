-- The buyer's e-mail address, as the seller's back end knows it and never as a
-- browser wrote it, in lower case. It is written into the provider's checkout,
-- and finds whose a purchase is when every delivery of it was lost.
ALTER TABLE credentials
  ADD COLUMN email VARBINARY(254) NOT NULL DEFAULT '' COMMENT 'client tokens: their user''s';

ALTER TABLE intents
  ADD COLUMN email VARBINARY(254) NULL,
  ADD COLUMN email_until BIGINT NULL COMMENT 'the sweep forgets it then',
  ADD COLUMN opened_at BIGINT NULL COMMENT 'when the checkout was made, by the provider''s clock if it says',
  ADD KEY intents_of_email (seller_id, email),
  ADD KEY intents_email_until (seller_id, email_until);
