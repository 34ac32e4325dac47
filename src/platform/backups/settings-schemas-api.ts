import { Type } from '@sinclair/typebox'
import { exactly, MaybeTime } from '#http/schemas.ts'
import { FREQUENCIES } from './timing.ts'

const Frequency = Type.Union(FREQUENCIES.map((frequency) => Type.Literal(frequency)))
const Hour = Type.Integer({ minimum: 0, maximum: 23, description: 'UTC.' })
const Weekday = Type.Integer({ minimum: 0, maximum: 6, description: '0 is Sunday; of a weekly schedule.' })
const Typed = Type.String({ maxLength: 1000 })

export const SettingsObject = Type.Object({
  schedule: Type.Object({ frequency: Frequency, hour: Hour, weekday: Weekday, next_run_at: MaybeTime }),
  store: Type.Union([
    Type.Object({
      ...{ endpoint: Type.String(), region: Type.String(), bucket: Type.String(), prefix: Type.String() },
      access_key_id: Type.String(),
      secret_set: Type.Boolean({ description: 'The secret itself never comes back.' }),
      secret_readable: Type.Boolean({ description: 'When false, no copy reaches the store until it is sent again.' }),
    }),
    Type.Null(),
  ]),
})

export const SettingsBody = exactly({
  schedule: Type.Optional(exactly({ frequency: Frequency, hour: Hour, weekday: Type.Optional(Weekday) })),
  store: Type.Optional(
    Type.Union([
      exactly({
        ...{ endpoint: Typed, region: Typed, bucket: Typed, prefix: Type.Optional(Typed), access_key_id: Typed },
        secret: Type.Optional(Type.String({ maxLength: 1000, description: 'Absent or empty keeps the one there is.' })),
      }),
      Type.Null(),
    ]),
  ),
})

export const TestedObject = Type.Object({ object: Type.String({ description: 'What was written and deleted again.' }) })
