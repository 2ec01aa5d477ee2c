import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const oracle = fileURLToPath(new URL('../../../../tools/pickle-oracle/oracle.py', import.meta.url))

/** What CPython does with each pickle: one line each. Any Python 3 will do; PYTHON names it. */
export const askOracle = async (pickles: readonly Uint8Array[]): Promise<string[]> => {
  const child = spawn(process.env.PYTHON ?? 'python3', [oracle], { stdio: ['pipe', 'pipe', 'inherit'] })
  const answered: Buffer[] = []
  child.stdout.on('data', (bytes: Buffer) => answered.push(bytes))
  const closed = once(child, 'close')
  for (const pickle of pickles) {
    const length = Buffer.alloc(4)
    length.writeUInt32LE(pickle.length)
    child.stdin.write(length)
    child.stdin.write(pickle)
  }
  child.stdin.end()
  await closed
  const lines = Buffer.concat(answered).toString('utf8').trim().split('\n')
  if (lines.length !== pickles.length) {
    throw new Error(`expected ${pickles.length} lines of the oracle, found ${lines.length}`)
  }
  return lines
}
