import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { buildProgram } from './killed-process.ts'
import type { Outcome } from './outcomes.ts'

/**
 * Runs a program where no file can grow beyond `kibibytes`: a limit of the process stands for a full disk, and its signal is
 * ignored, so that writes fail.
 *
 * @param source the program, which says what came of it by {@link printOutcomes}.
 */
export const runOnFullDisk = async (
  source: URL,
  kibibytes: number,
  parameters: readonly string[],
): Promise<readonly Outcome[]> => {
  const program = buildProgram(source)
  try {
    const limited = ['-c', `trap '' XFSZ; ulimit -f ${kibibytes}; exec "$@"`, 'bash', process.execPath, program]
    const { stdout } = await promisify(execFile)('bash', [...limited, ...parameters])
    return JSON.parse(stdout) as Outcome[]
  } finally {
    await rm(dirname(program), { recursive: true })
  }
}
