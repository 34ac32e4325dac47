import { Badge } from '#views/ui/badge.tsx'
import type { BackupState } from './backup-words.ts'
import { ProgressBar } from './progress-bar.tsx'

export type Standing = Readonly<{
  name: string
  state: BackupState
  rowsDone: number
  rows: number
  /** Of a complete one: whether its file is where it should be. */
  isOnDisk: boolean
}>

export function BackupStanding(props: Standing): JSX.Element {
  switch (props.state) {
    case 'running':
      return (
        <>
          <Badge tone="pending" label="Running" />
          <ProgressBar label={`Progress of ${props.name}`} done={props.rowsDone} of={props.rows} />
        </>
      )
    case 'failed':
      return <Badge tone="failing" label="Failed" />
    case 'complete':
      return props.isOnDisk ? <Badge tone="normal" label="Complete" /> : <Badge tone="failing" label="File missing" />
  }
}
