import { describe, expect, test } from 'bun:test'
import { COMPONENTS } from '#platform/health/component.ts'
import { json, makePerson } from '#test/support/app.ts'
import { openHealth } from './arrange.ts'

describe('GET /api/system/health', () => {
  test('tells of every component, and the worst of them as the whole', async () => {
    await using health = await openHealth()
    const answer = await health.app.fetch('/api/system/health', { headers: health.admin.bearer })
    expect(answer.status).toBe(200)
    const body = await answer.json()
    console.log(JSON.stringify(body, null, 1))
    expect(Object.keys(body.components)).toEqual([...COMPONENTS])
    expect(body.status).toBe('warn')
  })
  test('history', async () => {
    await using health = await openHealth()
    const answer = await health.app.fetch('/api/system/health/history?range=90d', { headers: health.admin.bearer })
    expect(answer.status).toBe(200)
    console.log(JSON.stringify(await answer.json()).slice(0, 600))
    const alerts = await health.app.fetch(
      '/api/system/health/alerts',
      json('PUT', { is_alerting: true }, health.admin.bearer),
    )
    expect(await alerts.json()).toEqual({ is_alerting: true })
    console.log(health.app.lines.filter((l) => l.includes('error')))
  })
})
