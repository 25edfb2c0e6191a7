ALTER TABLE "spent_state" ADD COLUMN "landing" text;
