CREATE TABLE "activity" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "activity_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"account_uuid" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"kind" text NOT NULL,
	"detail" text
);
ALTER TABLE "session" ADD COLUMN "reference" uuid DEFAULT gen_random_uuid() NOT NULL;
CREATE INDEX "activity_account_index" ON "activity" USING btree ("account_uuid","id");
CREATE INDEX "activity_at_index" ON "activity" USING btree ("at");
