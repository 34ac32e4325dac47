import type { Migration } from '#db/migrate.ts'
import postgres0001 from './0001_first_light.postgres.sql' with { type: 'text' }
import sqlite0001 from './0001_first_light.sqlite.sql' with { type: 'text' }
import postgres0002 from './0002_team.postgres.sql' with { type: 'text' }
import sqlite0002 from './0002_team.sqlite.sql' with { type: 'text' }
import postgres0003 from './0003_audit_log.postgres.sql' with { type: 'text' }
import sqlite0003 from './0003_audit_log.sqlite.sql' with { type: 'text' }
import postgres0004 from './0004_license.postgres.sql' with { type: 'text' }
import sqlite0004 from './0004_license.sqlite.sql' with { type: 'text' }
import postgres0005 from './0005_workspace_operations.postgres.sql' with { type: 'text' }
import sqlite0005 from './0005_workspace_operations.sqlite.sql' with { type: 'text' }

/** Every migration, oldest first. Written by scripts/generate-migrations.ts. */
export const migrations: readonly Migration[] = [
  { name: '0001_first_light', sqlite: sqlite0001, postgres: postgres0001 },
  { name: '0002_team', sqlite: sqlite0002, postgres: postgres0002 },
  { name: '0003_audit_log', sqlite: sqlite0003, postgres: postgres0003 },
  { name: '0004_license', sqlite: sqlite0004, postgres: postgres0004 },
  { name: '0005_workspace_operations', sqlite: sqlite0005, postgres: postgres0005 },
]
