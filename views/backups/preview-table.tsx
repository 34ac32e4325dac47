import { plural } from '#lib/format.ts'
import { Alert } from '#views/ui/alert.tsx'
import { Time } from '#views/ui/time.tsx'
import { grouped } from './backup-words.ts'

type Counts = Readonly<{ added: number; changed: number; removed: number }>

export type PreviewChanges = Readonly<{
  tables: readonly (Counts & Readonly<{ name: string }>)[]
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
      hx-swap={isWaiting ? 'outerHTML' : undefined}
    >
      {isWaiting && (
        <p>
          Comparing the backup with what there is now. <a href={`/backups?restore=${props.backupId}`}>Look again</a>
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
          <span safe>{`The other ${plural(rows.length - touched.length, 'table')} would stay the same. `}</span>
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

function ChangesTable(props: Readonly<{ rows: PreviewChanges['tables'] }>): JSX.Element {
  return (
    <section class="hf-preview-rows" aria-label="Rows that a restore would change" tabindex="0">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">In</th>
            <th scope="col">Added</th>
            <th scope="col">Changed</th>
            <th scope="col">Removed</th>
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr>
              <th scope="row" safe>
                {row.name.replaceAll('_', ' ')}
              </th>
              <td safe>{grouped(row.added)}</td>
              <td safe>{grouped(row.changed)}</td>
              <td safe>{grouped(row.removed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** Who would come back. */
function peopleWords({ peopleCreated, peopleJoining }: PreviewChanges): string {
  const joining = peopleJoining > 0 ? `${plural(peopleJoining, 'person', 'people')} would be back as members.` : ''
  const created = peopleCreated > 0 ? `${plural(peopleCreated, 'account')} would be made, without a password.` : ''
  return [joining, created].filter((words) => words !== '').join(' ')
}
