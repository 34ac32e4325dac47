CREATE TABLE `audit_log` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `event_id` text NOT NULL,
  `org_id` integer,
  `action` text NOT NULL,
  `actor_kind` text NOT NULL,
  `actor_id` integer,
  `actor_label` text NOT NULL,
  `detail` text NOT NULL,
  `request_id` text,
  `address` text,
  `at` integer NOT NULL,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `audit_log_event_id_unique` ON `audit_log` (`event_id`);
--> statement-breakpoint
CREATE INDEX `audit_log_org` ON `audit_log` (`org_id`,`id`);
--> statement-breakpoint
CREATE TABLE `ended_sessions` (
  `jti` text PRIMARY KEY NOT NULL,
  `user_id` integer NOT NULL,
  `ended_at` integer NOT NULL,
  FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `ended_sessions_ended` ON `ended_sessions` (`ended_at`);
--> statement-breakpoint
CREATE TABLE `invites` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `org_id` integer NOT NULL,
  `email` text NOT NULL,
  `role` text NOT NULL,
  `token_hash` text NOT NULL,
  `state` text NOT NULL,
  `invited_by` integer,
  `created_at` integer NOT NULL,
  `expires_at` integer NOT NULL,
  `ended_at` integer,
  `accepted_by` integer,
  `mail_state` text NOT NULL,
  `mail_error` text,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade,
  FOREIGN KEY (`invited_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null,
  FOREIGN KEY (`accepted_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invites_token_hash_unique` ON `invites` (`token_hash`);
--> statement-breakpoint
CREATE UNIQUE INDEX `invites_open` ON `invites` (`org_id`,`email`) WHERE state = 'pending';
--> statement-breakpoint
CREATE INDEX `invites_org` ON `invites` (`org_id`,`id`);
--> statement-breakpoint
CREATE TABLE `jobs` (
  `id` text PRIMARY KEY NOT NULL,
  `kind` text NOT NULL,
  `org_id` integer,
  `unique_key` text,
  `payload` text,
  `state` text NOT NULL,
  `run_at` integer NOT NULL,
  `attempts` integer DEFAULT 0 NOT NULL,
  `locked_until` integer,
  `locked_by` text,
  `last_error` text,
  `created_at` integer NOT NULL,
  `finished_at` integer
);
--> statement-breakpoint
CREATE INDEX `jobs_due` ON `jobs` (`state`,`run_at`);
--> statement-breakpoint
CREATE UNIQUE INDEX `jobs_unique_key` ON `jobs` (`unique_key`);
--> statement-breakpoint
CREATE TABLE `orgs` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `slug` text NOT NULL,
  `name` text NOT NULL,
  `created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `orgs_slug_unique` ON `orgs` (`slug`);
--> statement-breakpoint
CREATE TABLE `password_resets` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `user_id` integer NOT NULL,
  `token_hash` text NOT NULL,
  `created_at` integer NOT NULL,
  `expires_at` integer NOT NULL,
  `used_at` integer,
  FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `password_resets_token_hash_unique` ON `password_resets` (`token_hash`);
--> statement-breakpoint
CREATE INDEX `password_resets_user` ON `password_resets` (`user_id`,`created_at`);
--> statement-breakpoint
CREATE TABLE `schedules` (
  `name` text PRIMARY KEY NOT NULL,
  `cron` text NOT NULL,
  `next_run_at` integer NOT NULL,
  `last_run_at` integer
);
--> statement-breakpoint
CREATE TABLE `setup_links` (
  `token_hash` text PRIMARY KEY NOT NULL,
  `expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sign_in_attempts` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `account` text NOT NULL,
  `origin` text NOT NULL,
  `at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sign_in_attempts_account` ON `sign_in_attempts` (`account`,`at`);
--> statement-breakpoint
CREATE TABLE `tokens` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `user_id` integer NOT NULL,
  `name` text NOT NULL,
  `token_hash` text NOT NULL,
  `tail` text NOT NULL,
  `created_at` integer NOT NULL,
  `expires_at` integer,
  `last_used_at` integer,
  `revoked_at` integer,
  FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tokens_token_hash_unique` ON `tokens` (`token_hash`);
--> statement-breakpoint
CREATE INDEX `tokens_user` ON `tokens` (`user_id`);
--> statement-breakpoint
CREATE TABLE `user_orgs` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `user_id` integer NOT NULL,
  `org_id` integer NOT NULL,
  `role` text NOT NULL,
  `created_at` integer NOT NULL,
  `last_active_at` integer,
  FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `user_orgs_user_org` ON `user_orgs` (`user_id`,`org_id`);
--> statement-breakpoint
CREATE INDEX `user_orgs_org` ON `user_orgs` (`org_id`);
--> statement-breakpoint
CREATE TABLE `users` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `email` text NOT NULL,
  `name` text NOT NULL,
  `password_hash` text,
  `must_reset_password` integer DEFAULT false NOT NULL,
  `is_superadmin` integer DEFAULT false NOT NULL,
  `is_active` integer DEFAULT true NOT NULL,
  `token_version` integer DEFAULT 0 NOT NULL,
  `default_org_id` integer,
  `last_sign_in_at` integer,
  `created_at` integer NOT NULL,
  FOREIGN KEY (`default_org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email_unique` ON `users` (`email`);
--> statement-breakpoint
CREATE TABLE `vault_keys` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `sealed` text NOT NULL,
  `created_at` integer NOT NULL,
  `rewrapped_at` integer
);
