const LOCAL = /^\/(?![/\\])[\x21-\x7e]*$/

/** Where to go after a form: a path of this site (one leading slash, printable ASCII), else `fallback`. It never leaves the site. */
export function localPath(text: string | undefined, fallback = '/'): string {
  return text !== undefined && LOCAL.test(text) && !text.includes('\\') ? text : fallback
}
