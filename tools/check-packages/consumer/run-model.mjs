// Runs the digit classifier in a sandbox that proves at least the level named on the command line.
import { equal, ok } from 'node:assert/strict'
import { readFile } from 'node:fs/promises'

const [entry, path, require] = process.argv.slice(2)
const { createSandbox, isAtLeastLevel } = await import(entry)
const session = await createSandbox({ require }).open({ main: await readFile(path) })
try {
  ok(isAtLeastLevel(session.isolation.level, require))
  const [spec] = session.inputs
  const dims = spec.dims.map((dim) => (typeof dim === 'number' ? dim : 1))
  const data = new Float32Array(dims.reduce((product, dim) => product * dim, 1))
  const outputs = await session.run({ [spec.name]: { type: 'float32', dims, data } })
  const [scores] = Object.values(outputs)
  equal(scores.data.length, 10)
  ok(scores.data.every(Number.isFinite))
  console.log(session.isolation.level)
} finally {
  await session.close()
}
