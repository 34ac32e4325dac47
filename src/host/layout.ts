import { join, resolve } from 'node:path'

/** Where an installation keeps its things. All paths are absolute. */
export type Layout = Readonly<{
  binary: string
  environmentFile: string
  dataDir: string
  /** The systemd unit; undefined for an installation of its own folder, which is no service. */
  unit: string | undefined
  /** The system account that runs it; undefined: whoever starts it. */
  account: string | undefined
}>

/**
 * The layout below `prefix`. `/` is the machine's own installation: binary in `/usr/local/bin`, an account and a unit.
 * Any other folder holds everything in itself and belongs to the person who installs.
 */
export function layoutOf(prefix: string): Layout {
  const root = resolve(prefix)
  const isMachine = root === '/'
  return {
    binary: join(root, isMachine ? 'usr/local/bin' : 'bin', 'honeyframe'),
    environmentFile: join(root, 'etc/honeyframe/honeyframe.env'),
    dataDir: join(root, 'var/lib/honeyframe'),
    unit: isMachine ? '/etc/systemd/system/honeyframe.service' : undefined,
    account: isMachine ? 'honeyframe' : undefined,
  }
}
