import { describe, expect, test } from 'bun:test'
import { type Part, partsOf, runTracks } from '#scripts/parts.ts'

const DONE = { passed: 1, failed: 0 }

describe('tracks of tests', () => {
  test('are cut into parts of so many files, without losing one', async () => {
    const seen: string[][] = []
    const run = async (files: string[]) => {
      seen.push(files)
      return DONE
    }
    for (const part of partsOf('sqlite', ['a', 'b', 'c', 'd', 'e'], 2, run)) await part.run()
    expect(seen).toEqual([['a', 'b'], ['c', 'd'], ['e']])
    expect(partsOf('sqlite', [], 2, run)).toEqual([])
  })

  test('run beside each other, and one that is through takes the last parts of the longest', async () => {
    const order: string[] = []
    const slow = Promise.withResolvers<void>()
    const part = (lane: string, name: string, wait?: Promise<void>): Part => ({
      lane,
      run: async () => {
        order.push(name)
        await wait
        if (name === 'b3') slow.resolve()
        return DONE
      },
    })
    const first = [part('a', 'a1', slow.promise)]
    const second = [part('b', 'b1', slow.promise), part('b', 'b2'), part('b', 'b3'), part('b', 'b4')]
    const rows = await runTracks([first, second, [part('c', 'c1')]])
    expect(order.slice(0, 5)).toEqual(['a1', 'b1', 'c1', 'b4', 'b3'])
    expect(order.toSorted()).toEqual(['a1', 'b1', 'b2', 'b3', 'b4', 'c1'])
    expect(rows.map(({ name, passed, failed }) => [name, passed, failed])).toEqual([
      ['a', 1, 0],
      ['b', 4, 0],
      ['c', 1, 0],
    ])
  })

  test('count a part that cannot run as one failure, and go on', async () => {
    const broken: Part = { lane: 'postgres', run: () => Promise.reject(new Error('no server (as this test wants it)')) }
    const rows = await runTracks([[broken, { lane: 'postgres', run: async () => DONE }]])
    expect(rows).toMatchObject([{ name: 'postgres', passed: 1, failed: 1 }])
  })
})
