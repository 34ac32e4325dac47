CREATE TABLE `audit_retention` (
  `id` integer PRIMARY KEY NOT NULL,
  `cutoff` integer,
  `deleted` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
DROP INDEX `audit_log_org`;
--> statement-breakpoint
ALTER TABLE `audit_log` ADD `search_text` text DEFAULT '' NOT NULL;
--> statement-breakpoint
CREATE INDEX `audit_log_org_at` ON `audit_log` (`org_id`,`at`,`id`);
--> statement-breakpoint
CREATE INDEX `audit_log_org_action_at` ON `audit_log` (`org_id`,`action`,`at`,`id`);
--> statement-breakpoint
CREATE INDEX `audit_log_org_actor_at` ON `audit_log` (`org_id`,`actor_id`,`at`,`id`);
--> statement-breakpoint
CREATE INDEX `audit_log_org_actor_action_at` ON `audit_log` (`org_id`,`actor_id`,`action`,`at`,`id`);
--> statement-breakpoint
CREATE INDEX `audit_log_at` ON `audit_log` (`at`,`id`);
--> statement-breakpoint
-- Rows from before: as near to what src/core/audit/search-text.ts writes as SQL comes.
UPDATE `audit_log` SET `search_text` = ' ' || trim(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(substr(lower(coalesce(action, '') || ' ' || case actor_kind when 'job' then replace(actor_label, '-', '') else actor_label end || ' ' ||
  coalesce((select group_concat(atom, ' ') from json_tree(audit_log.detail) where atom is not null), '') || ' ' ||
  coalesce(replace(address, '.', 'x'), '') || ' ' || coalesce(replace(request_id, '-', ''), '')), 1, 8000), '.', ' '), '@', ' '), '_', ' '), '-', ' '), ':', ' '), '/', ' '), ',', ' '), ';', ' '), '"', ' '), '''', ' '), '(', ' '), ')', ' '), '[', ' '), ']', ' '), '<', ' '), '>', ' '), '+', ' '), '=', ' '), '!', ' '), '?', ' '), '#', ' '), '%', ' '), '&', ' '), '*', ' '));
--> statement-breakpoint
UPDATE `audit_log` SET `search_text` = replace(replace(replace(`search_text`, '   ', ' '), '  ', ' '), '  ', ' ');
--> statement-breakpoint
-- Its rowid orders as (at, id) does, and leads back to both; src/db/word-search.ts reads it.
CREATE VIRTUAL TABLE `audit_words` USING fts5(`words`, content='', contentless_delete=1, detail='none', tokenize='ascii');
--> statement-breakpoint
-- The words it holds, in their order.
CREATE VIRTUAL TABLE `audit_vocabulary` USING fts5vocab('audit_words', 'row');
--> statement-breakpoint
INSERT INTO `audit_words` (`rowid`, `words`) SELECT
    audit_log.`at` * 2097152 + audit_log.`id` % 2097152,
    replace(audit_log.`search_text`, ' ', ' o' || coalesce(audit_log.`org_id`, 0) || 'x')
      || ' o' || coalesce(audit_log.`org_id`, 0) || 'a' || replace(replace(audit_log.`action`, '.', 'x'), '_', 'x')
      || coalesce(' o' || coalesce(audit_log.`org_id`, 0) || 'u' || audit_log.`actor_id`, '')
  FROM `audit_log` ORDER BY `at`, `id`;
--> statement-breakpoint
CREATE TRIGGER `audit_log_add_words` AFTER INSERT ON `audit_log` BEGIN
  INSERT INTO `audit_words` (`rowid`, `words`) SELECT
    new.`at` * 2097152 + new.`id` % 2097152,
    replace(new.`search_text`, ' ', ' o' || coalesce(new.`org_id`, 0) || 'x')
      || ' o' || coalesce(new.`org_id`, 0) || 'a' || replace(replace(new.`action`, '.', 'x'), '_', 'x')
      || coalesce(' o' || coalesce(new.`org_id`, 0) || 'u' || new.`actor_id`, '');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_log_drop_words` AFTER DELETE ON `audit_log` BEGIN
  DELETE FROM `audit_words` WHERE `rowid` = old.`at` * 2097152 + old.`id` % 2097152;
END;
--> statement-breakpoint
-- INSERT OR REPLACE deletes the row in its way without a word to a trigger.
CREATE TRIGGER `audit_log_no_replace` BEFORE INSERT ON `audit_log`
WHEN EXISTS (SELECT 1 FROM `audit_log` WHERE `id` = new.`id` OR `event_id` = new.`event_id`) BEGIN
  SELECT raise(ABORT, 'audit_log is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_log_no_update` BEFORE UPDATE ON `audit_log` BEGIN
  SELECT raise(ABORT, 'audit_log is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_log_no_delete` BEFORE DELETE ON `audit_log`
WHEN NOT coalesce(old.`at` < (SELECT `cutoff` FROM `audit_retention`), 0)
  AND (old.`org_id` IS NULL OR EXISTS (SELECT 1 FROM `orgs` WHERE `id` = old.`org_id`)) BEGIN
  SELECT raise(ABORT, 'audit_log is append-only');
END;
