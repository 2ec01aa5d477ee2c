import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.ts'

// Native code and database drivers: loaded when they are used, never by an import.
const lazy = ['onnxruntime-node', 'libsql', 'pg']

/**
 * The packages whose code runs when a host imports `specifier`, in alphabetical order.
 *
 * V8's coverage names every script of a process, whichever module system loaded it.
 */
const packagesLoadedBy = async (specifier: string, folder: string): Promise<string[]> => {
  const coverage = mkdtempSync(join(folder, 'coverage-'))
  try {
    await run(process.execPath, ['--input-type=module', '--eval', `import '${specifier}'`], {
      cwd: folder,
      environment: { NODE_V8_COVERAGE: coverage },
    })
    const scripts = readdirSync(coverage).flatMap((file) => {
      const { result } = JSON.parse(readFileSync(join(coverage, file), 'utf8')) as { result: { url: string }[] }
      return result.map(({ url }) => url)
    })
    const packages = scripts.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? [])
    return [...new Set(packages)].sort()
  } finally {
    rmSync(coverage, { recursive: true })
  }
}

/** Imports each entry alone: none loads native code or a driver, and core's root loads zod and nothing else. */
export const checkWeight = async (folder: string, specifiers: readonly string[]): Promise<string> => {
  for (const specifier of specifiers) {
    const loaded = await packagesLoadedBy(specifier, folder)
    const heavy = loaded.filter((name) => lazy.includes(name))
    if (heavy.length > 0) throw new Error(`expected an import of ${specifier} to load no ${heavy.join(', ')}`)
    if (specifier === '@nootropic/core' && loaded.join() !== '@nootropic/core,zod') {
      throw new Error(`expected core's root to load itself and zod, it loads ${loaded.join(', ')}`)
    }
  }
  return `core's root loads zod only, and no entry loads ${lazy.join(', ')} before it is used`
}
