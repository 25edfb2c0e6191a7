CREATE TABLE "rate_limit" (
	"key" text PRIMARY KEY NOT NULL,
	"points" integer DEFAULT 0 NOT NULL,
	"expire" bigint
);
CREATE INDEX "rate_limit_expire_index" ON "rate_limit" USING btree ("expire");
