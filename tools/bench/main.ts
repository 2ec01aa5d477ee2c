import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { publishedPackages, root } from '../workspace.ts'

// Runs every program under packages/*/bench, one after the other, each of which prints a Markdown table of ratios
// against a rival measured in the same run, and keeps them in docs/reference/benchmarks.md. What a bench imports by a
// package's name is what was built of it: the source condition, which tests and other tools set, is not.
const sections = publishedPackages().flatMap(({ name, folder }) => {
  const benches = join(folder, 'bench')
  if (!existsSync(benches)) return []
  return readdirSync(benches)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => {
      console.error(`${name}: ${file}`)
      const table = execFileSync(process.execPath, ['--import', 'tsx', join(benches, file)], {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      return `## ${name}: ${file.replace('.ts', '').replaceAll('-', ' ')}\n\n${table.trim()}\n`
    })
})

const text = `# Benchmarks

Made by \`pnpm bench\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}.
Ratios are against a rival measured in the same run; medians, because machines are noisy.

${sections.join('\n')}`
writeFileSync(join(root, 'docs/reference/benchmarks.md'), text)
console.log(text)
