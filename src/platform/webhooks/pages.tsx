import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'

export function webhooksPages(_door: Door) {
  return new Elysia()
}
