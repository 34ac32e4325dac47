CREATE TABLE "honeyframe"."audit_retention" (
  "id" bigint PRIMARY KEY NOT NULL,
  "cutoff" timestamp (3) with time zone,
  "deleted" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
DROP INDEX "honeyframe"."audit_log_org";
--> statement-breakpoint
ALTER TABLE "honeyframe"."audit_log" ADD COLUMN "search_text" text DEFAULT '' NOT NULL;
--> statement-breakpoint
CREATE INDEX "audit_log_org_at" ON "honeyframe"."audit_log" USING btree ("org_id","at","id");
--> statement-breakpoint
CREATE INDEX "audit_log_org_action_at" ON "honeyframe"."audit_log" USING btree ("org_id","action","at","id");
--> statement-breakpoint
CREATE INDEX "audit_log_org_actor_at" ON "honeyframe"."audit_log" USING btree ("org_id","actor_id","at","id");
--> statement-breakpoint
CREATE INDEX "audit_log_org_actor_action_at" ON "honeyframe"."audit_log" USING btree ("org_id","actor_id","action","at","id");
--> statement-breakpoint
CREATE INDEX "audit_log_at" ON "honeyframe"."audit_log" USING btree ("at","id");
--> statement-breakpoint
-- Rows from before: as near to what src/core/audit/search-text.ts writes as SQL comes.
UPDATE "honeyframe"."audit_log" SET "search_text" = ' ' || trim(regexp_replace(regexp_replace(left(lower(normalize(
  "action" || ' ' || CASE "actor_kind" WHEN 'job' THEN replace("actor_label", '-', '') ELSE "actor_label" END || ' ' ||
  coalesce((SELECT string_agg(value #>> '{}', ' ') FROM jsonb_path_query("detail", 'strict $.**') value
    WHERE jsonb_typeof(value) IN ('string', 'number', 'boolean')), '') || ' ' ||
  coalesce(replace("address", '.', 'x'), '') || ' ' || coalesce(replace("request_id", '-', ''), ''), NFKC)), 8000),
  '[^[:alnum:]]+', ' ', 'g'), '([[:alnum:]]{40})[[:alnum:]]+', '\1', 'g'));
--> statement-breakpoint
-- Everything a row is found by, marked with its org; src/db/word-search.ts asks for the same marks.
CREATE FUNCTION "honeyframe"."audit_words"(org bigint, action text, actor bigint, at timestamptz, words text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_to_tsvector(array_remove(
    string_to_array(replace(words, ' ', ' o' || coalesce(org, 0)::text || 'x'), ' ') || ARRAY[
      'o' || coalesce(org, 0)::text || 'a' || replace(replace(action, '.', 'x'), '_', 'x'),
      coalesce('o' || coalesce(org, 0)::text || 'u' || actor::text, ''),
      'o' || coalesce(org, 0)::text || 'd' || ((at AT TIME ZONE 'UTC')::date - DATE '1970-01-01')::text
    ], ''))
$$;
--> statement-breakpoint
CREATE INDEX "audit_log_words" ON "honeyframe"."audit_log"
USING gin ("honeyframe"."audit_words"("org_id", "action", "actor_id", "at", "search_text"));
--> statement-breakpoint
CREATE FUNCTION "honeyframe"."keep_audit_log"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF tg_op = 'DELETE' THEN
    IF old.at < (SELECT cutoff FROM honeyframe.audit_retention)
      OR (old.org_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM honeyframe.orgs WHERE id = old.org_id)) THEN
      RETURN old;
    END IF;
  END IF;
  RAISE EXCEPTION 'audit_log is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
--> statement-breakpoint
CREATE TRIGGER "audit_log_no_delete" BEFORE DELETE ON "honeyframe"."audit_log"
FOR EACH ROW EXECUTE FUNCTION "honeyframe"."keep_audit_log"();
--> statement-breakpoint
CREATE TRIGGER "audit_log_no_update" BEFORE UPDATE OR TRUNCATE ON "honeyframe"."audit_log"
FOR EACH STATEMENT EXECUTE FUNCTION "honeyframe"."keep_audit_log"();
