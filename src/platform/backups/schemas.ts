import { Type } from '@sinclair/typebox'
import { exactly, Id, MaybeTime, Time } from '#http/schemas.ts'

const Count = Type.Integer({ minimum: 0 })
const MaybeText = Type.Union([Type.String(), Type.Null()])
const MaybeCount = Type.Union([Count, Type.Null()])
const MaybeId = Type.Union([Id, Type.Null()])
const Failure = Type.Union([Type.String(), Type.Null()], { description: 'Why it failed, in a sentence.' })
const Status = Type.Union([Type.Literal('running'), Type.Literal('complete'), Type.Literal('failed')])

export const BackupObject = Type.Object({
  id: Id,
  name: Type.String({ description: 'Of its file.' }),
  kind: Type.Union([Type.Literal('manual'), Type.Literal('scheduled'), Type.Literal('safety')], {
    description: '`safety` was made before a restore.',
  }),
  status: Status,
  failure: Failure,
  rows_done: Count,
  rows: Type.Integer({ minimum: 0, description: 'Expected while it runs, there afterwards.' }),
  tables: Count,
  files: Count,
  bytes: Count,
  sha256: Type.Union([Type.String(), Type.Null()], { description: 'Of the file, in hex.' }),
  is_on_disk: Type.Boolean({ description: 'False while it runs, and when its file is gone.' }),
  created_by: Type.Union([Type.String(), Type.Null()], {
    description: 'E-mail; null for the schedule and the operator.',
  }),
  created_at: Time,
  finished_at: MaybeTime,
  proof: Type.Object(
    {
      is_running: Type.Boolean(),
      proven_at: MaybeTime,
      tables: MaybeCount,
      differences: MaybeCount,
      error: MaybeText,
    },
    { description: 'Of being restored into a scratch database and compared, last time.' },
  ),
  copy: Type.Object(
    { is_running: Type.Boolean(), uploaded_at: MaybeTime, error: MaybeText },
    { description: 'In the object store.' },
  ),
})

export const RestoreObject = Type.Object({
  id: Id,
  backup_id: MaybeId,
  backup_name: MaybeText,
  safety_backup_id: Type.Union([Id, Type.Null()], { description: 'What the org was before.' }),
  status: Status,
  step: Type.Union(['waiting', 'saving', 'loading', 'swapping', 'ended'].map((step) => Type.Literal(step))),
  rows_done: Count,
  rows: Count,
  failure: Failure,
  created_by: MaybeText,
  created_at: Time,
  finished_at: MaybeTime,
})

const CHANGES = { added: Count, changed: Count, removed: Count }

export const PreviewObject = Type.Object({
  status: Type.Union([Type.Literal('running'), Type.Literal('complete')]),
  made_at: MaybeTime,
  tables: Type.Array(Type.Object({ name: Type.String(), ...CHANGES, unchanged: Count }), {
    description: 'Rows; empty while it runs.',
  }),
  files: Type.Union([Type.Object(CHANGES), Type.Null()]),
  people_created: Type.Union([Count, Type.Null()], { description: 'Accounts that would be made, without a password.' }),
  people_joining: Type.Union([Count, Type.Null()], { description: 'Accounts of now that would be members again.' }),
})

export const RestoreBody = exactly({ confirm: Type.String({ maxLength: 1000 }) })
