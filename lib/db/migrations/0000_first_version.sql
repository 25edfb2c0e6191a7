CREATE TABLE "connection" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_uuid" text NOT NULL,
	"sealed_tokens" text NOT NULL,
	"scopes" text[] NOT NULL,
	"issued_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"lease_owner" uuid,
	"lease_until" timestamp with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"retry_at" timestamp with time zone,
	"last_failure" text,
	"last_failure_at" timestamp with time zone,
	"connected_at" timestamp with time zone DEFAULT now() NOT NULL,
	"refreshed_at" timestamp with time zone,
	"stays_connected" boolean DEFAULT false NOT NULL,
	"profile" jsonb NOT NULL,
	"profile_read_at" timestamp with time zone NOT NULL,
	CONSTRAINT "connection_account_uuid_unique" UNIQUE("account_uuid")
);
CREATE TABLE "session" (
	"id_hash" text PRIMARY KEY NOT NULL,
	"connection_id" uuid NOT NULL,
	"user_agent" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
CREATE TABLE "task_lease" (
	"name" text PRIMARY KEY NOT NULL,
	"owner" uuid NOT NULL,
	"lease_until" timestamp with time zone NOT NULL
);
ALTER TABLE "session" ADD CONSTRAINT "session_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "connection"("id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "connection_issued_at_index" ON "connection" USING btree ("issued_at","id");
CREATE INDEX "session_connection_id_index" ON "session" USING btree ("connection_id");
