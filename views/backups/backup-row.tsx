import { IconAvatar } from '#views/ui/avatar.tsx'
import { ExactTime, Time } from '#views/ui/time.tsx'
import { BackupMenu } from './backup-menu.tsx'
import { BackupStanding } from './backup-state.tsx'
import { type BackupKind, type BackupState, originOf, sizeOf } from './backup-words.ts'
import type { BackupsState } from './list-state.tsx'
import { type Proof, ProofCell } from './proof.tsx'

export type BackupRowProps = Proof &
  Readonly<{
    id: number
    name: string
    kind: BackupKind
    state: BackupState
    error: string | null
    rowsDone: number
    rows: number
    bytes: number
    by: string | null
    createdAt: Date
    isOnDisk: boolean
    isUploading: boolean
    uploadedAt: Date | null
    uploadError: string | null
  }>

export type BackupRowContext = Readonly<{
  list: BackupsState
  now: Date
  /** Whether the viewer may restore: that takes everything. */
  canRestore: boolean
}>

/** The fragment of `/backups/{id}/row`: it asks for itself while something is going on. */
export function BackupRow(props: BackupRowProps & BackupRowContext): JSX.Element {
  const isBusy = props.state === 'running' || props.isProving || props.isUploading
  return (
    <tr
      id={`backup-${props.id}`}
      hx-get={isBusy ? `/backups/${props.id}/row` : undefined}
      hx-trigger={isBusy ? 'every 1s' : undefined}
      hx-swap={isBusy ? 'outerMorph' : undefined}
    >
      <td class="hf-cell-who">
        <div class="hf-who">
          <IconAvatar icon={props.kind === 'safety' ? 'restore' : 'archive'} />
          <div class="hf-who-lines">
            <b>
              <ExactTime at={props.createdAt} />
            </b>
            <small safe>{originOf(props)}</small>
            <Story {...props} />
          </div>
        </div>
      </td>
      <td class="hf-cell-badge">
        <BackupStanding {...props} />
      </td>
      {props.state === 'complete' ? (
        <>
          <td class="hf-cell-fact" safe>
            {sizeOf(props)}
          </td>
          <td class="hf-cell-time">
            <ProofCell {...props} />
          </td>
        </>
      ) : (
        <>
          <td class="hf-cell-none"></td>
          <td class="hf-cell-none"></td>
        </>
      )}
      <td class="hf-cell-menu">{props.state !== 'running' && <BackupMenu {...props} />}</td>
    </tr>
  )
}

/** What went wrong, and where a copy is: a line each. */
function Story(props: BackupRowProps & BackupRowContext): JSX.Element {
  return (
    <>
      {props.error !== null && (
        <small class="hf-backup-fault" safe>
          {props.error}
        </small>
      )}
      {props.state === 'complete' && !props.isOnDisk && (
        <small class="hf-backup-fault">Its file is no longer on the disk, so it can only be deleted.</small>
      )}
      {props.proofError !== null && (
        <small class="hf-backup-fault" safe>
          {props.proofError}
        </small>
      )}
      {props.uploadError !== null && (
        <small class="hf-backup-fault" safe>
          {`Not copied${props.isUploading ? ' yet' : ''}: ${props.uploadError}`}
        </small>
      )}
      {props.isUploading && props.uploadError === null && <small>Being copied to the object store</small>}
      {props.uploadedAt !== null && (
        <small>
          Copied to the object store <Time at={props.uploadedAt} now={props.now} />
        </small>
      )}
    </>
  )
}
