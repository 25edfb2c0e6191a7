ALTER TABLE "connection" ADD COLUMN "last_visit_at" timestamp with time zone DEFAULT now() NOT NULL;
CREATE INDEX "connection_last_visit_at_index" ON "connection" USING btree ("last_visit_at") WHERE "stays_connected";
CREATE INDEX "session_expires_at_index" ON "session" USING btree ("expires_at");
