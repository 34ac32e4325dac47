import { SubmitButton } from '#views/ui/button.tsx'
import { type FieldFaults, SelectField } from '#views/ui/field.tsx'
import { Time } from '#views/ui/time.tsx'

export type ScheduleFormProps = Readonly<{
  frequency: string
  hour: number
  weekday: number
  nextRunAt: Date | null
  now: Date
  /** Reasons by field: `frequency`, `hour`, `weekday`. */
  faults?: FieldFaults | undefined
}>

const FREQUENCIES = [
  { value: 'off', label: 'Not by itself' },
  { value: 'daily', label: 'Every day' },
  { value: 'weekly', label: 'Every week' },
]
const HOURS = Array.from({ length: 24 }, (_, hour) => ({
  value: String(hour),
  label: `${String(hour).padStart(2, '0')}:00 UTC`,
}))
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'].map((label, at) => ({
  value: String(at),
  label,
}))

/** The fragment of POST /backups/schedule. */
export function ScheduleForm(props: ScheduleFormProps): JSX.Element {
  const { faults = {} } = props
  return (
    <form
      id="backup-schedule"
      class="card hf-setting"
      method="post"
      action="/backups/schedule"
      hx-post="/backups/schedule"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      <div class="hf-setting-head">
        <h2>Schedule</h2>
        <p>Twenty backups are kept; the oldest make room. When one fails, the admins get a mail.</p>
      </div>
      <div class="hf-setting-body">
        <SelectField
          id="backup-frequency"
          name="frequency"
          label="Back up"
          value={props.frequency}
          choices={FREQUENCIES}
          fault={faults.frequency}
        />
        <div class="hf-backup-when">
          <SelectField
            id="backup-hour"
            name="hour"
            label="At"
            value={String(props.hour)}
            choices={HOURS}
            fault={faults.hour}
          />
          <div class="hf-backup-weekday">
            <SelectField
              id="backup-weekday"
              name="weekday"
              label="On"
              value={String(props.weekday)}
              choices={WEEKDAYS}
              hint="Of a weekly backup."
              fault={faults.weekday}
            />
          </div>
        </div>
        {props.nextRunAt !== null && (
          <p class="hf-aside">
            The next one is due <Time at={props.nextRunAt} now={props.now} />.
          </p>
        )}
        <SubmitButton label="Save schedule" busyLabel="Saving…" look="plain" />
      </div>
    </form>
  )
}
