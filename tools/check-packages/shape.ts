import { root } from '../workspace.ts'
import type { PackedPackage } from './pack.ts'
import { run } from './run.ts'

const tools = `${root}node_modules/.bin`

/**
 * Looks at a package as npm would serve it: publint for its shape, attw for how its types resolve. Both look into the packed
 * tarball, because what is missing from `files` shows nowhere else.
 */
export const checkShape = async ({ programs, tarball }: PackedPackage): Promise<void> => {
  const withoutTypes = programs.length === 0 ? [] : ['--exclude-entrypoints', ...programs]
  await Promise.all([
    run(`${tools}/publint`, ['--strict', tarball], { cwd: root }),
    run(`${tools}/attw`, [tarball, '--profile', 'esm-only', ...withoutTypes], { cwd: root }),
  ])
}
