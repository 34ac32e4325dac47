/** Every table of the platform database: what migrations are generated from, and what backup and deletion of an org read. */
export * from '#core/access/tables.ts'
export * from '#core/audit/tables.ts'
export * from '#core/license/tables.ts'
export * from '#core/tenancy/tables.ts'
export * from '#core/vault/tables.ts'
export * from '#jobs/tables.ts'
export * from '#platform/invites/tables.ts'
export * from '#platform/setup/tables.ts'
