import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { aggregateSource, familySource, type Group } from './source.ts'

// Asks a Python that has numpy, scipy, pandas, scikit-learn, torch, joblib and xgboost what their objects become in a
// pickle, and writes the reviewed table; with the argument `sample` the sample of harmless files instead, which is another
// at each run, for torch writes addresses into its files. PYTHON names that Python.
const validation = new URL('../../packages/validation/', import.meta.url)
const table = new URL('src/scan/pickle/', validation)

const python = async (...command: readonly string[]): Promise<string> => {
  const [script = '', ...options] = command
  const { stdout, stderr } = await promisify(execFile)(
    process.env.PYTHON ?? 'python3',
    ['-W', 'ignore', fileURLToPath(new URL(script, import.meta.url)), ...options],
    // The order of sets in a pickle is that of hashes.
    { maxBuffer: 2 ** 26, env: { ...process.env, PYTHONHASHSEED: '0' } },
  )
  process.stderr.write(stderr)
  return stdout
}

if (process.argv[2] === 'sample') {
  const sample = await python('harmless.py', 'sample')
  await writeFile(new URL('test/data/harmless-pickles.txt.gz', validation), gzipSync(sample, { level: 9 }))
  console.log(`${sample.split('\n').length - 1} harmless files`)
} else {
  const families = Object.entries(JSON.parse(await python('main.py')) as Record<string, Group[]>)
  await rm(new URL('allowed-globals', table), { recursive: true, force: true })
  await mkdir(new URL('allowed-globals/', table))
  for (const [family, groups] of families) {
    await writeFile(new URL(`allowed-globals/${family}.ts`, table), familySource(family, groups))
  }
  await writeFile(new URL('allowed-globals.ts', table), aggregateSource(families.map(([family]) => family)))
  const names = families.flatMap(([, groups]) => groups.flatMap(([, , , modules]) => Object.values(modules).flat()))
  console.log(`${names.length} names in ${families.length} files`)
}
