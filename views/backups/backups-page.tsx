import { plural } from '#lib/format.ts'
import { SubmitButton } from '#views/ui/button.tsx'
import { Empty } from '#views/ui/empty.tsx'
import { PageHead } from '#views/ui/page-head.tsx'
import { Pager } from '#views/ui/pager.tsx'
import { BackupRow, type BackupRowContext, type BackupRowProps } from './backup-row.tsx'
import { backupsHref } from './list-state.tsx'
import { type LastProof, ProofLine } from './proof-line.tsx'
import { RestoreDialog, type RestoreDialogProps } from './restore-dialog.tsx'
import { RestoreProgress, type RestoreProgressProps } from './restore-progress.tsx'
import { ScheduleForm, type ScheduleFormProps } from './schedule-form.tsx'
import { StoreForm, type StoreFormProps } from './store-form.tsx'

export type BackupsProps = BackupRowContext &
  Readonly<{
    orgName: string
    rows: readonly BackupRowProps[]
    nextCursor: string | undefined
    proof: LastProof | undefined
    /** The one that runs, or the last one for a while. */
    restore: RestoreProgressProps | undefined
    /** Set where somebody asked to restore a backup. */
    dialog?: RestoreDialogProps | undefined
    schedule: ScheduleFormProps
    store: StoreFormProps
  }>

export function BackupsContent(props: BackupsProps): JSX.Element {
  return (
    <>
      <PageHead
        title="Backups"
        text={`Each holds everything in ${props.orgName}. Make one before something risky, and go back to it when you must.`}
        action={props.rows.length > 0 ? <CreateForm look="primary" /> : undefined}
      />
      <BackupsCard {...props} />
      <div class="hf-settings">
        <ScheduleForm {...props.schedule} />
        <StoreForm {...props.store} />
      </div>
    </>
  )
}

/** The fragment of every form about a backup. */
export function BackupsCard(props: BackupsProps): JSX.Element {
  return (
    <div id="backups">
      {props.restore !== undefined && <RestoreProgress {...props.restore} />}
      <section class="card" aria-label="Backups">
        {props.rows.length > 0 && <ProofLine proof={props.proof} now={props.now} />}
        {props.rows.length > 0 ? <BackupsTable {...props} /> : <NoBackups />}
        {props.rows.length > 0 && <BackupsPager {...props} />}
      </section>
      {props.dialog !== undefined && <RestoreDialog {...props.dialog} />}
    </div>
  )
}

function CreateForm(props: Readonly<{ look: 'primary' | 'plain' }>): JSX.Element {
  return (
    <form
      method="post"
      action="/backups"
      hx-post="/backups"
      hx-target="#backups"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      <SubmitButton label="Create backup" busyLabel="Starting…" icon="plus" look={props.look} />
    </form>
  )
}

function BackupsTable(props: BackupsProps): JSX.Element {
  const { list, now, canRestore } = props
  return (
    <table class="table hf-table hf-backups">
      <thead>
        <tr>
          <th scope="col">Backup</th>
          <th scope="col">Status</th>
          <th scope="col">Size</th>
          <th scope="col">Proof</th>
          <th scope="col">
            <span class="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <BackupRow {...row} {...{ list, now, canRestore }} />
        ))}
      </tbody>
    </table>
  )
}

function NoBackups(): JSX.Element {
  return (
    <Empty
      icon="archive"
      title="No backups yet"
      text="Make the first one now, or let the schedule make one every day. Each is one file that you can download, and restore."
    >
      <CreateForm look="primary" />
    </Empty>
  )
}

function BackupsPager(props: BackupsProps): JSX.Element {
  const { list, nextCursor, rows } = props
  const shown = plural(rows.length, 'backup')
  return (
    <Pager
      summary={list.cursor || nextCursor ? `${shown} on this page` : shown}
      firstHref={list.cursor ? backupsHref({}) : undefined}
      nextHref={nextCursor ? backupsHref({ cursor: nextCursor }) : undefined}
    />
  )
}
