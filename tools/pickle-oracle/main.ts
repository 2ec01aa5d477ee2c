import { writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { askOracle } from '../../packages/validation/test/pickle-oracle/ask-oracle.ts'
import { generatePickle } from '../../packages/validation/test/pickle-oracle/generate.ts'

// Writes the sample that the test of packages/validation always runs: generated pickles and what CPython does with them.
const count = 2000
const target = new URL('../../packages/validation/test/data/pickle-oracle/sample.txt.gz', import.meta.url)

const pickles = Array.from({ length: count }, (_, seed) => generatePickle(seed))
const lines = await askOracle(pickles)
const rows = pickles.map((pickle, index) => `${pickle.toString('base64')}\t${lines[index]}\n`)
await writeFile(target, gzipSync(rows.join(''), { level: 9 }))

const counts = new Map<string, number>()
for (const line of lines) {
  const kind = line.split(' ')[0] ?? ''
  counts.set(kind, (counts.get(kind) ?? 0) + 1)
}
console.log([...counts].map(([kind, number]) => `${kind} ${number}`).join(', '))
