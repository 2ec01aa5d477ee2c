import { type PublishedPackage, publishedPackages } from '../workspace.ts'
import { run } from './run.ts'

/** A package as it would be published. */
export interface PackedPackage extends PublishedPackage {
  readonly tarball: string
  /** What a host may import, by its full name: `@nootropic/core/page`. */
  readonly specifiers: readonly string[]
}

/** Packs every published package into `folder`. */
export const packPackages = async (folder: string): Promise<PackedPackage[]> => {
  const packed: PackedPackage[] = []
  for (const published of publishedPackages()) {
    const answer = await run('pnpm', ['pack', '--json', '--pack-destination', folder], { cwd: published.folder })
    const { filename } = JSON.parse(answer) as { filename: string }
    const specifiers = published.entries.map(({ subpath }) => `${published.name}${subpath.slice(1)}`)
    packed.push({ ...published, tarball: filename, specifiers })
  }
  return packed
}
