// Loads each entry that is named on the command line by import() and by require(), which must give the same names.
import { deepEqual, ok } from 'node:assert/strict'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
for (const specifier of process.argv.slice(2)) {
  const imported = Object.keys(await import(specifier)).sort()
  ok(imported.length > 0, `${specifier} exports nothing`)
  const required = Object.keys(require(specifier)).filter((name) => name !== '__esModule')
  deepEqual(required.sort(), imported, specifier)
}
