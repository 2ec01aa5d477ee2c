/** Where a package is published, in OSV's words; OSV has no advisories for conda's own packages. */
export type Ecosystem = 'npm' | 'PyPI' | 'conda'

/** A package that a file asks for. */
export interface Dependency {
  readonly ecosystem: Ecosystem
  readonly name: string
  /** The one version that is installed, or nothing where the file leaves it open. */
  readonly version: string | undefined
  /** What the file says instead of one version. */
  readonly requirement?: string | undefined
  readonly isDirect: boolean
  /** The packages that ask for it, from a direct one down to itself. */
  readonly chain: readonly string[]
  /** Where it is fetched from, when that is not the registry. */
  readonly source?: string | undefined
  /** The file, as findings name it. */
  readonly file: string
}

/** What a reader found in one file. */
export interface Reading {
  readonly dependencies: readonly Dependency[]
  /** What could not be read; the verdict is then incomplete. */
  readonly problems: readonly string[]
  /** Package indexes that the file names beside the usual one. */
  readonly indexes?: readonly string[]
}

/** A file that a reader is given. */
export interface DependencyFile {
  /** As findings name it, with `/`. */
  readonly path: string
  readonly text: string
  /** The text of another file by a path beside this one, if there is one inside the directory. */
  sibling(path: string): DependencyFile | undefined
}

/** Reads the files of one package manager. */
export interface DependencyReader {
  readonly name: string
  /** Package managers find these files by their names. */
  matches(fileName: string): boolean
  read(file: DependencyFile): Reading
}

/** The name of a Python package as PyPI compares it (PEP 503). */
export const normalisePythonName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-')
