import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { additionModel } from './models.ts'

const execute = promisify(execFile)
const strace = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'strace'))
  .find(existsSync)
const built = fileURLToPath(new URL('../../dist/inference/index.js', import.meta.url))

const program = (body: string): string => `
  import { readFileSync } from 'node:fs'
  import { createInProcessSessions } from ${JSON.stringify(built)}
  const [, , model, directory] = process.argv
  ${body}
`

const loadAndRun = `
  const session = await createInProcessSessions().open({ main: readFileSync(model) })
  const rows = { type: 'float32', dims: [1, 3], data: Float32Array.of(1, 2, 3) }
  const { sum } = await session.run({ left: rows, right: rows })
  if (sum.data[2] !== 6) throw new Error('wrong answer')
  await session.close()
`

// What the trace must catch: the test of the test.
const speakAndWrite = `
  import { writeFileSync } from 'node:fs'
  import { connect } from 'node:net'
  writeFileSync(directory + '/written', 'x')
  await new Promise((resolve) => connect(9, '127.0.0.1').on('error', resolve))
`

/** The system calls of a program that make a socket or may write a file, without those of an idle Node. */
const trace = async (body: string): Promise<{ sockets: string[]; writes: string[] }> => {
  const directory = await mkdtemp(join(tmpdir(), 'nootropic-quiet-'))
  try {
    await writeFile(join(directory, 'program.mjs'), program(body))
    await writeFile(join(directory, 'model.onnx'), additionModel())
    const calls =
      'socket,connect,bind,sendto,openat,open,creat,mkdir,mkdirat,rename,renameat2,unlink,unlinkat,link,symlink'
    await execute(strace ?? '', [
      ...['-f', '-qq', '-e', `trace=${calls}`, '-o', join(directory, 'trace')],
      ...[process.execPath, join(directory, 'program.mjs'), join(directory, 'model.onnx'), directory],
    ])
    const lines = (await readFile(join(directory, 'trace'), 'utf8')).split('\n')
    return {
      sockets: lines.filter((line) => /\b(socket|connect|bind|sendto)\(/.test(line)),
      writes: lines.filter(
        (line) =>
          /\b(creat|mkdir|mkdirat|rename|renameat2|unlink|unlinkat|link|symlink)\(|O_WRONLY|O_RDWR|O_CREAT/.test(
            line,
          ) && !line.includes('"/dev/null"'),
      ),
    }
  } finally {
    await rm(directory, { recursive: true })
  }
}

// Without strace nothing can be counted; the reason shows in the test's name.
const reason = strace === undefined ? ' (skipped: strace is not installed; `apt install strace`)' : ''

test.skipIf(strace === undefined)(`load and inference open no socket and write no file${reason}`, async () => {
  expect(existsSync(built), 'build first: pnpm --filter @nootropic/core build').toBe(true)
  expect(await trace(loadAndRun)).toEqual({ sockets: [], writes: [] })
})

test.skipIf(strace === undefined)(`the trace does see a socket and a written file${reason}`, async () => {
  const { sockets, writes } = await trace(speakAndWrite)
  expect(sockets.length).toBeGreaterThan(0)
  expect(writes.join('\n')).toContain('/written')
})
