import { placeCopy } from '#host/placement.ts'

/** Puts the two sources in turn at the target until it is killed. */
const [first = '', second = '', target = ''] = process.argv.slice(2)
process.stdout.write('started\n')
for (;;) {
  await placeCopy(first, target, 0o755)
  await placeCopy(second, target, 0o755)
}
