import { execFile } from 'node:child_process'

/** How a program is run. */
interface RunOptions {
  readonly cwd: string
  readonly environment?: Readonly<Record<string, string>>
}

// The slowest is npm, which fetches onnxruntime-node (113 MB) where no cache holds it.
const timeout = 300_000

/**
 * What a program printed to standard output.
 *
 * @throws Error with all it printed, when it ended with anything else than 0
 */
export const run = (
  program: string,
  programArguments: readonly string[],
  { cwd, environment }: RunOptions,
): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = execFile(
      program,
      programArguments,
      // pnpm lets what it starts find the workspace's packages by NODE_PATH; a host has no such thing.
      { cwd, timeout, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, NODE_PATH: '', ...environment } },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout)
        else reject(new Error(`${program} ${programArguments.join(' ')}\n${stdout}${stderr}${error.message}`))
      },
    )
    // Nobody types: what reads standard input finds its end.
    child.stdin?.end()
  })

/** Runs a file with this Node. */
export const runNode = (file: string, fileArguments: readonly string[], cwd: string): Promise<string> =>
  run(process.execPath, [file, ...fileArguments], { cwd })
