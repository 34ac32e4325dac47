import { Type } from '@sinclair/typebox'
import { BRAND, BRAND_EXAMPLE } from '#http/brand-answer.ts'
import { describe } from '#http/describe.ts'
import { Id } from '#http/schemas.ts'
import { LOGO_BYTES_MAX, LOGO_SIDE_MAX } from '#platform/organization/logo.ts'

const TAG = 'Organization'

const Organization = Type.Object({ id: Id, slug: Type.String(), ...BRAND })
const EXAMPLE = { id: 1, ...BRAND_EXAMPLE }
const answers = { 200: { description: 'The org of this request.', schema: Organization, example: EXAMPLE } }

export const PUT_LOGO = describe({
  tag: TAG,
  summary: 'Set the logo',
  description: `The body is the picture itself: PNG, JPEG or WebP, at most ${LOGO_BYTES_MAX / 1024} KB and ${LOGO_SIDE_MAX} pixels a side.`,
  answers,
  errors: { 422: ['invalid_logo'] },
})

export const READ = describe({
  tag: TAG,
  summary: 'Read name, colour and logo',
  answers,
  errors: { 403: ['no_org'] },
})

export const CHANGE = describe({
  tag: TAG,
  summary: 'Change the name or the colour',
  answers,
  errors: { 422: ['invalid_name', 'invalid_color'] },
  requestExample: { name: 'Acme', color: '#0a5fb8' },
})

export const DELETE_LOGO = describe({
  tag: TAG,
  summary: 'Remove the logo',
  answers: { 204: { description: 'Removed.' } },
})
