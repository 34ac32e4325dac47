import { UsageError } from '#cli/arguments.ts'

const BACKSPACE = new Set(['\u007f', '\b'])

/** A password typed at the terminal without an echo. Without a terminal it throws `UsageError` that names the variable. */
export async function askPassword(prompt: string, variable: string): Promise<string> {
  const { stdin, stderr } = process
  if (!stdin.isTTY) throw new UsageError(`There is no terminal to ask for the password: set ${variable}.`)
  stderr.write(prompt)
  stdin.setRawMode(true)
  try {
    return await readLine(stdin)
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
    stderr.write('\n')
  }
}

async function readLine(stdin: NodeJS.ReadStream): Promise<string> {
  let line = ''
  for await (const chunk of stdin.iterator({ destroyOnReturn: false })) {
    for (const char of chunk.toString('utf8')) {
      if (char === '\r' || char === '\n') return line
      if (char === '\u0003') throw new UsageError('Interrupted.')
      line = BACKSPACE.has(char) ? [...line].slice(0, -1).join('') : line + char
    }
  }
  return line
}
