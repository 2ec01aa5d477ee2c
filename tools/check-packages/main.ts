import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publishedPackages, root } from '../workspace.ts'

// Looks at each package as npm would serve it: publint for its shape, attw for how its types resolve. Every check is of
// the packed tarball, because what is missing from `files` shows nowhere else.
const folder = mkdtempSync(join(tmpdir(), 'nootropic-packages-'))
const run = (command: string, args: readonly string[], cwd: string): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

try {
  for (const { name, folder: source, entries } of publishedPackages()) {
    const packed = JSON.parse(run('pnpm', ['pack', '--json', '--pack-destination', folder], source)) as {
      filename: string
    }
    const tools = `${root}node_modules/.bin`
    run(`${tools}/publint`, ['--strict', packed.filename], root)
    const withoutTypes = name === '@nootropic/runtime' ? ['--exclude-entrypoints', './worker'] : []
    run(`${tools}/attw`, [packed.filename, '--profile', 'esm-only', ...withoutTypes], root)
    console.log(`${name}: ${entries.length} entries, shape and types are right`)
  }
} finally {
  rmSync(folder, { recursive: true })
}
