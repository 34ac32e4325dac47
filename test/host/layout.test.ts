import { describe, expect, test } from 'bun:test'
import { layoutOf } from '#host/layout.ts'

describe('where an installation keeps its things', () => {
  test('the machine itself follows its customs and runs under an account of its own', () => {
    expect(layoutOf('/')).toEqual({
      binary: '/usr/local/bin/honeyframe',
      environmentFile: '/etc/honeyframe/honeyframe.env',
      dataDir: '/var/lib/honeyframe',
      unit: '/etc/systemd/system/honeyframe.service',
      account: 'honeyframe',
    })
  })

  test('any other folder holds everything in itself', () => {
    expect(layoutOf('/opt/hf/')).toEqual({
      binary: '/opt/hf/bin/honeyframe',
      environmentFile: '/opt/hf/etc/honeyframe/honeyframe.env',
      dataDir: '/opt/hf/var/lib/honeyframe',
      unit: undefined,
      account: undefined,
    })
  })
})
