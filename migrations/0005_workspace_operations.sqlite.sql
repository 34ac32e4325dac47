CREATE TABLE `backup_settings` (
  `org_id` integer PRIMARY KEY NOT NULL,
  `frequency` text NOT NULL,
  `hour` integer DEFAULT 2 NOT NULL,
  `weekday` integer DEFAULT 0 NOT NULL,
  `next_run_at` integer,
  `s3_endpoint` text,
  `s3_region` text,
  `s3_bucket` text,
  `s3_prefix` text,
  `s3_access_key_id` text,
  `s3_secret_sealed` text,
  `updated_at` integer NOT NULL,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `backup_settings_due` ON `backup_settings` (`next_run_at`);
--> statement-breakpoint
CREATE TABLE `backups` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `org_id` integer NOT NULL,
  `name` text NOT NULL,
  `kind` text NOT NULL,
  `state` text NOT NULL,
  `error` text,
  `rows_done` integer DEFAULT 0 NOT NULL,
  `rows` integer DEFAULT 0 NOT NULL,
  `tables` integer DEFAULT 0 NOT NULL,
  `files` integer DEFAULT 0 NOT NULL,
  `bytes` integer DEFAULT 0 NOT NULL,
  `sha256` text,
  `created_by` integer,
  `created_at` integer NOT NULL,
  `finished_at` integer,
  `proven_at` integer,
  `proof_tables` integer,
  `proof_differences` integer,
  `proof_error` text,
  `uploaded_at` integer,
  `upload_error` text,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade,
  FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE UNIQUE INDEX `backups_org_name` ON `backups` (`org_id`,`name`);
--> statement-breakpoint
CREATE INDEX `backups_org` ON `backups` (`org_id`,`created_at`,`id`);
--> statement-breakpoint
CREATE TABLE `health_samples` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `org_id` integer,
  `component` text NOT NULL,
  `span` text NOT NULL,
  `at` integer NOT NULL,
  `status` text NOT NULL,
  `message` text NOT NULL,
  `latency_ms` integer NOT NULL,
  `ok_ms` integer,
  `warn_ms` integer,
  `error_ms` integer,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `health_samples_org_component` ON `health_samples` (`org_id`,`component`,`span`,`at`);
--> statement-breakpoint
CREATE TABLE `health_settings` (
  `org_id` integer PRIMARY KEY NOT NULL,
  `is_alerting` integer DEFAULT false NOT NULL,
  `updated_at` integer NOT NULL,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `health_states` (
  `key` text PRIMARY KEY NOT NULL,
  `org_id` integer,
  `component` text NOT NULL,
  `status` text NOT NULL,
  `since` integer NOT NULL,
  `checked_at` integer NOT NULL,
  `saved_at` integer NOT NULL,
  `bad_in_a_row` integer DEFAULT 0 NOT NULL,
  `alerted_at` integer,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `health_states_org` ON `health_states` (`org_id`);
--> statement-breakpoint
CREATE TABLE `restores` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `org_id` integer NOT NULL,
  `backup_id` integer,
  `safety_backup_id` integer,
  `state` text NOT NULL,
  `step` text NOT NULL,
  `rows_done` integer DEFAULT 0 NOT NULL,
  `rows` integer DEFAULT 0 NOT NULL,
  `error` text,
  `created_by` integer,
  `created_at` integer NOT NULL,
  `finished_at` integer,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade,
  FOREIGN KEY (`backup_id`) REFERENCES `backups`(`id`) ON UPDATE no action ON DELETE set null,
  FOREIGN KEY (`safety_backup_id`) REFERENCES `backups`(`id`) ON UPDATE no action ON DELETE set null,
  FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE INDEX `restores_org` ON `restores` (`org_id`,`created_at`,`id`);
--> statement-breakpoint
CREATE TABLE `smtp_settings` (
  `org_id` integer PRIMARY KEY NOT NULL,
  `host` text NOT NULL,
  `port` integer NOT NULL,
  `tls` text NOT NULL,
  `username` text NOT NULL,
  `password_sealed` text NOT NULL,
  `from_address` text NOT NULL,
  `updated_at` integer NOT NULL,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `usage_days` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `org_id` integer NOT NULL,
  `day` text NOT NULL,
  `kind` text NOT NULL,
  `source` text NOT NULL,
  `outcome` text NOT NULL,
  `events` integer NOT NULL,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `usage_days_once` ON `usage_days` (`org_id`,`day`,`kind`,`source`,`outcome`);
--> statement-breakpoint
CREATE TABLE `usage_events` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `org_id` integer NOT NULL,
  `kind` text NOT NULL,
  `source` text DEFAULT '' NOT NULL,
  `outcome` text NOT NULL,
  `at` integer NOT NULL,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `usage_events_org_at` ON `usage_events` (`org_id`,`at`,`id`);
--> statement-breakpoint
CREATE TABLE `usage_levels` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `org_id` integer NOT NULL,
  `day` text NOT NULL,
  `kind` text NOT NULL,
  `value` integer NOT NULL,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `usage_levels_once` ON `usage_levels` (`org_id`,`kind`,`day`);
--> statement-breakpoint
CREATE TABLE `webhook_attempts` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `org_id` integer NOT NULL,
  `delivery_id` text NOT NULL,
  `number` integer NOT NULL,
  `status_code` integer,
  `excerpt` text DEFAULT '' NOT NULL,
  `error` text,
  `duration_ms` integer NOT NULL,
  `at` integer NOT NULL,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade,
  FOREIGN KEY (`delivery_id`) REFERENCES `webhook_deliveries`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_attempts_delivery` ON `webhook_attempts` (`delivery_id`,`number`);
--> statement-breakpoint
CREATE INDEX `webhook_attempts_org` ON `webhook_attempts` (`org_id`);
--> statement-breakpoint
CREATE TABLE `webhook_deliveries` (
  `id` text PRIMARY KEY NOT NULL,
  `org_id` integer NOT NULL,
  `webhook_id` integer NOT NULL,
  `event_id` text NOT NULL,
  `event_type` text NOT NULL,
  `origin` text NOT NULL,
  `state` text NOT NULL,
  `attempts` integer DEFAULT 0 NOT NULL,
  `status_code` integer,
  `next_retry_at` integer,
  `created_at` integer NOT NULL,
  `finished_at` integer,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade,
  FOREIGN KEY (`webhook_id`) REFERENCES `webhooks`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_deliveries_once` ON `webhook_deliveries` (`webhook_id`,`event_id`,`origin`);
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_webhook` ON `webhook_deliveries` (`webhook_id`,`created_at`,`id`);
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_webhook_state` ON `webhook_deliveries` (`webhook_id`,`state`,`created_at`,`id`);
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_org` ON `webhook_deliveries` (`org_id`,`created_at`,`id`);
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_created` ON `webhook_deliveries` (`created_at`);
--> statement-breakpoint
CREATE TABLE `webhooks` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `org_id` integer NOT NULL,
  `url` text NOT NULL,
  `events` text NOT NULL,
  `schedule` text DEFAULT 'default' NOT NULL,
  `is_active` integer DEFAULT true NOT NULL,
  `disabled_reason` text,
  `secret_sealed` text NOT NULL,
  `secret_tail` text NOT NULL,
  `previous_secret_sealed` text,
  `previous_secret_ends_at` integer,
  `failing_since` integer,
  `created_by` integer,
  `created_at` integer NOT NULL,
  `updated_at` integer NOT NULL,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade,
  FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE INDEX `webhooks_org` ON `webhooks` (`org_id`,`id`);
--> statement-breakpoint
DROP INDEX `jobs_due`;
--> statement-breakpoint
CREATE INDEX `jobs_due` ON `jobs` (`state`,`run_at`,`kind`,`org_id`);
