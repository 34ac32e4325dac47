import { expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { makeInstall, runVerb } from './operator.ts'

const LOST = 120_000

test(
  'a place that cannot be is refused in a sentence, before anything is written',
  async () => {
    await using install = await makeInstall()
    const { env, root } = install
    const absent = join(root, 'absent', 'x.tar.gz')
    const confirm = ['--org', 'acme', '--confirm', 'RESTORE acme']
    const refused: readonly (readonly [string[], string])[] = [
      [['backup', '--instance', '--out', absent], `There is no folder ${join(root, 'absent')}. (no_such_folder)`],
      [['restore', absent, '--instance'], `There is no file ${absent}. (no_such_file)`],
      [['restore', root, '--instance'], `${root} is a folder, and not a backup. (no_such_file)`],
      [['restore', root, ...confirm], `${root} is a folder, and not a backup. (no_such_file)`],
    ]
    const before = await readdir(root)
    for (const [argv, words] of refused) {
      const { code, stdout, stderr } = await runVerb(argv, env)
      expect([argv, code, stdout, stderr.trim()]).toEqual([argv, 1, '', `honeyframe: ${words}`])
    }
    expect(await readdir(root)).toEqual(before)
  },
  LOST,
)
