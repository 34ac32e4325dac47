import { plainBytes } from '#lib/bytes.ts'
import { plural } from '#lib/format.ts'
import { SubmitButton } from '#views/ui/button.tsx'
import { Time } from '#views/ui/time.tsx'
import { KpiCard } from './kpi-card.tsx'
import type { UsageProps } from './usage-page.tsx'

type StorageCardProps = Pick<UsageProps, 'storage' | 'period' | 'now'> &
  Readonly<{ before: string; isByMonth: boolean }>

/** Bytes and files on disk, when they were walked, and the button that walks them again. */
export function StorageCard({ storage, period, now, ...shared }: StorageCardProps): JSX.Element {
  const { total, files, isWhole, measuredAt } = storage
  const bytes = plainBytes(total)
  return (
    <KpiCard
      {...shared}
      name="Storage"
      figure={storage}
      words={plainBytes}
      large={isWhole ? bytes : `At least ${bytes}`}
      notes={[
        isWhole
          ? `In ${plural(files, 'file')}`
          : `In ${plural(files, 'file')}, and more that could not be measured in time`,
      ]}
    >
      <form
        class="hf-usage-refresh"
        method="post"
        action="/usage/refresh-storage"
        hx-post="/usage/refresh-storage"
        hx-target="#usage"
        hx-swap="outerMorph"
        hx-disable="find [type=submit]"
      >
        <input type="hidden" name="period" value={period} />
        <SubmitButton label="Refresh storage" busyLabel="Measuring…" look="plain" icon="refresh" />
        <p>
          Measured <Time at={measuredAt} now={now} />
        </p>
      </form>
    </KpiCard>
  )
}
