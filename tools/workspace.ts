import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder that holds everything. */
export const root = fileURLToPath(new URL('..', import.meta.url))

/** A package that is published. */
export interface PublishedPackage {
  readonly name: string
  readonly folder: string
  /** Public entries: `.` and the subpaths that have declarations. */
  readonly entries: readonly { readonly subpath: string; readonly declarations: string }[]
  /** Subpaths of programs that the sandbox starts: no surface to import. */
  readonly programs: readonly string[]
}

const programs = ['./worker', './launcher']

/** The published packages, core first, the umbrella last. */
export const publishedPackages = (): PublishedPackage[] =>
  readdirSync(`${root}packages`)
    .map((directory) => {
      const folder = `${root}packages/${directory}`
      const { name, exports } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as {
        name: string
        exports: Record<string, string | { types?: string }>
      }
      const entries = Object.entries(exports).flatMap(([subpath, target]) =>
        typeof target === 'object' && target.types && !programs.includes(subpath)
          ? [{ subpath, declarations: `${folder}/${target.types}` }]
          : [],
      )
      return { name, folder, entries, programs: programs.filter((subpath) => Object.hasOwn(exports, subpath)) }
    })
    .sort((left, right) => order(left.name) - order(right.name) || left.name.localeCompare(right.name))

const order = (name: string): number => (name === '@nootropic/core' ? 0 : name === 'nootropic' ? 2 : 1)
