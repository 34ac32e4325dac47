import { attribute } from '#views/ui/attribute.ts'
import { FieldNotes } from '#views/ui/field.tsx'

export type EventChoice = Readonly<{ type: string; description: string }>

type EventPickerProps = Readonly<{
  id: string
  choices: readonly EventChoice[]
  picked: readonly string[]
  fault?: string | undefined
}>

/** Every field of the picker is named with this and the event. */
export const EVENT_FIELD_PREFIX = 'event.'

/** Ticks for single events and for all of a kind; none at all is every event. */
export function EventPicker(props: EventPickerProps): JSX.Element {
  const { id, choices, picked } = props
  const nouns = [...new Set(choices.map(({ type }) => nounOf(type)))]
  return (
    <details class="hf-event-picker" open={picked.length > 0 || props.fault !== undefined}>
      <summary>Only some events</summary>
      <p class="form-hint">Tick none to get every event, also those of later versions.</p>
      <FieldNotes id={id} fault={props.fault} />
      {nouns.map((noun) => (
        <fieldset>
          <legend safe>{noun}</legend>
          <Tick id={id} event={`${noun}.*`} words={`All of ${noun}`} picked={picked} />
          {choices
            .filter(({ type }) => nounOf(type) === noun)
            .map(({ type, description }) => (
              <Tick id={id} event={type} words={description} picked={picked} />
            ))}
        </fieldset>
      ))}
    </details>
  )
}

type TickProps = Readonly<{ id: string; event: string; words: string; picked: readonly string[] }>

function Tick({ id, event, words, picked }: TickProps): JSX.Element {
  const own = `${id}-${event}`
  return (
    <div class="form-check">
      <input
        id={attribute(own)}
        name={attribute(EVENT_FIELD_PREFIX + event)}
        type="checkbox"
        class="form-check-input"
        value="1"
        checked={picked.includes(event)}
        aria-describedby={attribute(`${own}-words`)}
      />
      <label class="form-check-label" for={attribute(own)}>
        <code safe>{event}</code>
      </label>
      <small id={attribute(`${own}-words`)} safe>
        {words}
      </small>
    </div>
  )
}

function nounOf(type: string): string {
  return type.split('.', 1)[0] ?? type
}
