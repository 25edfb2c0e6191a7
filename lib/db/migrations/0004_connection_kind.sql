ALTER TABLE "connection" ADD COLUMN "kind" text DEFAULT 'oauth2' NOT NULL;
