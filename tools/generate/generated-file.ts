/** A file that follows from the source: its path from the root of the repository, and what must stand in it. */
export interface GeneratedFile {
  readonly path: string
  readonly content: string
}
