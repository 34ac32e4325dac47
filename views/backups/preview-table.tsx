import { plural } from '#lib/format.ts'
import { Alert } from '#views/ui/alert.tsx'
import { attribute } from '#views/ui/attribute.ts'
import { Time } from '#views/ui/time.tsx'
import { ChangesTable, type Counts, type TableCounts } from './changes-table.tsx'

export type PreviewChanges = Readonly<{
  tables: readonly TableCounts[]
  files: Counts
  /** Accounts that would be made, and those of now that would be members again. */
  peopleCreated: number
  peopleJoining: number
}>

export type PreviewProps = Readonly<{
  backupId: number
  /** Undefined while it is made. */
  changes: PreviewChanges | undefined
  madeAt?: Date | undefined
  /** Why there is none. */
  fault?: string | undefined
  now: Date
}>

/** The fragment of `/backups/{id}/preview`: it asks for itself until it is there. */
export function Preview(props: PreviewProps): JSX.Element {
  const isWaiting = props.changes === undefined && props.fault === undefined
  return (
    <div
      id="backup-preview"
      class="hf-preview"
      hx-get={isWaiting ? `/backups/${props.backupId}/preview` : undefined}
      hx-trigger={isWaiting ? 'every 1s' : undefined}
      hx-swap={isWaiting ? 'outerMorph' : undefined}
    >
      {isWaiting && (
        <p>
          Comparing the backup with what there is now.{' '}
          <a href={attribute(`/backups?restore=${props.backupId}`)}>Look again</a>
        </p>
      )}
      {props.fault !== undefined && <Alert tone="danger" title="It cannot be compared" text={props.fault} />}
      {props.changes !== undefined && <Changes {...props.changes} madeAt={props.madeAt} now={props.now} />}
    </div>
  )
}

function Changes(props: PreviewChanges & Pick<PreviewProps, 'madeAt' | 'now'>): JSX.Element {
  const rows = [...props.tables, { ...props.files, name: 'files' }]
  const touched = rows.filter(({ added, changed, removed }) => added + changed + removed > 0)
  const people = peopleWords(props)
  return (
    <>
      {touched.length === 0 ? (
        <p>Nothing has changed since: restoring it would leave everything as it is.</p>
      ) : (
        <ChangesTable rows={touched} />
      )}
      {people !== '' && <p safe>{people}</p>}
      <p class="hf-aside">
        {touched.length > 0 && (
          <span safe>{`${plural(rows.length - touched.length, 'other table')} would stay the same. `}</span>
        )}
        {props.madeAt !== undefined && (
          <span>
            Compared <Time at={props.madeAt} now={props.now} />.
          </span>
        )}
      </p>
    </>
  )
}

/** Who would come back. */
function peopleWords({ peopleCreated, peopleJoining }: PreviewChanges): string {
  const joining =
    peopleJoining > 0 ? `${plural(peopleJoining, 'person would be a member', 'people would be members')} again.` : ''
  const created = peopleCreated > 0 ? `${plural(peopleCreated, 'account')} would be made without a password.` : ''
  return [joining, created].filter((words) => words !== '').join(' ')
}
