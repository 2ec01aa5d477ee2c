import { NootropicError } from '@nootropic/core'

/** What is used of a terminal's input. */
interface TerminalInput {
  setRawMode(isRaw: boolean): unknown
  on(event: 'data', listener: (chunk: Buffer) => void): unknown
  on(event: 'end', listener: () => void): unknown
  off(event: 'data', listener: (chunk: Buffer) => void): unknown
  off(event: 'end', listener: () => void): unknown
  unshift(chunk: Buffer): void
  resume(): unknown
  pause(): unknown
}

// One more than a passphrase may have, so that a longer one is refused and not cut.
const longestLine = 1025

const interrupt = 0x03
const endOfTransmission = 0x04
const backspaces: readonly number[] = [0x08, 0x7f]
const lineEnds: readonly number[] = [0x0a, 0x0d]
const killLine = 0x15
const escapeKey = 0x1b
const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80

/** A line as it is typed. Keys that send sequences (arrows, ECMA-48 section 5.4) add nothing to it. */
const createLineEditor = () => {
  const line = Buffer.alloc(longestLine)
  let length = 0
  let sequence: 'none' | 'escape' | 'control' = 'none'

  const removeLast = (): void => {
    while (length > 0 && isContinuation(line[length - 1])) length -= 1
    if (length > 0) length -= 1
  }

  return {
    /** @returns what the key means, when it ends the line. */
    type(byte: number): 'done' | 'interrupted' | undefined {
      if (byte === interrupt) return 'interrupted'
      if (lineEnds.includes(byte) || (byte === endOfTransmission && length > 0)) return 'done'
      if (byte === endOfTransmission) return 'interrupted'
      if (sequence === 'escape') sequence = byte === 0x5b || byte === 0x4f ? 'control' : 'none'
      else if (sequence === 'control') sequence = byte >= 0x40 && byte <= 0x7e ? 'none' : 'control'
      else if (byte === escapeKey) sequence = 'escape'
      else if (backspaces.includes(byte)) removeLast()
      else if (byte === killLine) length = 0
      else if (byte >= 0x20 && length < longestLine) line[length++] = byte
      return undefined
    },
    /** What was typed; the caller wipes it. */
    take: () => Buffer.from(line.subarray(0, length)),
    wipe: () => void line.fill(0),
  }
}

/**
 * Asks for a line at a terminal that shows nothing of it, not even its length. What is typed is kept in buffers that are
 * wiped; the caller wipes the answer.
 *
 * @throws NootropicError `ABORTED` when the user interrupts or the terminal is gone.
 */
export const createSecretPrompt =
  (input: TerminalInput, output: { write(text: string): unknown }) =>
  (question: string): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const editor = createLineEditor()
      const finish = (): void => {
        input.off('data', onData)
        input.off('end', onEnd)
        input.setRawMode(false)
        input.pause()
        output.write('\n')
        editor.wipe()
      }
      const stop = (): void => {
        finish()
        reject(
          new NootropicError('ABORTED', 'expected an answer at the terminal, got an interruption; nothing was done'),
        )
      }
      const onEnd = (): void => stop()
      const onData = (chunk: Buffer): void => {
        for (const [at, byte] of chunk.entries()) {
          const end = editor.type(byte)
          if (end === undefined) continue
          // What was pasted after the line answers the next question.
          const rest = Buffer.from(chunk.subarray(at + 1))
          chunk.fill(0)
          const answer = editor.take()
          if (end === 'interrupted') {
            answer.fill(0)
            stop()
          } else {
            finish()
            if (rest.length > 0) input.unshift(rest)
            resolve(answer)
          }
          return
        }
        chunk.fill(0)
      }
      // Before the question: who answers at once must not see the answer.
      input.setRawMode(true)
      output.write(question)
      input.on('data', onData)
      input.on('end', onEnd)
      input.resume()
    })
