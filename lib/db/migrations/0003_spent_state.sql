CREATE TABLE "spent_state" (
	"state_hash" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
CREATE INDEX "spent_state_expires_at_index" ON "spent_state" USING btree ("expires_at");
