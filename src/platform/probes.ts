import { backupProbe } from '#platform/health/backup-probe.ts'
import { dbProbe } from '#platform/health/db-probe.ts'
import { dbtProbe } from '#platform/health/dbt-probe.ts'
import { diskProbe } from '#platform/health/disk-probe.ts'
import { llmProbe } from '#platform/health/llm-probe.ts'
import type { Probes } from '#platform/health/probing.ts'
import { queueProbe } from '#platform/health/queue-probe.ts'
import { schedulerProbe } from '#platform/health/scheduler-probe.ts'
import { smtpProbe } from '#platform/health/smtp-probe.ts'
import { vaultProbe } from '#platform/health/vault-probe.ts'
import { SEALED_VALUES } from '#platform/sealed-values.ts'

/** Every probe of the health, in the order of the page. */
export const PROBES: Probes = {
  install: [dbProbe, schedulerProbe, queueProbe, diskProbe, vaultProbe(SEALED_VALUES), dbtProbe],
  org: [smtpProbe, llmProbe, backupProbe],
}
