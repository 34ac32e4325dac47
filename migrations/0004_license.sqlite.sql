CREATE TABLE `license_clock` (
  `name` text PRIMARY KEY NOT NULL,
  `seen_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `org_licenses` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `org_id` integer NOT NULL,
  `document` text NOT NULL,
  `sha256` text NOT NULL,
  `origin` text NOT NULL,
  `installed_at` integer NOT NULL,
  `installed_by` text NOT NULL,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `org_licenses_org_id_unique` ON `org_licenses` (`org_id`);
--> statement-breakpoint
CREATE TABLE `subscriptions` (
  `id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  `org_id` integer NOT NULL,
  `product` text NOT NULL,
  `deployment_tier` text NOT NULL,
  `license_tier` text NOT NULL,
  `status` text NOT NULL,
  `period_end` integer,
  `created_at` integer NOT NULL,
  FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `subscriptions_org_product` ON `subscriptions` (`org_id`,`product`);
