import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** Runs a script of this folder from source in a process of its own, which whoever starts it ends. */
export const startScript = (name: string, ...args: string[]): ChildProcess => {
  const script = fileURLToPath(new URL(name, import.meta.url))
  return fork(script, args, { execArgv: ['--import', 'tsx', '--conditions=@nootropic/source'] })
}

/** Runs a script of this folder from source in a process of its own, until the test ends. */
export const runScript = (name: string, ...args: string[]): ChildProcess => {
  const child = startScript(name, ...args)
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** The next message that a process sends; rejects if it ends first. */
export const nextMessage = <Message>(child: ChildProcess): Promise<Message> =>
  new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`the process ended with ${code}`))
    child.once('exit', onExit)
    child.once('message', (message) => {
      child.off('exit', onExit)
      resolve(message as Message)
    })
  })

export const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', () => resolve())
  })
