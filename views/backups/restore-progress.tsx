import { Alert } from '#views/ui/alert.tsx'
import { rowsOf } from './backup-words.ts'
import { ProgressBar } from './progress-bar.tsx'

export type RestoreStep = 'waiting' | 'saving' | 'loading' | 'swapping' | 'ended'

export type RestoreProgressProps = Readonly<{
  id: number
  state: 'running' | 'complete' | 'failed'
  step: RestoreStep
  rowsDone: number
  rows: number
  error: string | null
}>

const STEPS: readonly Readonly<{ step: RestoreStep; words: string }>[] = [
  { step: 'saving', words: 'Making a safety backup' },
  { step: 'loading', words: 'Checking and loading the backup' },
  { step: 'swapping', words: 'Putting it in place' },
]

/** The fragment of `/backups/restores/{id}`: it asks for itself until the restore has ended. */
export function RestoreProgress(props: RestoreProgressProps): JSX.Element {
  const isRunning = props.state === 'running'
  const path = `/backups/restores/${props.id}`
  return (
    <div
      id="restore-progress"
      class="hf-restore"
      hx-get={isRunning ? path : undefined}
      hx-trigger={isRunning ? 'every 1s' : undefined}
      hx-swap={isRunning ? 'outerMorph' : undefined}
    >
      {props.state === 'running' && <Running {...props} />}
      {props.state === 'complete' && (
        <Alert
          tone="success"
          title="The backup is restored"
          text={`${rowsOf(props.rows)} are in place. What was there before is kept as a safety backup.`}
        />
      )}
      {props.state === 'failed' && (
        <Alert tone="danger" title="The restore failed; nothing was changed" text={props.error ?? undefined} />
      )}
    </div>
  )
}

function Running(props: RestoreProgressProps): JSX.Element {
  const current = STEPS.findIndex(({ step }) => step === props.step)
  return (
    <section class="card hf-card-form" aria-labelledby="restore-title">
      <h2 id="restore-title">A backup is being restored</h2>
      <ol class="hf-steps">
        {STEPS.map(({ words }, at) => (
          <li aria-current={at === current ? 'step' : undefined} class={at < current ? 'hf-step-done' : undefined}>
            <span safe>{words}</span>
          </li>
        ))}
      </ol>
      {props.step === 'loading' && (
        <ProgressBar label="Progress of the restore" done={props.rowsDone} of={props.rows} />
      )}
      <p class="hf-aside">It goes on when you leave this page.</p>
    </section>
  )
}
