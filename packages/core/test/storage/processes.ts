import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

/** A Node process that runs a TypeScript file of the tests. */
export interface TestProcess {
  readonly child: ChildProcess
  /** What it printed; rejects with what it wrote to its error output when it failed. Settles when it has ended. */
  readonly output: Promise<string>
}

export const startProcess = (program: URL, parameters: string[]): TestProcess => {
  const options = ['--conditions=@nootropic/source', '--import', tsx, fileURLToPath(program), ...parameters]
  const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  let failure = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    failure += text
  })
  const output = new Promise<string>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve(printed)
      else reject(new Error(`${program.href} ended with ${code ?? signal}: ${failure}`))
    })
  })
  return { child, output }
}
