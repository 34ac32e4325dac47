CREATE TABLE `group_grants` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `org_id` integer NOT NULL,
  `group_id` integer NOT NULL,
  `permission` text NOT NULL,
  `target` text NOT NULL,
  `created_at` integer NOT NULL,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade,
  FOREIGN KEY (`group_id`) REFERENCES `groups`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `group_grants_group_permission` ON `group_grants` (`group_id`,`permission`,`target`);
--> statement-breakpoint
CREATE INDEX `group_grants_org` ON `group_grants` (`org_id`);
--> statement-breakpoint
CREATE TABLE `group_members` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `org_id` integer NOT NULL,
  `group_id` integer NOT NULL,
  `membership_id` integer NOT NULL,
  `created_at` integer NOT NULL,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade,
  FOREIGN KEY (`group_id`) REFERENCES `groups`(`id`) ON UPDATE no action ON DELETE cascade,
  FOREIGN KEY (`membership_id`) REFERENCES `user_orgs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `group_members_group_membership` ON `group_members` (`group_id`,`membership_id`);
--> statement-breakpoint
CREATE INDEX `group_members_membership` ON `group_members` (`membership_id`);
--> statement-breakpoint
CREATE INDEX `group_members_org` ON `group_members` (`org_id`);
--> statement-breakpoint
CREATE TABLE `groups` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `org_id` integer NOT NULL,
  `name` text NOT NULL,
  `name_key` text NOT NULL,
  `created_at` integer NOT NULL,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `groups_org_name` ON `groups` (`org_id`,`name_key`);
--> statement-breakpoint
CREATE TABLE `org_logos` (
  `org_id` integer PRIMARY KEY NOT NULL,
  `media_type` text NOT NULL,
  `base64` text NOT NULL,
  `updated_at` integer NOT NULL,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
ALTER TABLE `orgs` ADD `color` text;
--> statement-breakpoint
ALTER TABLE `orgs` ADD `logo_hash` text;
--> statement-breakpoint
ALTER TABLE `users` ADD `password_expires_at` integer;
--> statement-breakpoint
ALTER TABLE `users` ADD `tour_step` text;
--> statement-breakpoint
ALTER TABLE `users` ADD `tour_ended_at` integer;
