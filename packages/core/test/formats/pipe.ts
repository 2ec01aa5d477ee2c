import { execFileSync } from 'node:child_process'

const command = 'mkfifo'

/** Makes a named pipe, whose opening blocks until somebody writes; Node itself cannot make one. */
export const createPipe = (path: string): void => {
  execFileSync(command, [path])
}
