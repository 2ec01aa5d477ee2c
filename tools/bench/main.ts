import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { basename, join } from 'node:path'
import { publishedPackages, root } from '../workspace.ts'
import { readPage, type Section, writePage } from './benchmarks-page.ts'

// Runs the programs under packages/*/bench, one after the other, each of which prints a Markdown table of ratios against a
// rival measured in the same run, and keeps them in docs/reference/benchmarks.md: all of them, or those whose names are given,
// beside what the page says of the others. What a bench imports by a package's name is what was built of it: the source
// condition, which tests and other tools set, is not.

interface Bench {
  readonly title: string
  readonly name: string
  readonly program: string
}

const benches = publishedPackages().flatMap(({ name, folder }): Bench[] => {
  const programs = join(folder, 'bench')
  if (!existsSync(programs)) return []
  return readdirSync(programs)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => {
      const bench = basename(file, '.ts')
      return { title: `${name}: ${bench.replaceAll('-', ' ')}`, name: bench, program: join(programs, file) }
    })
})

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !benches.some((bench) => bench.name === name))
if (unknown.length > 0) {
  console.error(`expected names of benches: ${benches.map(({ name }) => name).join(', ')}; found ${unknown.join(', ')}`)
  process.exit(2)
}

const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`

const run = ({ title, program }: Bench): Section => {
  console.error(title)
  const table = execFileSync(process.execPath, ['--import', 'tsx', program], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return { title, body: `${new Date().toISOString().slice(0, 10)}, ${machine}\n\n${table.trim()}` }
}

const page = join(root, 'docs/reference/benchmarks.md')
const known = new Map(existsSync(page) ? readPage(readFileSync(page, 'utf8')).map((one) => [one.title, one]) : [])
for (const bench of benches) {
  if (asked.length === 0 || asked.includes(bench.name)) {
    known.set(bench.title, run(bench))
    // Each as soon as it is known: all of them take long.
    writeFileSync(page, writePage(benches.flatMap(({ title }) => known.get(title) ?? [])))
  }
}
console.log(readFileSync(page, 'utf8'))
