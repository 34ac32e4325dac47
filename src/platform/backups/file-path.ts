import { sha256Hex } from '#lib/token.ts'

const PATH_CHARS_MAX = 4_096
const SEGMENT_BYTES_MAX = 255
/** What the plain header of tar holds in any case. */
const ENTRY_BYTES_MAX = 99

/** Whether a path names a file below a folder and nothing else: plain segments, parted by `/`. */
export function isFilePath(path: string): boolean {
  if (path.length > PATH_CHARS_MAX || path.includes('\0') || path.includes('\\')) return false
  return path.split('/').every(isSegment)
}

/** Whether paths can all be files of one folder: none of them is a folder of another one. */
export function areFilePaths(paths: readonly string[]): boolean {
  const files = new Set(paths)
  return paths.every((path) => isFilePath(path) && !foldersOf(path).some((folder) => files.has(folder)))
}

/** The name of a table's entry in a backup. */
export function tableEntry(table: string): string {
  return `tables/${table}.csv`
}

/** The name of a file's entry in a backup. A path that a plain header cannot hold goes by its SHA-256. */
export function fileEntry(path: string): string {
  const name = `files/${path}`
  const isShort = Buffer.byteLength(name) <= ENTRY_BYTES_MAX && !path.startsWith('@long/')
  return isShort ? name : `files/@long/${sha256Hex(path)}`
}

function isSegment(segment: string): boolean {
  const isPlain = segment !== '' && segment !== '.' && segment !== '..'
  return isPlain && segment.isWellFormed() && Buffer.byteLength(segment) <= SEGMENT_BYTES_MAX
}

function foldersOf(path: string): string[] {
  const segments = path.split('/')
  return segments.slice(1).map((_, place) => segments.slice(0, place + 1).join('/'))
}
