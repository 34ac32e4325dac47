import { attribute } from './attribute.ts'
import { Icon } from './icon.tsx'

export type FieldFaults = Readonly<Record<string, string>>

export type FieldProps = Readonly<{
  id: string
  name: string
  label: string
  autocomplete: string
  maxlength: number
  type?: 'text' | 'email' | undefined
  value?: string | undefined
  hint?: string | undefined
  fault?: string | undefined
  isOptional?: boolean | undefined
  isReadOnly?: boolean | undefined
  hasFocus?: boolean | undefined
  /** What the browser offers while a person types; he may write something else. */
  suggestions?: readonly Readonly<{ value: string; label: string }>[] | undefined
}>

/** One line of text with its label, hint and, after a refusal, the reason; the value a person typed is kept. */
export function Field(props: FieldProps): JSX.Element {
  const type = props.type ?? 'text'
  return (
    <div class="hf-field">
      <label class="form-label" for={props.id}>
        <span safe>{props.label}</span>
        {props.isOptional && <span class="form-label-description">Optional</span>}
      </label>
      <input
        id={props.id}
        name={props.name}
        type={type}
        class={['form-control', props.fault && 'is-invalid']}
        value={attribute(props.value ?? '')}
        maxlength={props.maxlength}
        autocomplete={props.autocomplete}
        inputmode={type === 'email' ? 'email' : undefined}
        autocapitalize={type === 'email' ? 'none' : undefined}
        spellcheck={type === 'email' ? 'false' : undefined}
        required={!props.isOptional}
        readonly={props.isReadOnly}
        autofocus={props.hasFocus}
        list={props.suggestions !== undefined ? `${props.id}-list` : undefined}
        aria-invalid={props.fault ? 'true' : undefined}
        aria-describedby={describedBy(props)}
      />
      {props.suggestions !== undefined && (
        <datalist id={`${props.id}-list`}>
          {props.suggestions.map(({ value, label }) => (
            <option value={attribute(value)} safe>
              {label}
            </option>
          ))}
        </datalist>
      )}
      <FieldNotes id={props.id} hint={props.hint} fault={props.fault} />
    </div>
  )
}

export type TextAreaFieldProps = Readonly<{
  id: string
  name: string
  label: string
  rows: string
  value?: string | undefined
  hint?: string | undefined
  fault?: string | undefined
  hasFocus?: boolean | undefined
}>

/** Several lines of text, kept as they were typed. */
export function TextAreaField(props: TextAreaFieldProps): JSX.Element {
  return (
    <div class="hf-field">
      <label class="form-label" for={props.id} safe>
        {props.label}
      </label>
      <textarea
        id={props.id}
        name={props.name}
        class={['form-control', props.fault && 'is-invalid']}
        rows={props.rows}
        autocapitalize="none"
        spellcheck="false"
        required
        autofocus={props.hasFocus}
        aria-invalid={props.fault ? 'true' : undefined}
        aria-describedby={describedBy(props)}
        safe
      >
        {props.value ?? ''}
      </textarea>
      <FieldNotes id={props.id} hint={props.hint} fault={props.fault} />
    </div>
  )
}

export type PasswordFieldProps = Readonly<{
  id: string
  name: string
  label: string
  autocomplete: 'current-password' | 'new-password'
  isOptional?: boolean | undefined
  hint?: string | undefined
  fault?: string | undefined
  hasFocus?: boolean | undefined
}>

/** A password is never sent back to the page, so this part takes no value. */
export function PasswordField(props: PasswordFieldProps): JSX.Element {
  return (
    <div class="hf-field">
      <label class="form-label" for={props.id} safe>
        {props.label}
      </label>
      <div class="hf-password">
        <input
          id={props.id}
          name={props.name}
          type="password"
          class={['form-control', props.fault && 'is-invalid']}
          maxlength={1024}
          autocomplete={props.autocomplete}
          autocapitalize="none"
          spellcheck="false"
          required={!props.isOptional}
          autofocus={props.hasFocus}
          aria-invalid={props.fault ? 'true' : undefined}
          aria-describedby={describedBy(props)}
        />
        <button type="button" class="hf-reveal" data-reveal={props.id} aria-pressed="false" aria-label="Show password">
          <Icon name="eye" />
        </button>
      </div>
      <FieldNotes id={props.id} hint={props.hint} fault={props.fault} />
    </div>
  )
}

/** Tells a password manager whose password is being changed; nobody sees it and it is not sent. */
export function UsernameHint(props: Readonly<{ email: string }>): JSX.Element {
  return <input class="d-none" type="email" autocomplete="username" value={attribute(props.email)} readonly />
}

export type SelectFieldProps = Readonly<{
  id: string
  name: string
  label: string
  value: string
  choices: readonly Readonly<{ value: string; label: string }>[]
  hint?: string | undefined
  fault?: string | undefined
}>

export function SelectField(props: SelectFieldProps): JSX.Element {
  return (
    <div class="hf-field">
      <label class="form-label" for={props.id} safe>
        {props.label}
      </label>
      <select
        id={props.id}
        name={props.name}
        class={['form-select', props.fault && 'is-invalid']}
        aria-invalid={props.fault ? 'true' : undefined}
        aria-describedby={describedBy(props)}
      >
        {props.choices.map((choice) => (
          <option value={attribute(choice.value)} selected={choice.value === props.value} safe>
            {choice.label}
          </option>
        ))}
      </select>
      <FieldNotes id={props.id} hint={props.hint} fault={props.fault} />
    </div>
  )
}

export type CheckboxProps = Readonly<{
  id: string
  name: string
  label: string
  hint?: string | undefined
  isChecked?: boolean | undefined
}>

export function Checkbox(props: CheckboxProps): JSX.Element {
  return (
    <div class="hf-field form-check">
      <input
        id={props.id}
        name={props.name}
        type="checkbox"
        class="form-check-input"
        value="1"
        checked={props.isChecked}
        aria-describedby={describedBy(props)}
      />
      <label class="form-check-label" for={props.id} safe>
        {props.label}
      </label>
      <FieldNotes id={props.id} hint={props.hint} />
    </div>
  )
}

export type FileFieldProps = Readonly<{
  id: string
  name: string
  label: string
  /** Media types, as the browser's own dialog offers them; what comes is looked at again. */
  accept: string
  hint?: string | undefined
  fault?: string | undefined
}>

/** One file; its form says `multipart/form-data`. */
export function FileField(props: FileFieldProps): JSX.Element {
  return (
    <div class="hf-field">
      <label class="form-label" for={props.id} safe>
        {props.label}
      </label>
      <input
        id={props.id}
        name={props.name}
        type="file"
        class={['form-control', props.fault && 'is-invalid']}
        accept={props.accept}
        required
        aria-invalid={props.fault ? 'true' : undefined}
        aria-describedby={describedBy(props)}
      />
      <FieldNotes id={props.id} hint={props.hint} fault={props.fault} />
    </div>
  )
}

type Notes = Readonly<{ id: string; hint?: string | undefined; fault?: string | undefined }>

function describedBy(notes: Notes): string | undefined {
  if (notes.fault !== undefined) return `${notes.id}-fault`
  return notes.hint === undefined ? undefined : `${notes.id}-hint`
}

/** The hint, or in its place the reason for the refusal. */
export function FieldNotes(props: Notes): JSX.Element {
  return (
    <>
      {props.fault !== undefined && (
        <p id={`${props.id}-fault`} class="hf-fault">
          <Icon name="alert-circle" />
          <span safe>{props.fault}</span>
        </p>
      )}
      {props.hint !== undefined && props.fault === undefined && (
        <p id={`${props.id}-hint`} class="form-hint" safe>
          {props.hint}
        </p>
      )}
    </>
  )
}
