import { failureExitCode, failureLine } from '#cli/failure.ts'

// Before anything else is loaded: without these an uncaught error prints whole lines of minified source.
process.on('uncaughtException', giveUp)
process.on('unhandledRejection', giveUp)

const { runCommand } = await import('#cli/commands.ts')

try {
  process.exitCode = await runCommand(process.argv.slice(2))
} catch (error) {
  process.exitCode = failureExitCode(error)
  process.stderr.write(`${failureLine(error)}\n`)
}

function giveUp(error: unknown): never {
  process.stderr.write(`${failureLine(error)}\n`)
  // After an uncaught error nothing is known to be whole; the service manager starts a fresh process.
  process.exit(1)
}
