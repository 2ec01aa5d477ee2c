import type { Manifest, ManifestKind, ManifestSet } from '@nootropic/core/manifest'

/** The first manifest of a kind, or `undefined` where the settings have none. */
export const manifestOf = <Kind extends ManifestKind>(
  { manifests }: Pick<ManifestSet, 'manifests'>,
  kind: Kind,
): Extract<Manifest, { kind: Kind }> | undefined =>
  manifests.find((manifest): manifest is Extract<Manifest, { kind: Kind }> => manifest.kind === kind)
