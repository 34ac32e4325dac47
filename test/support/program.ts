import { resolve } from 'node:path'

const { HONEYFRAME_BINARY: built } = process.env

/** The program as a command: the executable that `bun run check` has built, else the source. */
export const PROGRAM: readonly string[] =
  built === undefined ? [process.execPath, resolve(import.meta.dir, '../../src/main.ts')] : [resolve(built)]
